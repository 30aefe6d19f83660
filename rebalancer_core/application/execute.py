"""Carries out what `follow.step` asks for: one port call a command, its answer the next event.

The rules are in `follow/`. Here is only the order of things: the intent is on the disk before the
order is submitted, and an event is on the disk before the next step decides anything.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field

from rebalancer_core.application.read import Reader
from rebalancer_core.application.trading_connection import TradingConnection
from rebalancer_core.application.types import Market
from rebalancer_core.follow import commands as asked
from rebalancer_core.follow import events as answered
from rebalancer_core.follow.state import FollowState, Stage
from rebalancer_core.follow.step import step
from rebalancer_core.messages import explain, explain_journal
from rebalancer_core.orders.events import Executed, OrderEvent, OrderSeen
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.ports import OrderPort
from rebalancer_core.reconcile.journal_model import Intent
from rebalancer_core.safety.buy_fit import MarketNow
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.policy import TradingHours
from rebalancer_core.values.results import Failed, unwrap_or_failed

Answers = tuple[answered.FollowEvent, ...]


@define(kw_only=True)
class Executor:
    """Follows the orders of one account to their end. Mutable: `state` is all that is known.

    `run_id` and `client_id` go into the journal's intents. `watch` sees every change of an order,
    `reach` passes the named places where a test may end the process.
    """

    state: FollowState
    connection: TradingConnection
    reader: Reader
    run_id: str
    client_id: int
    stop_requested: Callable[[], bool]
    watch: Callable[[OrderState, OrderState], None]
    reach: Callable[[str], None]
    _answers: Answers = field(default=(), init=False)

    @property
    def _desk(self) -> OrderPort:
        return self.connection.desk

    async def follow(self) -> None:
        """Step by step to the end; whatever comes is in the state."""
        while self.state.stage is not Stage.DONE:
            await self.turn()

    async def turn(self) -> None:
        """One step, and everything that it asks for."""
        clock = self.connection.clock
        around = answered.Surroundings(
            closed_gate=self._desk.closed_gate, stop_requested=self.stop_requested()
        )
        now = answered.Instant(seconds=clock.monotonic(), at=clock.now())
        self.state, commands = step(self.state, now, (around, *self._answers))
        self.connection.shown = self.state.connection
        self._answers = ()
        for command in commands:
            self._answers += await self._answer_to(command)

    async def _answer_to(self, command: asked.Command) -> Answers:
        match command:
            case asked.Record():
                return self._recorded(command)
            case asked.RecordWatched():
                return self.connection.record_watched(command)
            case asked.CancelWatched():
                await self.connection.cancel_watched(command)
            case asked.Tell():
                self.connection.show(command)
            case asked.Pause(seconds=seconds):
                await self.connection.clock.sleep(seconds)
            case asked.Listen(seconds=seconds):
                return (answered.Heard(facts=await self._desk.facts(seconds)),)
            case asked.AskEvidence():
                return (await self._evidence(),)
            case asked.ReadAccount():
                return (await self._account(),)
            case asked.ReadMarket():
                return (await self._market(command),)
            case _:
                return await self._sent_on(command)
        return ()

    async def _sent_on(
        self, command: asked.Reserve | asked.Commit | asked.Submit | asked.Cancel
    ) -> Answers:
        match command:
            case asked.Reserve():
                return (self._reserved(command),)
            case asked.Commit():
                return (self._committed(command),)
            case asked.Submit():
                return (await self._submitted(command),)
            case asked.Cancel():
                return await self._cancelled(command)

    def _reserved(self, command: asked.Reserve) -> answered.Reserved | answered.NotReserved:
        ref = command.order_ref
        answer = unwrap_or_failed(self._desk.reserve(ref, command.at_least))
        if isinstance(answer, Failed):
            return answered.NotReserved(order_ref=ref, why=explain(answer.error))
        return answered.Reserved(order_ref=ref, order_id=answer)

    def _committed(self, command: asked.Commit) -> answered.Committed | answered.NotCommitted:
        ref = command.ticket.order_ref
        intent = Intent(
            run_id=self.run_id,
            ticket=command.ticket,
            order_id=command.order_id,
            client_id=self.client_id,
            position_before=command.position_before,
            intended_at=self.connection.clock.now(),
            replaces=command.replaces,
        )
        written = unwrap_or_failed(self.connection.journal.intend(intent))
        if isinstance(written, Failed):
            return answered.NotCommitted(order_ref=ref, why=explain_journal(written.error))
        self.reach("F13")
        return answered.Committed(order_ref=ref)

    async def _submitted(self, command: asked.Submit) -> answered.Submitted | answered.NotSubmitted:
        ref = command.ticket.order_ref
        self.reach("F14")
        answer = unwrap_or_failed(await self._desk.submit(command.ticket))
        if isinstance(answer, Failed):
            return answered.NotSubmitted(order_ref=ref, why=explain(answer.error))
        self.reach("F16")
        return answered.Submitted(order_ref=ref)

    async def _cancelled(self, command: asked.Cancel) -> tuple[answered.CancelRefused, ...]:
        answer = unwrap_or_failed(await self._desk.cancel(command.order_ref))
        self.reach("F21")
        if not isinstance(answer, Failed):
            return ()
        return (answered.CancelRefused(order_ref=command.order_ref, why=explain(answer.error)),)

    def _recorded(self, command: asked.Record) -> tuple[answered.JournalFailed, ...]:
        received, journaled = _points_of(command.event)
        if received is not None:
            self.reach(received)
        at = self.connection.clock.now()
        noted = unwrap_or_failed(self.connection.journal.note(command.event, at))
        if journaled is not None:
            self.reach(journaled)
        self.watch(command.before, command.now)
        if not isinstance(noted, Failed):
            return ()
        return (answered.JournalFailed(why=explain_journal(noted.error)),)

    async def _evidence(self) -> answered.EvidenceHeard | answered.EvidenceMissing:
        answer = unwrap_or_failed(await self._desk.evidence(self.state.terms.account_id))
        self.reach("F22")
        if isinstance(answer, Failed):
            return answered.EvidenceMissing(why=explain(answer.error))
        return answered.EvidenceHeard(facts=answer)

    async def _account(self) -> answered.AccountRead | answered.AccountUnread:
        seen = await self.reader.snapshot(self.state.terms.account_id)
        if not isinstance(seen, AccountSnapshot):
            return answered.AccountUnread(why=explain(seen))
        return answered.AccountRead(snapshot=seen)

    async def _market(
        self, command: asked.ReadMarket
    ) -> answered.MarketRead | answered.MarketUnread:
        market = await self.reader.market.read(command.symbols, ())
        if not isinstance(market, Market):
            return answered.MarketUnread()
        hours = self.state.terms.rebalance.trading_hours
        return answered.MarketRead(market=market_now(market, hours))


def market_now(market: Market, hours: TradingHours) -> MarketNow:
    """The market as buys are fitted to it; it is as of its own instant."""
    return MarketNow(
        now=market.as_of,
        hours=hours,
        listings=market.listings,
        quotes=market.quotes,
        observations=market.observations,
    )


def _points_of(event: OrderEvent) -> tuple[str, str] | tuple[None, None]:
    """The named places before and after an acknowledgement or an execution is journaled."""
    match event:
        case OrderSeen():
            return "F17", "F18"
        case Executed():
            return "F19", "F20"
        case _:
            return None, None
