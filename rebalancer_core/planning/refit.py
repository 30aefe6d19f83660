"""Refit: buys again, to the cash that is really there after the sells; they only ever shrink."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from attrs import evolve

from rebalancer_core.planning.trading_costs import AnyCommissions
from rebalancer_core.values.commission import NO_COMMISSION
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.plan import PlannedOrder


def refit_buys(
    *,
    buys: tuple[PlannedOrder, ...],
    cash: Decimal,
    cash_floor: Decimal,
    min_order_usd: Decimal,
    lot: Decimal,
    commission: AnyCommissions = NO_COMMISSION,
    share_costs: Mapping[ConId, Decimal] | None = None,
) -> tuple[PlannedOrder, ...]:
    """The buys that `cash` above `cash_floor` affords, commissions included; planned lots at most.

    A share costs its price, or what `share_costs` names where that is more; commissions count as in
    a plan: by the share, and what the shares of the smallest order lack to the minimum.

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
        rate = commission.of(buy.con_id)
        price = Fraction(max(buy.price, (share_costs or {}).get(buy.con_id, buy.price)))
        block = min(buy.quantity, max(lot, _up(min_order_usd, buy.price * lot) * lot))
        first, share = Fraction(rate.first_block(block)), price + Fraction(rate.per_share)
        lots = min(int(buy.quantity // lot), max(0, (room - first) // (share * Fraction(lot))))
        order = evolve(buy, quantity=lots * lot)
        if lots > 0 and (order.value_usd >= min_order_usd or order.quantity == buy.quantity):
            kept.append(order)
            room -= share * Fraction(order.quantity) + first
    return tuple(kept)


def _up(amount: Decimal, step: Decimal) -> int:
    return -int(-Fraction(amount) // Fraction(step))
