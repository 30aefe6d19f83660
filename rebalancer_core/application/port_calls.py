"""One port call for each command of `follow.step`; what came of it is the next event.

The intent is on the disk before the order is submitted: `follow.step` asks for that first, and
submits no order whose intent could not be written.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from rebalancer_core.application.read import Reader
from rebalancer_core.application.trading_connection import TradingConnection
from rebalancer_core.application.types import Market
from rebalancer_core.follow import commands as asked
from rebalancer_core.follow import events as answered
from rebalancer_core.follow.state import Terms
from rebalancer_core.messages import explain_journal
from rebalancer_core.messages.follow import not_handed_over
from rebalancer_core.orders.events import Executed, OrderEvent, OrderSeen
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.ports import Freshness
from rebalancer_core.reconcile.journal_model import Intent, JournaledEvent
from rebalancer_core.safety.buy_fit import MarketNow
from rebalancer_core.safety.staleness import quotes_for
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.policy import TradingHours
from rebalancer_core.values.results import Failed, unwrap_or_failed

Answers = tuple[answered.FollowEvent, ...]


@frozen(kw_only=True)
class PortCalls:
    """What following the orders of one account may do to the outside, and nothing else.

    `run_id` and `client_id` go into the journal's intents. `watch` sees every change of an order,
    `reach` passes the named places where a test may end the process.
    """

    terms: Terms
    connection: TradingConnection
    reader: Reader
    run_id: str
    client_id: int
    watch: Callable[[OrderState, OrderState], None]
    reach: Callable[[str], None]

    async def answer_to(self, command: asked.OtherCommand) -> Answers:
        """Carry it out; what came of it, for the next step."""
        match command:
            case asked.RecordWatched():
                return self.connection.record_watched(command)
            case asked.CancelWatched():
                await self.connection.cancel_watched(command)
            case asked.Tell():
                self.connection.show(command)
            case asked.Pause(seconds=seconds):
                await self.connection.clock.sleep(seconds)
            case asked.Listen(seconds=seconds):
                return (answered.Heard(facts=await self.connection.desk.facts(seconds)),)
            case asked.AskEvidence():
                return (await self._evidence(),)
            case asked.ReadAccount():
                return (await self._account(command),)
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
        answer = unwrap_or_failed(self.connection.desk.reserve(ref, command.at_least))
        if isinstance(answer, Failed):
            return answered.NotReserved(order_ref=ref, fault=answer.error)
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
        self.connection.log.info(
            "%s %s %s: order id %d of client %d",
            ref,
            command.ticket.account_id,
            command.ticket.symbol,
            command.order_id,
            self.client_id,
        )
        self.reach("F13")
        return answered.Committed(order_ref=ref)

    async def _submitted(self, command: asked.Submit) -> answered.Submitted | answered.NotSubmitted:
        ref = command.ticket.order_ref
        self.reach("F14")
        answer = unwrap_or_failed(await self.connection.desk.submit(command.ticket))
        if isinstance(answer, Failed):
            return answered.NotSubmitted(order_ref=ref, why=not_handed_over(answer.error))
        self.reach("F16")
        return answered.Submitted(order_ref=ref)

    async def _cancelled(self, command: asked.Cancel) -> tuple[answered.CancelRefused, ...]:
        answer = unwrap_or_failed(await self.connection.desk.cancel(command.order_ref))
        self.reach("F21")
        if not isinstance(answer, Failed):
            return ()
        return (answered.CancelRefused(order_ref=command.order_ref, fault=answer.error),)

    def recorded(self, commands: tuple[asked.Record, ...]) -> tuple[answered.JournalFailed, ...]:
        """Write these events down in one commit, then show the changes."""
        if not commands:
            return ()
        points = tuple(_points_of(command.event) for command in commands)
        for received, _ in points:
            if received is not None:
                self.reach(received)
        at = self.connection.clock.now()
        noted = unwrap_or_failed(
            self.connection.journal.note_all(
                tuple(JournaledEvent(at=at, event=command.event) for command in commands)
            )
        )
        for _, journaled in points:
            if journaled is not None:
                self.reach(journaled)
        for command in commands:
            self.watch(command.before, command.now)
        if not isinstance(noted, Failed):
            return ()
        return (answered.JournalFailed(why=explain_journal(noted.error)),)

    async def _evidence(self) -> answered.EvidenceHeard | answered.EvidenceMissing:
        answer = unwrap_or_failed(await self.connection.desk.evidence(self.terms.account_id))
        self.reach("F22")
        if isinstance(answer, Failed):
            return answered.EvidenceMissing(fault=answer.error)
        return answered.EvidenceHeard(facts=answer)

    async def _account(
        self, command: asked.ReadAccount
    ) -> answered.AccountRead | answered.AccountUnread:
        fresh = Freshness.ANEW if command.anew else Freshness.ASKED
        seen = await self.reader.snapshot(self.terms.account_id, fresh)
        if not isinstance(seen, AccountSnapshot):
            return answered.AccountUnread(fault=seen)
        return answered.AccountRead(snapshot=seen)

    async def _market(
        self, command: asked.ReadMarket
    ) -> answered.MarketRead | answered.MarketUnread:
        market = await self.reader.market.read(command.symbols, (), Freshness.ASKED)
        if not isinstance(market, Market):
            return answered.MarketUnread()
        hours = self.terms.rebalance.trading_hours
        return answered.MarketRead(market=market_now(market, self.terms.account_id, hours))


def market_now(market: Market, account_id: AccountId, hours: TradingHours) -> MarketNow:
    """The market as buys of this account are fitted to it; it is as of its own instant."""
    return MarketNow(
        now=market.as_of,
        hours=hours,
        listings=market.listings,
        quotes=quotes_for(account_id, market.quotes),
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
