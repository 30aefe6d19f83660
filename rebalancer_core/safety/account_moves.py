"""What moved in an account between two readings, and whether our own orders explain it."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import ONE, ZERO, plain, usd
from rebalancer_core.values.plan import Side

# USD: more than this is no rounding, and the yes was for a plan with more cash.
_CASH_FALL_AT_MOST = ONE


def moved_since(plan_snapshot: AccountSnapshot, fresh: AccountSnapshot) -> tuple[str, ...]:
    """What changed in the account between preview and yes, as sentences; empty when it may go on.

    Positions and open orders must be the same, and USD cash no more than a dollar lower: interest
    and fees of cents are left to the cash floor, to which the buys are fitted again.
    """
    return (*holdings_moved(plan_snapshot, fresh), *_cash_fallen(plan_snapshot, fresh))


def holdings_moved(plan_snapshot: AccountSnapshot, fresh: AccountSnapshot) -> tuple[str, ...]:
    """What changed in positions and open orders, as sentences."""
    before, now = _holdings(plan_snapshot), _holdings(fresh)
    names = {p.con_id: p.symbol for p in (*plan_snapshot.positions, *fresh.positions)}
    changes = [
        f"{names[con_id]} went from {plain(before.get(con_id, ZERO))}"
        f" to {plain(now.get(con_id, ZERO))} shares"
        for con_id in sorted(names)
        if before.get(con_id, ZERO) != now.get(con_id, ZERO)
    ]
    if _order_keys(plan_snapshot) != _order_keys(fresh):
        changes.append("the open orders changed")
    return tuple(changes)


def unexpected_positions(
    before: AccountSnapshot, sent: tuple[OrderState, ...], now: AccountSnapshot
) -> tuple[str, ...]:
    """A sentence for each holding that is not `before` plus the fills of `sent`.

    Somebody else traded meanwhile, or the broker has not booked our fills yet.
    """
    names = {p.con_id: p.symbol for p in (*before.positions, *now.positions)}
    expected = {p.con_id: p.quantity for p in before.positions}
    for state in sent:
        con_id, filled = state.ticket.con_id, state.filled
        names[con_id] = state.ticket.symbol
        change = filled if state.ticket.side is Side.BUY else -filled
        expected[con_id] = expected.get(con_id, ZERO) + change
    found = {p.con_id: p.quantity for p in now.positions}
    return tuple(
        f"{names[con_id]} is {plain(found.get(con_id, ZERO))},"
        f" expected {plain(expected.get(con_id, ZERO))} shares"
        for con_id in sorted(names)
        if found.get(con_id, ZERO) != expected.get(con_id, ZERO)
    )


def _cash_fallen(before: AccountSnapshot, now: AccountSnapshot) -> tuple[str, ...]:
    if now.usd_cash >= before.usd_cash - _CASH_FALL_AT_MOST:
        return ()
    return (f"USD cash fell from {usd(before.usd_cash, 2)} to {usd(now.usd_cash, 2)}",)


def _holdings(snapshot: AccountSnapshot) -> dict[ConId, Decimal]:
    return {p.con_id: p.quantity for p in snapshot.positions}


def _order_keys(snapshot: AccountSnapshot) -> frozenset[tuple[int, int, int, Decimal]]:
    return frozenset(
        (o.perm_id, o.client_id, o.order_id, o.remaining) for o in snapshot.open_orders
    )
