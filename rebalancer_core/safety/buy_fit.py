"""Buys as they may leave now: hours, prices and free cash of the moment; they only ever shrink."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_core.market.collar import OFF_MIDPOINT_PCT
from rebalancer_core.market.figures import midpoint
from rebalancer_core.market.hours import closed
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.planning.refit import refit_buys
from rebalancer_core.safety.buy_facts import (
    ClosedNow,
    FewerShares,
    NoHours,
    NoneAffordable,
    NoQuote,
    NoTradingPrice,
    OffMidpoint,
    PriceBlocked,
    WhyFewer,
    WhyUnusable,
)
from rebalancer_core.safety.free_cash import CostUnknown, free_cash
from rebalancer_core.safety.funds import Funds
from rebalancer_core.values.account import MarketObservation, Quote, Unpriced
from rebalancer_core.values.instruments import Listing
from rebalancer_core.values.money import HUNDRED, ZERO, difference
from rebalancer_core.values.plan import PlannedOrder
from rebalancer_core.values.policy import TradingHours


@frozen(kw_only=True)
class MarketNow:
    """The market as it is at `now` (UTC, the broker's clock), for the symbols to be bought."""

    now: datetime
    hours: TradingHours
    listings: tuple[Listing, ...]
    quotes: tuple[Quote | Unpriced, ...]
    observations: tuple[MarketObservation, ...]


@frozen(kw_only=True)
class Sizes:
    """What a buy must come to: at least `min_order_usd`, in multiples of `lot` shares."""

    min_order_usd: Decimal
    lot: Decimal


@frozen(kw_only=True)
class BuyFit:
    """One planned buy and the shares of it that may go: 0 where it is dropped, for `cause`.

    `why` is set wherever these are fewer than planned.
    """

    planned: PlannedOrder
    quantity: Decimal
    cause: SkipCause | None = None
    why: WhyFewer | None = None


def fit_buys(
    buys: tuple[PlannedOrder, ...],
    *,
    market: MarketNow,
    funds: Funds,
    sent: tuple[OrderState, ...],
    sizes: Sizes,
) -> tuple[BuyFit, ...]:
    """One fit a buy, in their order of priority.

    A buy that cannot trade now is dropped first, and leaves its cash to the others; what is left
    of them is fitted to the free cash, each share at the higher of the plan's price and
    what a plan would reckon with now, commissions as in a plan.
    """
    barred = {buy.con_id: bar for buy in buys if (bar := _bar(buy, market)) is not None}
    open_buys = tuple(buy for buy in buys if buy.con_id not in barred)
    free = free_cash(funds, sent)
    if isinstance(free, CostUnknown):
        return tuple(
            barred.get(buy.con_id) or _dropped(buy, SkipCause.ACCOUNT, free) for buy in buys
        )
    kept = refit_buys(
        buys=open_buys,
        cash=free,
        cash_floor=funds.least_cash,
        min_order_usd=sizes.min_order_usd,
        lot=sizes.lot,
        commission=funds.commissions,
        share_costs=funds.asks,
    )
    shares = {order.con_id: order.quantity for order in kept}
    left = max(difference(free, funds.least_cash), ZERO)
    return tuple(
        barred.get(buy.con_id) or _fitted(buy, shares.get(buy.con_id, ZERO), left) for buy in buys
    )


def _fitted(buy: PlannedOrder, quantity: Decimal, left: Decimal) -> BuyFit:
    if quantity == ZERO:
        return _dropped(buy, SkipCause.CASH, NoneAffordable(left_usd=left))
    if quantity == buy.quantity:
        return BuyFit(planned=buy, quantity=quantity)
    why = FewerShares(symbol=buy.symbol, quantity=quantity, planned=buy.quantity, left_usd=left)
    return BuyFit(planned=buy, quantity=quantity, why=why)


def _dropped(buy: PlannedOrder, cause: SkipCause, why: WhyFewer) -> BuyFit:
    return BuyFit(planned=buy, quantity=ZERO, cause=cause, why=why)


def _bar(buy: PlannedOrder, market: MarketNow) -> BuyFit | None:
    """The buy dropped, where its market is closed or its price is unusable."""
    shut = _why_closed(buy, market)
    if shut is not None:
        return _dropped(buy, SkipCause.MARKET_CLOSED, shut)
    unusable = _why_unusable(buy, market)
    return None if unusable is None else _dropped(buy, SkipCause.PRICE, unusable)


def _why_closed(buy: PlannedOrder, market: MarketNow) -> NoHours | ClosedNow | None:
    listing = next((each for each in market.listings if each.con_id == buy.con_id), None)
    if listing is None:
        return NoHours(symbol=buy.symbol)
    shut = closed(listing, market.hours, market.now)
    return None if shut is None else ClosedNow(opens=shut.opens)


def _why_unusable(buy: PlannedOrder, market: MarketNow) -> WhyUnusable | None:
    found = next((each for each in market.quotes if each.con_id == buy.con_id), None)
    if found is None:
        return NoQuote()
    if isinstance(found, Unpriced):
        return NoTradingPrice(detail=found.detail)
    if found.block is not None:
        return PriceBlocked(block=found.block, note=found.note)
    seen = next((each for each in market.observations if each.con_id == buy.con_id), None)
    middle = midpoint(seen) if seen is not None else None
    if middle is None:
        return None
    apart = abs(found.price - middle) / middle
    if apart * HUNDRED <= OFF_MIDPOINT_PCT:
        return None
    return OffMidpoint(price=found.price, middle=middle, apart=apart)
