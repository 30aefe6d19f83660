"""Funds rules: what an account can pay, and IBKR's preview of the margin of an order."""

from decimal import Decimal

from rebalancer_adapters.gateway.book import Book, account_figures
from rebalancer_adapters.gateway.book.valuation import MARGIN_RATE
from rebalancer_adapters.gateway.exchange.refusal import Refusal
from rebalancer_adapters.gateway.market import Instrument, Market
from rebalancer_adapters.gateway.messages.open_order import Margins
from rebalancer_adapters.gateway.terms import OrderTerms


def check_funds(
    market: Market, book: Book, instrument: Instrument, terms: OrderTerms
) -> Refusal | None:
    """201 when a cash account lacks the money or the shares, a margin account the margin."""
    if not book.is_margin(terms.account):
        return _check_cash_account(market, book, instrument, terms)
    margins = preview_margins(market, book, instrument, terms)
    equity = margins.equity_before + margins.equity_change
    promised = _promised(market, book, terms.account) * MARGIN_RATE
    required = margins.margin_before + margins.margin_change + promised
    if margins.margin_change <= 0 or equity >= required:
        return None
    base = book.base_currency(terms.account)
    return Refusal(
        201,
        "Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED "
        f"POSITION YOUR EQUITY WITH LOAN VALUE [{equity:.2f} {base}] MUST EXCEED THE INITIAL "
        f"MARGIN [{required:.2f} {base}]",
    )


def preview_margins(
    market: Market, book: Book, instrument: Instrument, terms: OrderTerms
) -> Margins:
    """The margin effect of an order in the base currency of its account."""
    figures = account_figures(book, market, terms.account)
    rate = market.rate(instrument.currency, figures.base)
    quantity = terms.quantity or Decimal(0)
    signed = quantity if terms.action == "BUY" else -quantity
    held = book.holding(terms.account, instrument.con_id).quantity
    price = market.quote(instrument.con_id).last * instrument.multiplier * rate
    change = (abs(held + signed) - abs(held)) * price * MARGIN_RATE
    commission = book.commission(quantity)
    return Margins(
        margin_before=figures.margin,
        margin_change=change,
        equity_before=figures.net_liquidation,
        equity_change=-commission * rate,
        commission=commission,
        commission_currency=instrument.currency,
    )


def _check_cash_account(
    market: Market, book: Book, instrument: Instrument, terms: OrderTerms
) -> Refusal | None:
    quantity = terms.quantity or Decimal(0)
    if terms.action == "SELL":
        held = book.holding(terms.account, instrument.con_id).quantity
        free = held - _working(book, terms.account, instrument.con_id)
        if quantity <= free:
            return None
        return Refusal(
            201,
            "Order rejected - reason:Short stock positions can only be held in a margin account.",
        )
    cost = quantity * market.quote(instrument.con_id).ask * instrument.multiplier
    rate = market.rate(instrument.currency, book.base_currency(terms.account))
    promised = _promised(market, book, terms.account) / rate
    need = cost + book.commission(quantity) + promised
    cash = book.cash(terms.account, instrument.currency)
    if need <= cash:
        return None
    return Refusal(
        201,
        "Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. MINIMUM OF "
        f"{need:.2f} {instrument.currency} NEEDED, CASH IS {cash:.2f} {instrument.currency}",
    )


def _working(book: Book, account: str, con_id: int) -> Decimal:
    return sum(
        (
            order.remaining
            for order in book.orders
            if not order.is_done
            and (order.account, order.con_id, order.side) == (account, con_id, "SELL")
        ),
        Decimal(0),
    )


def _promised(market: Market, book: Book, account: str) -> Decimal:
    """What the working buys of the account will cost, in its base currency."""
    base = book.base_currency(account)
    costs = (
        order.remaining
        * market.quote(order.con_id).ask
        * market.by_con_id(order.con_id).multiplier
        * market.rate(market.by_con_id(order.con_id).currency, base)
        for order in book.orders
        if not order.is_done and (order.account, order.side) == (account, "BUY")
    )
    return sum(costs, Decimal(0))
