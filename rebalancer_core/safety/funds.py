"""What an account may trade with: cash, floor and cap, asks, shares, orders of every client."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import field, frozen

from rebalancer_core.market.figures import is_price
from rebalancer_core.values.account import (
    AccountSnapshot,
    MarketObservation,
    OpenOrder,
    Quote,
    Unpriced,
)
from rebalancer_core.values.commission import IBKR_COMMISSIONS, Commissions, bought_at
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import ZERO, difference, product
from rebalancer_core.values.plan import Plan


@frozen(kw_only=True)
class Funds:
    """What an account may trade with, as read before this plan's own buys are sent.

    USD: `cash_read` is the broker's figure, `cash_approved` that of the approved reading; no buy
    goes below `floor`, nor below `cap`, the cash that the leverage cap asks for. `asks` are what a
    share costs now, in dollars, where known; `held` are shares; `open_orders` are those of every
    client. `commissions` are what orders are reckoned to be charged.
    """

    cash_read: Decimal
    cash_approved: Decimal
    floor: Decimal
    cap: Decimal
    asks: Mapping[ConId, Decimal] = field(factory=dict)
    held: Mapping[ConId, Decimal] = field(factory=dict)
    open_orders: tuple[OpenOrder, ...] = ()
    commissions: Commissions = IBKR_COMMISSIONS

    @property
    def least_cash(self) -> Decimal:
        """What every buy has to leave."""
        return max(self.floor, self.cap)


def funds_of(
    plan: Plan,
    seen: AccountSnapshot,
    quotes: tuple[Quote | Unpriced, ...],
    observations: tuple[MarketObservation, ...],
    commissions: Commissions = IBKR_COMMISSIONS,
) -> Funds:
    """The funds of the account `seen` under the approved plan, at the market of the moment.

    The leverage cap is taken again, on the holdings seen, at `quotes` and else the plan's prices;
    foreign debt counts in it as it did in the plan. The plan's own floor holds the cash buffer.
    The broker's figures are of all cash: what is set aside is on top of every floor.
    """
    prices = {q.con_id: q.price for q in quotes if isinstance(q, Quote)}
    held = {position.con_id: position.quantity for position in seen.positions}
    aside = plan.set_aside_usd
    worth = difference(seen.usd_cash, aside)
    for row in plan.rows:
        if row.con_id is not None and row.price is not None:
            price = prices.get(row.con_id, row.price)
            worth += product(held.get(row.con_id, ZERO), price)
    return Funds(
        cash_read=seen.usd_cash,
        cash_approved=plan.cash + aside,
        floor=plan.cash_floor + aside,
        cap=aside + difference(worth, product(worth - plan.foreign_debt_usd, plan.max_leverage)),
        asks=asks_of(quotes, observations),
        held=held,
        open_orders=seen.open_orders,
        commissions=commissions,
    )


def asks_of(
    quotes: tuple[Quote | Unpriced, ...], observations: tuple[MarketObservation, ...]
) -> dict[ConId, Decimal]:
    """What a bought share is reckoned with now, dollars: as in a plan, by price, bid and ask."""
    quoted = {q.con_id: q for q in quotes if isinstance(q, Quote)}
    asks = {con_id: quote.bought_at for con_id, quote in quoted.items()}
    for seen in observations:
        if seen.ask is not None and is_price(seen.ask):
            quote = quoted.get(seen.con_id)
            price = seen.ask if quote is None else quote.price
            bid = seen.bid if is_price(seen.bid) else None
            asks[seen.con_id] = bought_at(price, bid, seen.ask)
    return asks
