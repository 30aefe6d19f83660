"""What moved in an account between two readings, and whether our own orders explain it."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.plan import Side

# USD: more than this is no rounding, and the yes was for a plan with more cash.
_CASH_FALL_AT_MOST = ONE


@frozen(kw_only=True)
class SharesMoved:
    """A holding is not what it was, in shares."""

    symbol: Symbol
    before: Decimal
    now: Decimal


@frozen(kw_only=True)
class OpenOrdersChanged:
    """The open orders are not the same, or not as far."""


@frozen(kw_only=True)
class OpenOrdersUnknown:
    """The open orders were hidden, then or now: whether they changed is not known."""


@frozen(kw_only=True)
class CashFell:
    """USD cash is less than it was, by more than a dollar."""

    before: Decimal
    now: Decimal


AccountMove = SharesMoved | OpenOrdersChanged | OpenOrdersUnknown | CashFell


@frozen(kw_only=True)
class UnexpectedPosition:
    """A holding is not what it was with our own fills, in shares."""

    symbol: Symbol
    found: Decimal
    expected: Decimal


def moved_since(plan_snapshot: AccountSnapshot, fresh: AccountSnapshot) -> tuple[AccountMove, ...]:
    """What changed in the account between preview and yes; empty when it may go on.

    Positions and open orders must be the same, and USD cash no more than a dollar lower: interest
    and fees of cents are left to the cash floor, to which the buys are fitted again.
    """
    return (*holdings_moved(plan_snapshot, fresh), *_cash_fallen(plan_snapshot, fresh))


def holdings_moved(
    plan_snapshot: AccountSnapshot, fresh: AccountSnapshot
) -> tuple[SharesMoved | OpenOrdersChanged | OpenOrdersUnknown, ...]:
    """What changed in positions and open orders; hidden orders are never the same."""
    before, now = _holdings(plan_snapshot), _holdings(fresh)
    names = {p.con_id: p.symbol for p in (*plan_snapshot.positions, *fresh.positions)}
    shares = tuple(
        SharesMoved(
            symbol=names[con_id], before=before.get(con_id, ZERO), now=now.get(con_id, ZERO)
        )
        for con_id in sorted(names)
        if before.get(con_id, ZERO) != now.get(con_id, ZERO)
    )
    if not (plan_snapshot.open_orders_visible and fresh.open_orders_visible):
        return (*shares, OpenOrdersUnknown())
    same_orders = _order_keys(plan_snapshot) == _order_keys(fresh)
    return shares if same_orders else (*shares, OpenOrdersChanged())


def unexpected_positions(
    before: AccountSnapshot, sent: tuple[OrderState, ...], now: AccountSnapshot
) -> tuple[UnexpectedPosition, ...]:
    """Each holding that is not `before` plus the fills of `sent`.

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
        UnexpectedPosition(
            symbol=names[con_id],
            found=found.get(con_id, ZERO),
            expected=expected.get(con_id, ZERO),
        )
        for con_id in sorted(names)
        if found.get(con_id, ZERO) != expected.get(con_id, ZERO)
    )


def _cash_fallen(before: AccountSnapshot, now: AccountSnapshot) -> tuple[CashFell, ...]:
    if now.usd_cash >= before.usd_cash - _CASH_FALL_AT_MOST:
        return ()
    return (CashFell(before=before.usd_cash, now=now.usd_cash),)


def _holdings(snapshot: AccountSnapshot) -> dict[ConId, Decimal]:
    return {p.con_id: p.quantity for p in snapshot.positions}


def _order_keys(snapshot: AccountSnapshot) -> frozenset[tuple[int, int, int, Decimal]]:
    return frozenset(
        (o.perm_id, o.client_id, o.order_id, o.remaining) for o in snapshot.open_orders
    )
