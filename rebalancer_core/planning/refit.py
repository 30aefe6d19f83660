"""Refit: buys again, to the cash that is really there after the sells; they only ever shrink."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from rebalancer_core.planning.fill import Buy, priority_fill
from rebalancer_core.planning.grains import Grains, decimals, grains_of_decimals, part
from rebalancer_core.values.plans import PlannedOrder


def refit_buys(
    *,
    buys: tuple[PlannedOrder, ...],
    cash: Decimal,
    cash_floor: Decimal,
    min_order_usd: Decimal,
    lot: Decimal,
) -> tuple[PlannedOrder, ...]:
    """The buys that `cash` above `cash_floor` affords, by the priority fill, planned lots as caps.

    `buys` come by priority, as in a plan. One cut below the minimum order is dropped and its cash
    goes to the next (SIZING 5); one that was planned below it (no rule made it) is kept whole.

    >>> from rebalancer_core.values.instruments import ConId, Symbol
    >>> from rebalancer_core.values.plans import Side
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
    amounts = (cash, cash_floor, min_order_usd)
    grains = grains_of_decimals(max(decimals([o.price for o in buys], (lot,)), decimals(amounts)))
    caps = tuple(_capped(order, grains, min_order_usd, lot) for order in buys)
    room = max(0, grains.of(cash) - grains.of(cash_floor))
    lots = priority_fill(caps, room, (0,) * len(caps))
    return tuple(
        evolve(order, quantity=count * lot)
        for order, count in zip(buys, lots, strict=True)
        if count
    )


def _capped(order: PlannedOrder, grains: Grains, min_order_usd: Decimal, lot: Decimal) -> Buy:
    lot_value = part(grains.of(order.price), lot)
    planned = int(order.quantity // lot)
    min_lots = max(1, -(-grains.of(min_order_usd) // lot_value))
    return Buy(
        gap=planned * lot_value,
        lot_value=lot_value,
        nearest=planned,
        min_lots=min(planned, min_lots),
    )
