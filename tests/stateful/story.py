"""One account, one broker, one journal: runs with crashes in between, and what goes wrong around.

Every method that `actions` names is one thing that may happen; `promises` has what must hold after
each of them.
"""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.application.trading_connection import watched_orders
from rebalancer_core.follow.connection import Connection
from rebalancer_core.follow.state import Terms
from rebalancer_core.follow.step import start
from rebalancer_core.orders.events import LinkDown, LinkUp, OrderRef, Resolution
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
from tests.stateful.broker import CONTRACTS, BookOrder, Broker
from tests.stateful.journal import StoryJournal
from tests.stateful.past import close_by_hand, close_silent, recovered
from tests.stateful.program import Program
from tests.support.plan_factory import ACCOUNT, Line, plan_of, yes_to

# Three of a side: one is out alone, one may be silent, and one has to wait behind it.
BOUGHT, SOLD = CONTRACTS[:3], CONTRACTS[3:]
TARGETS = dict(zip(CONTRACTS, map(Decimal, (30, 30, 40, 80, 80, 80)), strict=True))
HELD = dict(zip(CONTRACTS, map(Decimal, (0, 0, 0, 100, 100, 100)), strict=True))
# With what the sells bring it pays for all the buys, and for little more.
CASH = Decimal(500)
# Refused for the algo, for margin, by a read-only gateway; and a code that no table knows.
_NO_SUCH_ALGO = 442
_CODES = (442, 442, 201, 321, 19999)
# A preset changed the order, a cancel failed, the link is in doubt; and codes that no table knows.
_NOTICES = (10349, 161, 1100, 19999, 19998)
# Two seconds of proof, in turns of a fifth of a second.
_TURNS_OF_A_FALLBACK = 15
_ALGOS = (AlgoPreference.ADAPTIVE, AlgoPreference.NONE, AlgoPreference.MIDPRICE)
_PRICES = (Decimal(10), Decimal(9), Decimal("10.90"), Decimal(15))


class Story:
    """What has happened so far. Actions take two numbers that choose among their ways."""

    def __init__(self) -> None:
        self.broker = Broker(HELD, CASH)
        self.journal = StoryJournal()
        self.program: Program | None = None
        self.approved: dict[tuple[str, ConId], Decimal] = {}
        self._runs = 0
        self._client_id = 42
        self.floor = ZERO
        self._long_past: frozenset[OrderRef] = frozenset()

    # What the program does.

    def plan(self, way: int, cash: int) -> None:
        """A run starts: it settles the past, plans what is missing and sends it."""
        found = recovered(self.broker, self.journal, self._client_id, cancel=bool(way & 4))
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

    def turn(self, turns: int, _: int) -> None:
        """The program hears what was said and does what time asks for."""
        for _ in range(1 + turns % 20):
            self._advance()

    def time_passes(self, which: int, _: int) -> None:
        self.broker.seconds += (1, 5, 16, 301, 700)[which % 5]
        self._advance()

    def interrupt(self, _: int, __: int) -> None:
        """Ctrl+C."""
        self._running.wants_to_stop = True

    def crash(self, arrived: int, _: int) -> None:
        """The process is killed; of what was on its way, some came in before."""
        self.broker.disconnect(arrived % 4)
        self.program = None
        self.journal.empty_the_disk()

    def fill_the_disk(self, room: int, _: int) -> None:
        """After a few more writes nothing can be written, until the run is over."""
        self.journal.room = room % 8

    def begin_anew(self, _: int, __: int) -> None:
        """Everything was done: somebody moves the shares back, and there is as much to do again."""
        self.broker.holdings = dict(HELD)
        self.broker.cash = CASH
        self._long_past = frozenset(self.broker.book)

    # What the broker and its gateway do.

    def receive(self, _: int, __: int) -> None:
        """An order comes in, and nobody answers yet."""
        self.broker.receive()

    def accept(self, which: int, _: int) -> None:
        self.broker.accept(_pick(self.unanswered, which))

    def take_all(self, _: int, __: int) -> None:
        """As on a good day."""
        self._take_all()
        self._advance()

    def trade_all(self, _: int, __: int) -> None:
        """All that comes is taken and filled: the sells, and then what they pay."""
        for _ in range(_TURNS_OF_A_FALLBACK):
            self._take_all()
            for order in self.working:
                self.broker.fill(order, order.ticket.quantity)
            self._advance()

    def reject(self, which: int, code: int) -> None:
        self.broker.reject(_pick(self.unanswered, which), _CODES[code % len(_CODES)])

    def confuse(self, which: int, code: int) -> None:
        self.broker.confuse(
            _pick(self.unanswered or self.working, which), _NOTICES[code % len(_NOTICES)]
        )

    def refuse_the_algo(self, _: int, __: int) -> None:
        """Orders come in, and the broker does not know their algo."""
        while self.broker.in_flight:
            order = self.broker.receive()
            if order is not None:
                self.broker.reject(order, _NO_SUCH_ALGO)
        self.turn(_TURNS_OF_A_FALLBACK - 1, 0)

    def rest_too_long(self, shares: int, late: int) -> None:
        """A part is filled, patience ends, and the cancel is confirmed; or more fills cross it."""
        for order in self.working:
            if shares % 3:
                self.broker.fill(order, Decimal((1, 25)[shares % 2]))
        self.time_passes(3, 0)
        self.turn(1, 0)
        for order in self.working:
            if late % 3 == 2:
                self.broker.fill_unheard(order, Decimal(1 + late % 7))
        self.broker.process_cancels()
        self.turn(_TURNS_OF_A_FALLBACK - 1, 0)

    def fill(self, which: int, shares: int) -> None:
        self.broker.fill(_pick(self.working, which), Decimal((1, 25, 100)[shares % 3]))

    def correct(self, which: int, shares: int) -> None:
        """Mostly the price, seldom the shares."""
        self.broker.correct(_pick(self.with_fills, which), Decimal((1000, 1)[shares % 4 == 1]))

    def process_cancel(self, _: int, __: int) -> None:
        self.broker.process_cancel()

    # What a person does at the gateway's window.

    def ask_with_a_dialog(self, _: int, __: int) -> None:
        """From now on the gateway asks its user before it passes an order on."""
        self.broker.is_asking = True

    def answer(self, yes: int, _: int) -> None:
        if yes % 2:
            self.broker.answer_yes()
        else:
            self.broker.answer_no()

    def restart_the_gateway(self, _: int, __: int) -> None:
        """Its dialogs die; a run that has orders out loses the connection."""
        self.broker.restart()
        self._advance()

    def change_the_client_id(self, which: int, _: int) -> None:
        self._client_id = (42, 77)[which % 2]

    def resolve(self, _: int, __: int) -> None:
        """A person who tells the truth closes what was never acknowledged."""
        close_silent(self.broker, self.journal, Resolution.NOT_RECEIVED)
        close_silent(self.broker, self.journal, Resolution.DECLINED)

    # What the market, the account and the line do.

    def move_price(self, con_id: int, price: int) -> None:
        self.broker.move_price(CONTRACTS[con_id % len(CONTRACTS)], _PRICES[price % len(_PRICES)])

    def move_cash(self, amount: int, _: int) -> None:
        self.broker.move_cash(Decimal((-300, 200)[amount % 2]))

    def disconnect(self, arrived: int, _: int) -> None:
        """The socket closes."""
        self.broker.disconnect(arrived % 4)

    def cut_off(self, _: int, __: int) -> None:
        """1100."""
        self.broker.announce(LinkDown(detail="1100", closed=False))

    def reconnect(self, _: int, __: int) -> None:
        """1102."""
        self.broker.announce(LinkUp(code=1102))

    def mute(self, _: int, __: int) -> None:
        """Messages are lost from here on."""
        self.broker.is_muted = True

    def delay(self, _: int, __: int) -> None:
        """Messages come late from here on."""
        self.broker.is_late = True

    def catch_up(self, _: int, __: int) -> None:
        """What was late comes in; what was lost is lost."""
        self.broker.is_muted = False
        self.broker.catch_up()

    def repeat(self, which: int, _: int) -> None:
        """An old message comes again."""
        self.broker.tell(self.broker.said[which % len(self.broker.said)])

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
        recovered(self.broker, self.journal, self._client_id, cancel=True)
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
            if order.fills and ref not in self._long_past
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
    def _running(self) -> Program:
        assert self.program is not None
        return self.program

    def _advance(self) -> None:
        """One turn of the program, as far as its next wait for facts."""
        if self.program is None:
            return
        self.program.advance()
        if self.program.is_done:
            self.crash(99, 0)

    def _take_all(self) -> None:
        while self.broker.in_flight:
            order = self.broker.receive()
            if order is not None:
                self.broker.accept(order)

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
            self.broker.connect(self._client_id),
            self.journal,
            run_id,
            self._client_id,
        )
        self._advance()

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
                client_id=self._client_id,
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


def _pick(among: list[BookOrder], which: int) -> BookOrder:
    return among[which % len(among)]
