"""Price moves: a yes is for the prices that were shown, give or take one percent."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import in_percent, plain
from rebalancer_core.values.plan import Plan, PlannedOrder

# A market order is about a size in dollars; by more than this it is another order (SPEC 5.3).
MOVE_AT_MOST = Decimal("0.01")


def price_moves(plan: Plan, fresh: tuple[Quote | Unpriced, ...]) -> tuple[str, ...]:
    """A sentence for each ordered symbol whose price no longer is what the plan was made with.

    That is: moved by more than `MOVE_AT_MOST` of the planned price, gone, or unfit for trading.
    """
    quotes: dict[ConId, Quote | Unpriced] = {quote.con_id: quote for quote in fresh}
    told = (_told(order, quotes.get(order.con_id)) for order in plan.orders)
    return tuple(sentence for sentence in told if sentence)


def _told(order: PlannedOrder, now: Quote | Unpriced | None) -> str:
    if not isinstance(now, Quote):
        return f"{order.symbol} has no price now"
    if now.block is not None:
        return f"the price of {order.symbol} is not fit for trading now"
    moved = abs(now.price - order.price) / order.price
    if moved <= MOVE_AT_MOST:
        return ""
    return (
        f"the price of {order.symbol} went from {plain(order.price)} to {plain(now.price)}"
        f" ({in_percent(moved, 1)} %)"
    )
