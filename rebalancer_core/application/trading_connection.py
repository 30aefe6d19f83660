"""One connection that orders leave over, and what it has shown to every account so far."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define

from rebalancer_core.follow.commands import (
    CancelWatched,
    Command,
    FallingBack,
    RecordWatched,
    RunHalted,
    Tell,
)
from rebalancer_core.follow.connection import (
    Connection,
    Watched,
    ended_revived,
    halted,
    heard_between_accounts,
)
from rebalancer_core.follow.events import WatchedJournalFailed
from rebalancer_core.follow.reasons import Stated
from rebalancer_core.messages import explain, explain_journal
from rebalancer_core.messages.follow import explain_run_halted
from rebalancer_core.messages.run import explain_news
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.ports import Clock, JournalPort, LogPort, OrderPort
from rebalancer_core.reconcile.journal_model import JournaledOrder
from rebalancer_core.values.results import Failed, unwrap_or_failed


@define(kw_only=True)
class TradingConnection:
    """Mutable: `shown` is what the connection has shown by now.

    `tell` shows a line at once; `doing` does, too, where it is not asked for silence.
    """

    desk: OrderPort
    journal: JournalPort
    clock: Clock
    log: LogPort
    tell: Callable[[str], None]
    shown: Connection
    doing: Callable[[str], None]

    async def listen(self) -> None:
        """Hear what came in while no order of this run is out."""
        facts = await self.desk.facts(0)
        self.shown, records = heard_between_accounts(self.shown, facts)
        await self._carry_out(records)
        self.shown, cancels = ended_revived(self.shown)
        await self._carry_out(cancels)

    async def _carry_out(self, commands: tuple[Command, ...]) -> None:
        for command in commands:
            if isinstance(command, RecordWatched):
                for failed in self.record_watched(command):
                    self.shown, told = halted(self.shown, Stated(text=failed.why))
                    await self._carry_out(told)
            if isinstance(command, CancelWatched):
                await self.cancel_watched(command)
            if isinstance(command, Tell):
                self.show(command)

    def record_watched(self, command: RecordWatched) -> tuple[WatchedJournalFailed, ...]:
        """Write what was said of an order of an earlier run."""
        noted = unwrap_or_failed(self.journal.note(command.event, self.clock.now()))
        if not isinstance(noted, Failed):
            return ()
        return (WatchedJournalFailed(why=explain_journal(noted.error)),)

    async def cancel_watched(self, command: CancelWatched) -> None:
        """Request the cancel of an order of an earlier run; a refusal is shown."""
        answer = unwrap_or_failed(await self.desk.cancel(command.order_ref))
        if isinstance(answer, Failed):
            self.log.warning("%s", explain(answer.error))
            self.tell(explain(answer.error))

    def show(self, command: Tell) -> None:
        """Show what the user has to know at once."""
        news = command.news
        if isinstance(news, RunHalted):
            self.log.error("halted: %s", explain_run_halted(news.why))
        elif isinstance(news, FallingBack):
            self.log.info("%s", explain_news(news))
            self.doing(explain_news(news))
            return
        else:
            self.log.warning("%s", explain_news(news))
        self.tell(explain_news(news))


def watched_orders(orders: tuple[JournaledOrder, ...]) -> dict[OrderRef, Watched]:
    """Orders of earlier runs as they are watched while this one trades."""
    return {
        order.order_ref: Watched(run_id=order.intent.run_id, state=order.state) for order in orders
    }
