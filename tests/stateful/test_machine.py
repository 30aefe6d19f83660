"""Whatever broker, line and process do: never more than approved, and nothing is forgotten."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Coroutine
from contextlib import ExitStack, suppress
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TypeVar

import hypothesis.strategies as st
from attrs import frozen
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rebalancer_adapters.journal.account_lock import locked
from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_core.application.read import Reader
from rebalancer_core.application.read_market import MarketReader
from rebalancer_core.application.recheck import Unchanged
from rebalancer_core.application.reconcile import Reconciled, Reconciliation
from rebalancer_core.application.silent_orders import said
from rebalancer_core.application.trading.declared import Declared
from rebalancer_core.application.trading.departures import Departures, Halt
from rebalancer_core.application.trading.execution import execute
from rebalancer_core.application.trading.fitting import Fitting
from rebalancer_core.application.trading.pursuit import Pursuit
from rebalancer_core.application.trading.sending import Rules
from rebalancer_core.application.trading.tracker import Tracker
from rebalancer_core.application.types import Market
from rebalancer_core.orders.events import LinkDown, LinkUp, OrderRef, Resolution, Resolved
from rebalancer_core.orders.order_state import TERMINAL
from rebalancer_core.orders.tickets import (
    ApprovedPlan,
    Consent,
    OrderStyle,
    OrderTicket,
    approve,
    tickets,
)
from rebalancer_core.reconcile.findings import Silent
from rebalancer_core.reconcile.journal_model import (
    Approval,
    JournaledOrder,
    JournaledRun,
    JournalFault,
    RunStarted,
)
from rebalancer_core.reconcile.past_orders import declined_on, trading_day, watched
from rebalancer_core.safety.free_cash import funds_of
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.policy import (
    AlgoPreference,
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
)
from tests.stateful.broker import TURN, BookOrder, Broker
from tests.support.clocks import one_by_one, passed
from tests.support.plan_factory import ACCOUNT, Line, plan_of

LOG = logging.getLogger(__name__)


@frozen()
class BrokersClock:
    """The time of the simulated broker; sleeping lets it pass (a `Clock`)."""

    broker: Broker

    def now(self) -> datetime:
        return self.broker.now()

    def hear(self, stated: datetime) -> None:
        """Nothing to learn: it is the broker's own."""

    def monotonic(self) -> float:
        return self.broker.seconds

    async def sleep(self, seconds: float) -> None:
        self.broker.seconds += seconds


BOUGHT, SOLD = ConId(1), ConId(2)
TARGETS = {BOUGHT: Decimal(100), SOLD: Decimal(40)}
HELD = {BOUGHT: ZERO, SOLD: Decimal(100)}
# With what the sells bring it pays for all the buys, and for little more.
CASH = Decimal(500)
# Refused for the algo, for margin, by a read-only gateway; and a code that no table knows.
_NO_SUCH_ALGO = 442
# Two seconds of proof, in turns of a fifth of a second.
_TURNS_OF_A_FALLBACK = 15
CODES = (442, 442, 201, 321, 19999)
_MESSAGES_A_SECOND = 50

T = TypeVar("T")


_ALGOS = (AlgoPreference.ADAPTIVE, AlgoPreference.NONE, AlgoPreference.MIDPRICE)


class Trouble(Enum):
    """What goes wrong around a run."""

    INTERRUPT = "Ctrl+C"
    CRASH = "kill -9"
    DISCONNECT = "the socket closes"
    CUT_OFF = "1100"
    MUTE = "messages are lost from here on"
    DELAY = "messages come late from here on"
    SECOND_PROCESS = "another run of the same account"


class Trading(RuleBasedStateMachine):
    """Runs of the program against one broker and one journal, with crashes in between."""

    def __init__(self) -> None:
        super().__init__()
        self.broker = Broker(HELD, CASH)
        self.journal = MemoryJournal()
        self.pursuit: Pursuit | None = None
        self.approved: dict[tuple[str, ConId], Decimal] = {}
        self.filled_before: dict[OrderRef, Decimal] = {}
        self._coroutine: Coroutine[object, None, None] | None = None
        self._stop = False
        self._runs = 0
        self._client_id = 42
        self._floor = ZERO
        self._locks = ExitStack()
        self._state_dir = tempfile.TemporaryDirectory()

    def teardown(self) -> None:
        """The line is sound again and everything comes in: then every fill is known.

        What no evidence settles a person can close, after a restart of the gateway.
        """
        self.broker.disconnect(99)
        self._end()
        self._state_dir.cleanup()
        for unanswered in self._unanswered():
            self.broker.reject(unanswered, 201)
        self.broker.restart()
        last = self._recovered(cancel=True)
        self._close_silent(Resolution.NOT_RECEIVED)
        for order in self._journaled():
            if not order.is_finished:
                self._close_by_hand(order)
        assert all(order.is_finished for order in self._journaled()), "an account stays locked"
        for order in self._journaled():
            known = self.broker.book.get(order.order_ref)
            if known is None or not order.is_finished:
                continue
            if not order.state.conflict:
                assert order.state.filled == known.filled, (order.state, last)

    # What the program does.

    @precondition(lambda self: self.pursuit is None)
    @rule(
        algo=st.sampled_from(_ALGOS),
        batch=st.booleans(),
        cancel=st.booleans(),
        cash_moves=st.sampled_from((0, 0, -400, 300)),
    )
    def plan(self, algo: AlgoPreference, batch: bool, cancel: bool, cash_moves: int) -> None:  # noqa: FBT001 - drawn by Hypothesis
        """A run starts: it settles the past, plans what is missing and sends it."""
        recovered = self._recovered(cancel=cancel)
        if recovered.open_orders or recovered.alarms or self._is_anything_open():
            return
        today = trading_day(self.broker.now())
        if declined_on(today, self._runs_journaled(), ACCOUNT):
            return
        self._runs += 1
        run_id = f"{self._runs:08x}"
        approved = self._approved()
        if not approved.plan.orders:
            return
        self._locks.enter_context(locked(Path(self._state_dir.name), (ACCOUNT,)))
        self._floor = approved.plan.cash_floor
        self.broker.unforeseen = ZERO
        self.broker.cash_after_buys.clear()
        sent = tickets(approved, OrderStyle(algo=algo), run_id, 1)
        self._write_down(run_id, approved, sent)
        self.approved |= {(run_id, o.con_id): o.quantity for o in approved.plan.orders}
        self._stop = False
        self.broker.move_cash(Decimal(cash_moves))
        looked = self._looked()
        desk = self.broker.connect(self._client_id)
        self.pursuit = Pursuit(
            approved=approved,
            desk=desk,
            tracker=Tracker(
                journal=self.journal,
                now=self.broker.now,
                watch=lambda _before, _now: None,
                reach=passed,
            ),
            rules=Rules(
                run_id=run_id,
                client_id=self._client_id,
                first_order_id=1 + max((i.order_id for i in self.journal.intents), default=0),
                safety=SafetyPolicy(),
                execution=ExecutionPolicy(algo_preference=algo, batch_orders=batch),
                clock=lambda: self.broker.seconds,
                give_way=partial(asyncio.sleep, 0),
                reach=passed,
            ),
            funds=funds_of(
                approved.plan, looked.seen, looked.market.quotes, looked.market.observations
            ),
            stop_requested=lambda: self._stop,
            departures=Departures(),
            declared=Declared(
                desk=desk,
                journal=self.journal,
                now=self.broker.now,
                halt=Halt(tell=lambda _line: None, log=LOG),
                orders=watched(self._runs_journaled(), ACCOUNT, self.broker.now()),
            ),
        )
        self._coroutine = _executed(self.pursuit, sent, self._fitting(looked))
        self._advance()

    @precondition(lambda self: self.pursuit is not None)
    @rule(turns=st.integers(1, 20))
    def turn(self, turns: int) -> None:
        """The program hears what was said and does what time asks for."""
        for _ in range(turns):
            self._advance()

    @rule(seconds=st.sampled_from((1, 5, 16, 301, 700)))
    def time_passes(self, seconds: int) -> None:
        self.broker.seconds += seconds
        self._advance()

    @precondition(lambda self: self.pursuit is not None)
    @rule(kind=st.sampled_from(Trouble), arrived=st.integers(0, 3))
    def trouble(self, kind: Trouble, arrived: int) -> None:
        """One of the things that go wrong; `arrived` of what was on its way came in before."""
        match kind:
            case Trouble.INTERRUPT:
                self._stop = True
            case Trouble.CRASH:
                self.broker.disconnect(arrived)
                self._end()
            case Trouble.DISCONNECT:
                self.broker.disconnect(arrived)
            case Trouble.CUT_OFF:
                self.broker.announce(LinkDown(detail="1100", closed=False))
            case Trouble.MUTE:
                self.broker.is_muted = True
            case Trouble.DELAY:
                self.broker.is_late = True
            case Trouble.SECOND_PROCESS:
                with locked(Path(self._state_dir.name), (ACCOUNT,)) as locks:
                    assert locks.held == ()

    # What the broker does.

    @precondition(lambda self: self.broker.in_flight)
    @rule()
    def receive(self) -> None:
        """An order comes in, and nobody answers yet."""
        self.broker.receive()

    # What a person does at the gateway's window.

    @precondition(lambda self: not self.broker.is_asking)
    @rule()
    def ask_with_a_dialog(self) -> None:
        """From now on the gateway asks its user before it passes an order on."""
        self.broker.is_asking = True

    @precondition(lambda self: self.broker.is_asking)
    @rule(is_yes=st.booleans())
    def answer(self, is_yes: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        if is_yes:
            self.broker.answer_yes()
        else:
            self.broker.answer_no()

    @rule()
    def restart_the_gateway(self) -> None:
        """Its dialogs die; a run that has orders out loses the connection."""
        self.broker.restart()
        self._advance()

    @precondition(lambda self: self.pursuit is None)
    @rule(client_id=st.sampled_from((42, 77)))
    def change_the_client_id(self, client_id: int) -> None:
        self._client_id = client_id

    @precondition(lambda self: self.pursuit is None and self._silent())
    @rule()
    def resolve(self) -> None:
        """A person who tells the truth closes what was never acknowledged."""
        self._close_silent(Resolution.NOT_RECEIVED)
        self._close_silent(Resolution.DECLINED)

    @precondition(lambda self: self._unanswered())
    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        self.broker.accept(data.draw(st.sampled_from(self._unanswered())))

    @precondition(lambda self: self.broker.in_flight)
    @rule()
    def take_all(self) -> None:
        """As on a good day."""
        while self.broker.in_flight:
            order = self.broker.receive()
            if order is not None:
                self.broker.accept(order)
        self._advance()

    @precondition(lambda self: self.pursuit is not None)
    @rule()
    def trade_all(self) -> None:
        """All that comes is taken and filled: the sells, and then what they pay."""
        for _ in range(_TURNS_OF_A_FALLBACK):
            while self.broker.in_flight:
                order = self.broker.receive()
                if order is not None:
                    self.broker.accept(order)
            for order in self._working():
                self.broker.fill(order, order.ticket.quantity)
            self._advance()

    @precondition(lambda self: self._unanswered())
    @rule(data=st.data(), code=st.sampled_from(CODES))
    def reject(self, data: st.DataObject, code: int) -> None:
        self.broker.reject(data.draw(st.sampled_from(self._unanswered())), code)

    @precondition(lambda self: self.broker.in_flight)
    @rule()
    def refuse_the_algo(self) -> None:
        """Orders come in, and the broker does not know their algo."""
        while self.broker.in_flight:
            order = self.broker.receive()
            if order is not None:
                self.broker.reject(order, _NO_SUCH_ALGO)
        self.turn(_TURNS_OF_A_FALLBACK)

    @precondition(lambda self: self.pursuit is not None and self._working())
    @rule(shares=st.sampled_from((0, 1, 25)))
    def rest_too_long(self, shares: int) -> None:
        """A part is filled, patience ends, and the cancel is confirmed."""
        for order in self._working():
            if shares:
                self.broker.fill(order, Decimal(shares))
        self.time_passes(301)
        self.turn(2)
        while self.broker.cancels:
            self.broker.process_cancel()
        self.turn(_TURNS_OF_A_FALLBACK)

    @precondition(lambda self: self._working())
    @rule(data=st.data(), shares=st.sampled_from((1, 25, 100)))
    def fill(self, data: st.DataObject, shares: int) -> None:
        self.broker.fill(data.draw(st.sampled_from(self._working())), Decimal(shares))

    @precondition(lambda self: self._with_fills())
    @rule(data=st.data(), shares=st.sampled_from((1, 1000)))
    def correct(self, data: st.DataObject, shares: int) -> None:
        """Mostly the price, seldom the shares."""
        order = data.draw(st.sampled_from(self._with_fills()))
        self.broker.correct(order, Decimal(shares))

    @precondition(lambda self: self.broker.cancels)
    @rule()
    def process_cancel(self) -> None:
        self.broker.process_cancel()

    # What the market and the account do.

    @rule(con_id=st.sampled_from((BOUGHT, SOLD)), price=st.sampled_from(("9", "10", "10.90", "15")))
    def move_price(self, con_id: ConId, price: str) -> None:
        self.broker.move_price(con_id, Decimal(price))

    @rule(amount=st.sampled_from((-300, 200)))
    def move_cash(self, amount: int) -> None:
        self.broker.move_cash(Decimal(amount))

    # What the line does.

    @precondition(lambda self: self.broker.is_cut_off)
    @rule()
    def reconnect(self) -> None:
        """1102."""
        self.broker.announce(LinkUp(code=1102))

    @precondition(lambda self: self.broker.late or self.broker.is_muted)
    @rule()
    def catch_up(self) -> None:
        """What was late comes in; what was lost is lost."""
        self.broker.is_muted = False
        self.broker.catch_up()

    @precondition(lambda self: self.broker.said)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """An old message comes again."""
        self.broker.tell(data.draw(st.sampled_from(self.broker.said)))

    # What must hold.

    @invariant()
    def never_more_than_approved(self) -> None:
        """Working, on its way and filled, of all legs of a trade together."""
        used: dict[tuple[str, ConId], Decimal] = {}
        for order in self.broker.book.values():
            key = (_run_of(order.ticket), order.ticket.con_id)
            used[key] = used.get(key, ZERO) + order.filled + order.may_fill
        for flying in (*self.broker.in_flight, *self.broker.dialogs):
            key = (_run_of(flying.ticket), flying.ticket.con_id)
            used[key] = used.get(key, ZERO) + flying.ticket.quantity
        for key, shares in used.items():
            assert shares <= self.approved[key], (key, shares)

    @invariant()
    def never_past_the_target(self) -> None:
        """Across all runs: a run after a crash buys and sells only what is missing."""
        coming = {BOUGHT: ZERO, SOLD: ZERO}
        for order in self.broker.book.values():
            coming[order.ticket.con_id] += order.may_fill
        for flying in (*self.broker.in_flight, *self.broker.dialogs):
            coming[flying.ticket.con_id] += flying.ticket.quantity
        assert self.broker.holdings[BOUGHT] + coming[BOUGHT] <= TARGETS[BOUGHT]
        assert self.broker.holdings[SOLD] - coming[SOLD] >= TARGETS[SOLD]

    @invariant()
    def cash_stays_above_the_floor(self) -> None:
        """But for what happened behind a buy that was out: higher prices, cash that left.

        The cash that the leverage cap asks for is below the floor here.
        """
        assert all(cash >= self._floor for cash in self.broker.cash_after_buys)

    @invariant()
    def a_strict_gateway_never_counts_too_many(self) -> None:
        assert len(self.broker.sent_at) < _MESSAGES_A_SECOND

    @invariant()
    def the_journal_replays_to_the_live_state(self) -> None:
        if self.pursuit is None:
            return
        journaled = {order.order_ref: order.state for order in self._journaled()}
        for state in self.pursuit.states():
            assert journaled[state.ticket.order_ref] == state

    @invariant()
    def what_is_filled_stays_filled(self) -> None:
        for order in self._journaled():
            before = self.filled_before.get(order.order_ref, ZERO)
            now = order.state.filled
            assert now >= before or order.state.conflict, order.state
            self.filled_before[order.order_ref] = now

    @invariant()
    def the_end_is_proven(self) -> None:
        """No order is called dead while it can still fill, nor while a dialog holds it."""
        held = {flying.ticket.order_ref for flying in self.broker.dialogs}
        for order in self._journaled():
            known = self.broker.book.get(order.order_ref)
            if order.state.phase in TERMINAL:
                assert known is None or known.may_fill == ZERO, order.state
                assert order.order_ref not in held, order.state

    # How it is done.

    def _advance(self) -> None:
        """One turn of the pursuit, as far as its next wait for facts."""
        if self._coroutine is None:
            return
        try:
            while self._coroutine.send(None) != TURN:
                pass
        except StopIteration:
            self.broker.disconnect(99)
            self._end()

    def _end(self) -> None:
        if self._coroutine is not None:
            self._coroutine.close()
        self._coroutine = self.pursuit = None
        self._locks.close()

    def _approved(self) -> ApprovedPlan:
        lines = tuple(
            Line(
                f"S{con_id}",
                str(self.broker.holdings[con_id]),
                str(self.broker.prices[con_id]),
                "40",
                str(target - self.broker.holdings[con_id]),
            )
            for con_id, target in TARGETS.items()
        )
        return approve(plan_of(lines, cash=str(self.broker.cash)), Consent.YES, self.broker.now())

    def _write_down(
        self, run_id: str, approved: ApprovedPlan, sent: tuple[OrderTicket, ...]
    ) -> None:
        self.journal.start(
            RunStarted(
                run_id=run_id,
                started_at=self.broker.now(),
                app_version="0",
                settings_sha256="",
                client_id=42,
                host="127.0.0.1",
                port=4002,
            )
        )
        self.journal.approve(
            Approval(
                run_id=run_id,
                account_id=ACCOUNT,
                approved_at=self.broker.now(),
                consent=Consent.YES.value,
                plan=approved.plan,
                tickets=sent,
            )
        )

    def _reader(self) -> Reader:
        market = MarketReader(
            broker=self.broker, pricing=PricingPolicy(), safety=SafetyPolicy(), for_trading=True
        )
        return Reader(
            broker=self.broker,
            market=market,
            clock=BrokersClock(self.broker),
            together=one_by_one,
            pause_seconds=0,
            parallel=False,
        )

    def _looked(self) -> Unchanged:
        """The account and the market as they are after the yes."""

        async def look() -> Unchanged:
            reader = self._reader()
            seen = await reader.snapshot(ACCOUNT)
            market = await reader.market.read(tuple(Symbol(f"S{c}") for c in TARGETS), ())
            assert isinstance(seen, AccountSnapshot)
            assert isinstance(market, Market)
            return Unchanged(seen=seen, market=market)

        self.broker.connect(self._client_id)
        return self._asked(look())

    def _fitting(self, looked: Unchanged) -> Fitting:
        broker = self.broker

        async def pause(seconds: float) -> None:
            broker.seconds += seconds

        return Fitting(
            reader=self._reader(),
            policy=RebalancePolicy(min_order_usd=ZERO),
            now=broker.now,
            looked=looked,
            sleep=pause,
        )

    def _recovered(self, *, cancel: bool) -> Reconciled:
        """What a run does first."""
        recovery = self._recovery(self._client_id, cancel=cancel)
        return self._asked(recovery.reconcile(ACCOUNT, self._runs_journaled()))

    def _close_silent(self, verdict: Resolution) -> None:
        """`resolve` for those orders of which the person can say this, and nothing else is true."""
        for order in self._silent():
            restarted = self.broker.restarts > self.broker.sent_after[order.order_ref]
            declined = order.order_ref in self.broker.declined
            if not (restarted if verdict is Resolution.NOT_RECEIVED else declined):
                continue
            recovery = self._recovery(order.intent.client_id, cancel=False)
            found = self._asked(recovery.look_after_cancel(ACCOUNT, (order,)))
            if found == (Silent(order_ref=order.order_ref),):
                self.journal.note(said(order.order_ref, verdict), self.broker.now())

    def _close_by_hand(self, order: JournaledOrder) -> None:
        """A person looked at the account, and records what the broker's book says."""
        known = self.broker.book.get(order.order_ref)
        filled = max(known.filled if known is not None else ZERO, order.state.executed)
        is_whole = filled >= order.intent.ticket.quantity
        settled = Resolved(
            order_ref=order.order_ref,
            verdict=Resolution.FILLED if is_whole else Resolution.CANCELLED,
            filled=filled,
            reason="looked at the account",
            by_human=True,
        )
        self.journal.note(settled, self.broker.now())

    def _silent(self) -> list[JournaledOrder]:
        return [order for order in self._journaled() if order.is_silent]

    def _recovery(self, client_id: int, *, cancel: bool) -> Reconciliation:
        broker = self.broker
        return Reconciliation(
            broker=broker,
            desk=broker.connect(client_id),
            journal=self.journal,
            client_id=client_id,
            clock=BrokersClock(broker),
            second_look_seconds=10.0,
            cancel_working=cancel,
        )

    def _asked(self, question: Coroutine[object, None, T]) -> T:
        """The answer, over a session of its own; the broker works its cancels meanwhile."""
        told: list[T] = []

        async def ask() -> None:
            told.append(await question)

        asking = ask()
        while not told:
            with suppress(StopIteration):
                asking.send(None)
            while self.broker.cancels:
                self.broker.process_cancel()
        self.broker.disconnect(99)
        return told[0]

    def _runs_journaled(self) -> tuple[JournaledRun, ...]:
        runs = self.journal.runs()
        assert not isinstance(runs, JournalFault)
        return runs

    def _journaled(self) -> tuple[JournaledOrder, ...]:
        runs = self._runs_journaled()
        return tuple(order for run in runs for account in run.accounts for order in account.orders)

    def _unanswered(self) -> list[BookOrder]:
        return [order for order in self.broker.book.values() if order.status == ""]

    def _working(self) -> list[BookOrder]:
        return [order for order in self.broker.book.values() if order.is_working]

    def _with_fills(self) -> list[BookOrder]:
        return [order for order in self.broker.book.values() if order.fills]

    def _is_anything_open(self) -> bool:
        """The open-order rule of a run (SPEC 7.2)."""
        return bool(self._working())


async def _executed(pursuit: Pursuit, sent: tuple[OrderTicket, ...], fitting: Fitting) -> None:
    await execute(pursuit, sent, fitting)


def _run_of(ticket: OrderTicket) -> str:
    return ticket.order_ref.split("-")[1]


TestTrading = Trading.TestCase
TestTrading.settings = settings(stateful_step_count=60)
