"""Takes down a person's word on orders that the broker cannot confirm, once it is sure of it."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.application.past_runs import past_runs
from rebalancer_core.application.silent_orders import Closed, close_silent
from rebalancer_core.application.types import World
from rebalancer_core.messages.resolving import (
    DIALOG_MAY_HOLD,
    HELD_TODAY,
    TYPE_ORDER_REF,
    TYPE_VERDICT,
    about_to_record,
    cancelling,
    never_acknowledged,
    recorded_as,
)
from rebalancer_core.orders.events import Resolution
from rebalancer_core.ports import JournalPort, KeyboardPort, LockRefused, SessionPort
from rebalancer_core.reconcile.declarations import (
    Declaration,
    Misdeclared,
    NobodyToAsk,
    ToClose,
    ToRecord,
    VerdictMissing,
    understood,
    verdict_of,
)
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.results import Failed, unwrap_or_failed


@frozen(kw_only=True)
class Withdrawn:
    """The person did not confirm it: nothing changed. `is_silent`: no answer came at all."""

    is_silent: bool


NotResolved = Misdeclared | Withdrawn | LockRefused | JournalFault | BrokerFault


async def resolve(
    world: World,
    sessions: SessionPort,
    journal: JournalPort,
    keyboard: KeyboardPort,
    declared: Declaration,
    *,
    without_prompt: bool,
) -> Closed | NotResolved:
    """Take it down, after a question unless `without_prompt`; sends no order."""
    runs = past_runs(journal, world.clock.now())
    if isinstance(runs, Failed):
        return runs.error
    meant = understood(declared, runs, world.clock.now())
    asks = None if without_prompt else keyboard
    match meant:
        case Misdeclared():
            return meant
        case ToRecord():
            return await _recorded(world, sessions, journal, asks, meant)
        case ToClose():
            return await _closed(world, sessions, journal, asks, meant)


async def _recorded(
    world: World,
    sessions: SessionPort,
    journal: JournalPort,
    asks: KeyboardPort | None,
    meant: ToRecord,
) -> Closed | NotResolved:
    order, event = meant.order, meant.event
    if asks is not None and not meant.is_confirmed:
        world.people.note(about_to_record(order, event))
        if not asks.can_ask:
            return Misdeclared(why=NobodyToAsk())
        typed = await asks.typed(TYPE_ORDER_REF)
        if typed != order.order_ref:
            return Withdrawn(is_silent=typed is None)
    with sessions.locked((order.intent.ticket.account_id,)) as locks:
        for refused in locks.refused:
            return refused
        noted = unwrap_or_failed(journal.note(event, world.clock.now()))
    if isinstance(noted, Failed):
        return noted.error
    return Closed(recorded=(recorded_as(order, event),))


async def _closed(
    world: World,
    sessions: SessionPort,
    journal: JournalPort,
    asks: KeyboardPort | None,
    meant: ToClose,
) -> Closed | NotResolved:
    """Silent orders of one account: cancelled, asked about, and closed on the user's word."""
    verdict = await _verdict(world, asks, meant)
    if not isinstance(verdict, Resolution):
        return verdict
    with sessions.locked((meant.orders[0].intent.ticket.account_id,)) as locks:
        for refused in locks.refused:
            return refused
        world.people.note(cancelling(tuple(order.order_ref for order in meant.orders)))
        closed = await close_silent(world, sessions, journal, meant.orders, verdict)
    if isinstance(closed, Closed) and closed.recorded and verdict is Resolution.DECLINED:
        return Closed(recorded=(*closed.recorded, HELD_TODAY), refused=closed.refused)
    return closed


async def _verdict(
    world: World, asks: KeyboardPort | None, meant: ToClose
) -> Resolution | Misdeclared | Withdrawn:
    if asks is None or not asks.can_ask:
        return meant.verdict or Misdeclared(why=VerdictMissing())
    for order in meant.orders:
        world.people.note(never_acknowledged(order))
    world.people.note(DIALOG_MAY_HOLD)
    typed = await asks.typed(TYPE_VERDICT)
    verdict = verdict_of(typed or "")
    if verdict is None or (meant.verdict is not None and verdict is not meant.verdict):
        return Withdrawn(is_silent=typed is None)
    return verdict
