"""Takes down a person's word on orders that the broker cannot confirm, once it is sure of it."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.application.silent_orders import Closed, close_silent
from rebalancer_core.application.types import World
from rebalancer_core.messages import ordered
from rebalancer_core.orders.events import Resolution
from rebalancer_core.ports import JournalPort, KeyboardPort, LockRefused, SessionPort
from rebalancer_core.reconcile.declarations import (
    DECLINED,
    RESTARTED,
    Declaration,
    Misdeclared,
    ToClose,
    ToRecord,
    understood,
    verdict_of,
)
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.money import plain

_TWO_ANSWERS = f'"{RESTARTED}" or "{DECLINED}"'
_DIALOG = (
    "A dialog in the gateway's window may still hold it. Close the dialog with No, or restart"
    " the gateway (its dialogs die with it)."
)
_HELD_TODAY = (
    "The same trades are not sent again before the next trading day; after a restart of the"
    f' gateway `rebalance resolve ORDER --filled 0 --reason "{RESTARTED}"` lifts this.'
)


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
    runs = journal.runs()
    if isinstance(runs, JournalFault):
        return runs
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
        world.people.note(
            f"{ordered(order)}, last known state: {order.state.phase.words};"
            f" you are recording: {plain(event.filled)} filled."
        )
        if not asks.can_ask:
            return Misdeclared(why="no terminal to confirm at: use --yes")
        typed = await asks.typed("Type the order reference to confirm []: ")
        if typed != order.order_ref:
            return Withdrawn(is_silent=typed is None)
    with sessions.locked((order.intent.ticket.account_id,)) as locks:
        for refused in locks.refused:
            return refused
        fault = journal.note(event, world.clock.now())
    if fault is not None:
        return fault
    line = f"{order.order_ref}: recorded as {event.verdict.words} ({plain(event.filled)} shares)"
    return Closed(recorded=(f"{line}, as instructed",))


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
        names = ", ".join(order.order_ref for order in meant.orders)
        world.people.note(f"Cancelling {names} and asking the broker twice")
        closed = await close_silent(world, sessions, journal, meant.orders, verdict)
    if isinstance(closed, Closed) and closed.recorded and verdict is Resolution.DECLINED:
        return Closed(recorded=(*closed.recorded, _HELD_TODAY), refused=closed.refused)
    return closed


async def _verdict(
    world: World, asks: KeyboardPort | None, meant: ToClose
) -> Resolution | Misdeclared | Withdrawn:
    if asks is None or not asks.can_ask:
        why = f"never acknowledged: --reason must be {_TWO_ANSWERS}"
        return meant.verdict or Misdeclared(why=why)
    for order in meant.orders:
        world.people.note(f"{ordered(order)}: never acknowledged by the gateway")
    world.people.note(_DIALOG)
    typed = await asks.typed(f"Type {_TWO_ANSWERS} []: ")
    verdict = verdict_of(typed or "")
    if verdict is None or (meant.verdict is not None and verdict is not meant.verdict):
        return Withdrawn(is_silent=typed is None)
    return verdict
