"""What one connection has shown, whichever account: it outlives the following of each.

Orders of earlier runs that a person, not the broker, declared not received stay watched. A dialog
that is answered Yes after all makes a live order of one: then it is cancelled, and the run is
halted, because what it does was planned for without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve, field, frozen

from rebalancer_core.follow.commands import CancelWatched, Command, RecordWatched, RunHalted, Tell
from rebalancer_core.follow.reasons import DeclaredDeadLives, WhyRunHalted
from rebalancer_core.orders.events import BrokerFact, LinkDown, LinkUp, OrderFact, OrderRef
from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Side

_UNACKNOWLEDGED_AT_MOST = 5
# Behind an order that has no answer for so long, the next may wait in the same dialog.
_PROMPT_SECONDS = 2


@frozen(kw_only=True)
class Watched:
    """An order of an earlier run, and the run whose report tells of it."""

    run_id: str
    state: OrderState


@frozen(kw_only=True)
class Connection:
    """One connection: what was acknowledged over it, and what halts the run.

    `amended` are the runs and accounts whose reports say less than is known by now; `revived` are
    watched orders that live and have yet to be cancelled; `halted` says why nothing more may be
    sent in this run.
    """

    acknowledged: frozenset[Side] = frozenset()
    watched: Mapping[OrderRef, Watched] = field(factory=dict)
    amended: frozenset[tuple[str, AccountId]] = frozenset()
    revived: tuple[OrderTicket, ...] = ()
    halted: WhyRunHalted | None = None


def may_leave(connection: Connection, side: Side, waiting_seconds: tuple[float, ...]) -> bool:
    """Whether an order may leave while others wait for their acknowledgement for so long.

    The first order of a connection is out alone until one was acknowledged as working or filled;
    a rejection does not count. So is the first buy. A gateway that asks its user before it passes
    orders on drops or holds all that come before the answer: then it has only one.

    >>> may_leave(Connection(), Side.SELL, ()), may_leave(Connection(), Side.SELL, (1,))
    (True, False)
    """
    known = connection.acknowledged
    is_proven = bool(known) if side is Side.SELL else side in known
    if not is_proven:
        return not waiting_seconds
    few = len(waiting_seconds) < _UNACKNOWLEDGED_AT_MOST
    return few and max(waiting_seconds, default=0) <= _PROMPT_SECONDS


def learned(connection: Connection, states: Iterable[OrderState]) -> Connection:
    """The connection with the kinds of orders that the broker has taken over it."""
    taken = frozenset(
        state.ticket.side for state in states if state.phase is Phase.WORKING or state.filled > ZERO
    )
    if taken <= connection.acknowledged:
        return connection
    return evolve(connection, acknowledged=connection.acknowledged | taken)


def halted(connection: Connection, why: WhyRunHalted) -> tuple[Connection, tuple[Command, ...]]:
    """Nothing more may be sent in this run; the first reason stands, and is told."""
    if connection.halted is not None:
        return connection, ()
    return evolve(connection, halted=why), (Tell(news=RunHalted(why=why)),)


def heard_of_watched(
    connection: Connection, fact: OrderFact
) -> tuple[Connection, tuple[Command, ...]]:
    """What was said of a watched order is written down; nothing else changes anything here."""
    known = connection.watched.get(fact.order_ref)
    if known is None:
        return connection, ()
    now = apply(known.state, fact)
    if now == known.state:
        return connection, ()
    is_revived = now.has_effect and not known.state.has_effect
    changed = evolve(
        connection,
        watched={**connection.watched, fact.order_ref: evolve(known, state=now)},
        amended=connection.amended | {(known.run_id, now.ticket.account_id)},
        revived=(*connection.revived, now.ticket) if is_revived else connection.revived,
    )
    return changed, (RecordWatched(event=fact),)


def heard_between_accounts(
    connection: Connection, facts: tuple[BrokerFact, ...]
) -> tuple[Connection, tuple[Command, ...]]:
    """What came in while no order of this run is out."""
    commands: tuple[Command, ...] = ()
    for fact in facts:
        if not isinstance(fact, LinkDown | LinkUp):
            connection, more = heard_of_watched(connection, fact)
            commands += more
    return connection, commands


def ended_revived(connection: Connection) -> tuple[Connection, tuple[Command, ...]]:
    """Every watched order that lives is cancelled, and halts the run."""
    commands: tuple[Command, ...] = ()
    for ticket in connection.revived:
        lives = DeclaredDeadLives(
            account_id=ticket.account_id, order_ref=ticket.order_ref, symbol=ticket.symbol
        )
        connection, told = halted(connection, lives)
        commands += (*told, CancelWatched(order_ref=ticket.order_ref))
    return evolve(connection, revived=()), commands
