"""Matching rules: at which price an order meets the market now, and in which parts it fills."""

from decimal import ROUND_DOWN, Decimal

from rebalancer_adapters.gateway.book import OrderRecord
from rebalancer_adapters.gateway.market import DataLine, Instrument, Quote
from rebalancer_adapters.gateway.scenario import Fill


def fill_price(order: OrderRecord, instrument: Instrument, quote: Quote) -> Decimal | None:
    """The price of an execution now, None while the order must rest.

    MKT takes the other side; an unhurried Adaptive order and MIDPRICE get the midpoint, rounded
    to the tick against them; a limit or cap is never passed; nothing trades in a halt.
    """
    if quote.data is DataLine.HALTED:
        return None
    buys = order.side == "BUY"
    price = quote.ask if buys else quote.bid
    if order.order_type == "MIDPRICE" or _is_patient(order):
        price = _midpoint(instrument, quote, buys=buys)
    if price <= 0:
        return None
    limit = order.terms.limit_price
    if limit and order.order_type != "MKT" and (price > limit if buys else price < limit):
        return None
    return price


def part_quantity(order: OrderRecord, part: Fill, *, completes: bool) -> Decimal:
    """Shares of one part of a fill plan; the part that completes the plan takes what is left."""
    if completes:
        return order.remaining
    whole = (order.quantity * part.share).to_integral_value(ROUND_DOWN)
    return min(whole, order.remaining)


def _is_patient(order: OrderRecord) -> bool:
    return bool(order.terms.algo_strategy) and ("adaptivePriority", "Urgent") not in (
        order.terms.algo_params
    )


def _midpoint(instrument: Instrument, quote: Quote, *, buys: bool) -> Decimal:
    tick = instrument.min_tick
    down = (quote.midpoint // tick) * tick
    exact = down == quote.midpoint
    return down if exact or not buys else down + tick
