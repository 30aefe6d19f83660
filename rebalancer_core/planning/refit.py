"""Refit: buys again, to the cash that is really there after the sells; they only ever shrink."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from attrs import evolve

from rebalancer_core.values.commission import NO_COMMISSION, CommissionRate
from rebalancer_core.values.plan import PlannedOrder


def refit_buys(
    *,
    buys: tuple[PlannedOrder, ...],
    cash: Decimal,
    cash_floor: Decimal,
    min_order_usd: Decimal,
    lot: Decimal,
    commission: CommissionRate = NO_COMMISSION,
) -> tuple[PlannedOrder, ...]:
    """The buys that `cash` above `cash_floor` affords, commissions included; planned lots at most.

    `buys` come by priority, as in a plan. One cut below the minimum order is dropped and its cash
    goes to the next; one that was planned below it (no rule made it) is kept whole.

    >>> from rebalancer_core.values.instruments import ConId, Symbol
    >>> from rebalancer_core.values.plan import Side
    >>> buy = PlannedOrder(
    ...     con_id=ConId(1),
    ...     symbol=Symbol("SPY"),
    ...     side=Side.BUY,
    ...     quantity=Decimal(10),
    ...     price=Decimal(600),
    ... )
    >>> [
    ...     str(order.quantity)
    ...     for order in refit_buys(
    ...         buys=(buy,),
    ...         cash=Decimal(5_000),
    ...         cash_floor=Decimal(100),
    ...         min_order_usd=Decimal(500),
    ...         lot=Decimal(1),
    ...     )
    ... ]
    ['8']
    """
    room = Fraction(cash) - Fraction(cash_floor)
    kept: list[PlannedOrder] = []
    for buy in buys:
        lots = min(int(buy.quantity // lot), _affordable(buy.price, room, lot, commission))
        order = evolve(buy, quantity=lots * lot)
        if lots > 0 and (order.value_usd >= min_order_usd or order.quantity == buy.quantity):
            kept.append(order)
            room -= Fraction(order.value_usd) + Fraction(commission.estimate(order.quantity))
    return tuple(kept)


def _affordable(price: Decimal, room: Fraction, lot: Decimal, commission: CommissionRate) -> int:
    """The most lots that `room` pays, whichever of share rate and minimum the commission is."""
    share, lot_size = Fraction(price), Fraction(lot)
    by_minimum = (room - Fraction(commission.minimum)) / share
    by_rate = room / (share + Fraction(commission.per_share))
    return max(0, min(by_minimum, by_rate) // lot_size)
