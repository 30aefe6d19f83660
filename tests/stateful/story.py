"""One account, one broker, one journal: runs with crashes in between.

What else may happen is in the modules `..._actions`, and `actions` names it all; `promises` has
what must hold after each.
"""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.application.trading_connection import watched_orders
from rebalancer_core.follow.connection import Connection
from rebalancer_core.follow.state import Terms
from rebalancer_core.follow.step import start
from rebalancer_core.orders.events import OrderRef, Resolution
from rebalancer_core.orders.order_state import TERMINAL
from rebalancer_core.orders.tickets import (
    ApprovedPlan,
    ConsentKind,
    OrderStyle,
    OrderTicket,
    approve,
    tickets,
)
from rebalancer_core.reconcile.journal_model import Approval, RunStarted
from rebalancer_core.reconcile.past_orders import declined_on, trading_day, watched
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.policy import (
    AlgoPreference,
    ExecutionPolicy,
    RebalancePolicy,
    SafetyPolicy,
)
from tests.stateful.book_order import BookOrder
from tests.stateful.broker import Broker
from tests.stateful.desk import connect
from tests.stateful.journal import StoryJournal
from tests.stateful.market import CONTRACTS
from tests.stateful.past import close_by_hand, close_silent, recovered
from tests.stateful.program import Program
from tests.support.plan_factory import ACCOUNT, Line, plan_of, yes_to

# Three of a side: one is out alone, one may be silent, and one has to wait behind it.
BOUGHT, SOLD = CONTRACTS[:3], CONTRACTS[3:]
TARGETS = dict(zip(CONTRACTS, map(Decimal, (30, 30, 40, 80, 80, 80)), strict=True))
HELD = dict(zip(CONTRACTS, map(Decimal, (0, 0, 0, 100, 100, 100)), strict=True))
# With what the sells bring it pays for all the buys, and for little more.
CASH = Decimal(500)
_ALGOS = (AlgoPreference.ADAPTIVE, AlgoPreference.NONE, AlgoPreference.MIDPRICE)


class Story:
    """What has happened so far. Actions take two numbers that choose among their ways."""

    def __init__(self) -> None:
        self.broker = Broker(HELD, CASH)
        self.journal = StoryJournal()
        self.program: Program | None = None
        self.approved: dict[tuple[str, ConId], Decimal] = {}
        self._runs = 0
        self.client_id = 42
        self.floor = ZERO
        self.long_past: frozenset[OrderRef] = frozenset()

    # What the program does.

    def plan(self, way: int, cash: int) -> None:
        """A run starts: it settles the past, plans what is missing and sends it."""
        found = recovered(self.broker, self.journal, self.client_id, cancel=bool(way & 4))
        if found.open_orders or found.alarms or self.working:
            return
        if declined_on(trading_day(self.broker.now()), self.journal.past(), ACCOUNT):
            return
        self._runs += 1
        run_id = f"{self._runs:08x}"
        approved = self._approved()
        if not approved.plan.orders:
            return
        self.floor = approved.plan.cash_floor
        self.broker.unforeseen = ZERO
        self.broker.cash_after_buys.clear()
        algo = _ALGOS[way % 3]
        sent = tickets(approved, OrderStyle(algo=algo), run_id, 1)
        self._write_down(run_id, approved, sent)
        self.approved |= {(run_id, o.con_id): o.quantity for o in approved.plan.orders}
        self.broker.move_cash(Decimal((0, 0, -400, 300)[cash % 4]))
        execution = ExecutionPolicy(algo_preference=algo, batch_orders=not way & 8)
        self._send(run_id, approved, sent, execution)

    def crash(self, arrived: int, _: int) -> None:
        """The process is killed; of what was on its way, some came in before."""
        self.broker.disconnect(arrived % 4)
        self.program = None
        self.journal.empty_the_disk()

    # What comes in the end.

    def end(self) -> set[OrderRef]:
        """The line is sound again, everything comes in, and a person closes what is left open.

        The orders that the person closed after a look at the account.
        """
        self.broker.disconnect(99)
        self.program = None
        self.journal.empty_the_disk()
        for unanswered in self.unanswered:
            self.broker.reject(unanswered, 201)
        self.broker.restart()
        recovered(self.broker, self.journal, self.client_id, cancel=True)
        close_silent(self.broker, self.journal, Resolution.NOT_RECEIVED)
        return close_by_hand(self.broker, self.journal)

    # What may happen now.

    @property
    def unanswered(self) -> list[BookOrder]:
        return [order for order in self.broker.book.values() if not order.status]

    @property
    def working(self) -> list[BookOrder]:
        return [order for order in self.broker.book.values() if order.is_working]

    @property
    def with_fills(self) -> list[BookOrder]:
        return [
            order
            for ref, order in self.broker.book.items()
            if order.fills and ref not in self.long_past
        ]

    @property
    def has_come_to_rest(self) -> bool:
        """Whether no run is on, no order is out, and the targets are met."""
        is_open = self.program or self.broker.in_flight or self.broker.dialogs
        return not is_open and self.broker.holdings == TARGETS and self._is_all_over()

    def _is_all_over(self) -> bool:
        return all(state.phase in TERMINAL for state in self.journal.states.values())

    # How it is done.

    @property
    def running(self) -> Program:
        """The program, where a run is on."""
        assert self.program is not None
        return self.program

    def advance(self) -> None:
        """One turn of the program, as far as its next wait for facts."""
        if self.program is None:
            return
        self.program.advance()
        if self.program.is_done:
            self.crash(99, 0)

    def _send(
        self,
        run_id: str,
        approved: ApprovedPlan,
        sent: tuple[OrderTicket, ...],
        execution: ExecutionPolicy,
    ) -> None:
        """What was seen after the yes, and the first steps."""
        dead = watched(self.journal.past(), ACCOUNT, self.broker.now())
        terms = Terms(
            approved=approved,
            tickets=sent,
            first_order_id=self.journal.next_order_id,
            safety=SafetyPolicy(),
            execution=execution,
            rebalance=RebalancePolicy(min_order_usd=ZERO),
            seen=self.broker.snapshot(),
            market=self.broker.market(CONTRACTS),
        )
        self.program = Program(
            start(terms, Connection(watched=watched_orders(dead))),
            self.broker,
            connect(self.broker, self.client_id),
            self.journal,
            run_id,
            self.client_id,
        )
        self.advance()

    def _approved(self) -> ApprovedPlan:
        lines = tuple(
            Line(
                f"S{con_id}",
                str(self.broker.holdings[con_id]),
                str(self.broker.prices[con_id]),
                "15",
                str(target - self.broker.holdings[con_id]),
            )
            for con_id, target in TARGETS.items()
        )
        plan = plan_of(lines, cash=str(self.broker.cash))
        return approve(plan, yes_to(plan), self.broker.now())

    def _write_down(
        self, run_id: str, approved: ApprovedPlan, sent: tuple[OrderTicket, ...]
    ) -> None:
        self.journal.begin(
            RunStarted(
                run_id=run_id,
                started_at=self.broker.now(),
                app_version="0",
                settings_sha256="",
                client_id=self.client_id,
                host="127.0.0.1",
                port=4002,
            ),
            Approval(
                run_id=run_id,
                account_id=ACCOUNT,
                approved_at=self.broker.now(),
                consent=ConsentKind.YES.value,
                plan=approved.plan,
                tickets=sent,
            ),
        )
