"""Price moves: a yes is for the prices that were shown, give or take one percent."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.safety.staleness import quotes_for
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.plan import Plan, PlannedOrder

# A market order is about a size in dollars; by more than this it is another order.
MOVE_AT_MOST = Decimal("0.01")


@frozen(kw_only=True)
class PriceGone:
    """An ordered symbol has no price now."""

    symbol: Symbol


@frozen(kw_only=True)
class PriceUnfit:
    """An ordered symbol has a price that nothing may be traded on now."""

    symbol: Symbol


@frozen(kw_only=True)
class PriceMoved:
    """The price of an ordered symbol, in dollars a share, is too far from the planned one."""

    symbol: Symbol
    planned: Decimal
    now: Decimal

    @property
    def part(self) -> Decimal:
        """How far, as a part of the planned price."""
        return abs(self.now - self.planned) / self.planned


PriceMove = PriceGone | PriceUnfit | PriceMoved


def price_moves(plan: Plan, fresh: tuple[Quote | Unpriced, ...]) -> tuple[PriceMove, ...]:
    """A fact for each ordered symbol whose price no longer is what the plan was made with.

    That is: moved by more than `MOVE_AT_MOST` of the planned price, gone, or unfit for trading by
    this account.
    """
    tradable = quotes_for(plan.account_id, fresh)
    quotes: dict[ConId, Quote | Unpriced] = {quote.con_id: quote for quote in tradable}
    moves = (_move(order, quotes.get(order.con_id)) for order in plan.orders)
    return tuple(move for move in moves if move is not None)


def _move(order: PlannedOrder, now: Quote | Unpriced | None) -> PriceMove | None:
    if not isinstance(now, Quote):
        return PriceGone(symbol=order.symbol)
    if now.block is not None:
        return PriceUnfit(symbol=order.symbol)
    moved = PriceMoved(symbol=order.symbol, planned=order.price, now=now.price)
    return moved if moved.part > MOVE_AT_MOST else None
