"""Which orders the exchange refuses, with the code and text of TWS.

Source: the error table of the TWS API documentation; 10243 and 10349 as users report them.
"""

from decimal import Decimal

from attrs import evolve, frozen

from rebalancer_adapters.gateway.book import Book
from rebalancer_adapters.gateway.exchange.funds import check_funds
from rebalancer_adapters.gateway.exchange.presets import check_presets
from rebalancer_adapters.gateway.exchange.refusal import Refusal
from rebalancer_adapters.gateway.market import Instrument, Market
from rebalancer_adapters.gateway.terms import ContractQuery, OrderTerms

_ORDER_TYPES = ("MKT", "LMT", "MIDPRICE")
_TIMES_IN_FORCE = ("", "DAY", "GTC")
_PRIORITIES = ("Patient", "Normal", "Urgent")
_LARGEST_ORDER = Decimal(10_000_000)
_HIGHEST_PRICE = Decimal(10_000_000)


@frozen(kw_only=True)
class CheckedOrder:
    """An order that may be worked, with the warnings that TWS sends along."""

    instrument: Instrument
    terms: OrderTerms
    warnings: tuple[Refusal, ...]


def check_order(
    market: Market, book: Book, query: ContractQuery, terms: OrderTerms
) -> CheckedOrder | Refusal:
    """The order made ready, or the first reason of TWS against it."""
    refusal = _check_account(book, terms) or _check_contract(market, query)
    if refusal is not None:
        return refusal
    instrument = market.find(query)[0]
    account = terms.account or book.accounts[0]
    own = evolve(terms, account=account, action=terms.action.upper())
    for check in (_check_quantity, _check_type, _check_algo):
        refusal = check(instrument, own)
        if refusal is not None:
            return refusal
    refusal = check_presets(market, instrument, own) or check_funds(market, book, instrument, own)
    return refusal if refusal is not None else _ready(instrument, own)


def _check_account(book: Book, terms: OrderTerms) -> Refusal | None:
    if not terms.account and not terms.fa_group and len(book.accounts) > 1:
        return Refusal(435, "You must specify an account.")
    if terms.fa_group:
        return Refusal(
            436,
            "You must specify an allocation (either a single account, group, or profile).",
        )
    if terms.account and terms.account not in book.accounts:
        return _invalid("bV", f"Invalid account code '{terms.account}'.")
    return None


def _check_contract(market: Market, query: ContractQuery) -> Refusal | None:
    if not query.exchange:
        return _invalid("bN", "Missing order exchange.")
    found = market.find(query)
    if not found:
        return Refusal(200, "No security definition has been found for the request")
    if len(found) > 1:
        return Refusal(200, f"The contract description specified for {query.symbol} is ambiguous.")
    return None


def _check_quantity(_instrument: Instrument, terms: OrderTerms) -> Refusal | None:
    quantity = terms.quantity
    if terms.cash_quantity:
        return Refusal(10241, "Order size in cash is not supported for this contract.")
    if quantity is None or quantity == 0:
        return Refusal(434, "The order size cannot be zero.")
    if not quantity.is_finite() or quantity < 0 or quantity > _LARGEST_ORDER:
        return _invalid("bI", "Invalid order size.")
    if quantity != quantity.to_integral_value():
        return Refusal(
            10243,
            "Fractional-sized order cannot be placed via API. "
            "Please use desktop version to place this order.",
        )
    return None


def _check_type(instrument: Instrument, terms: OrderTerms) -> Refusal | None:
    if terms.action not in ("BUY", "SELL"):
        return _invalid("bO", f"Invalid order action '{terms.action}'.")
    if terms.tif not in _TIMES_IN_FORCE:
        return _invalid("bP", f"Invalid time in force: {terms.tif}.")
    midprice = terms.order_type == "MIDPRICE"
    if terms.order_type not in _ORDER_TYPES or (midprice and not instrument.trades_under_reg_nms):
        return Refusal(387, "Unsupported order type for this exchange and security type.")
    price = terms.limit_price
    if price is not None and not (price.is_finite() and 0 <= price <= _HIGHEST_PRICE):
        return _invalid("bQ", "Invalid limit price.")
    if terms.order_type == "LMT" and not price:
        return _invalid("bQ", "Missing limit price.")
    if price is not None and terms.order_type != "MKT" and price % instrument.min_tick:
        return Refusal(
            110, "The price does not conform to the minimum price variation for this contract."
        )
    return None


def _check_algo(instrument: Instrument, terms: OrderTerms) -> Refusal | None:
    if not terms.algo_strategy:
        return None
    if terms.algo_strategy != "Adaptive":
        return Refusal(439, "Order processing failed. Algorithm definition not found.")
    if terms.order_type not in ("MKT", "LMT") or not instrument.trades_under_reg_nms:
        return Refusal(442, "Specified algorithm is not allowed for this order.")
    for name, value in terms.algo_params:
        if name != "adaptivePriority":
            return Refusal(443, "Order processing failed. Unknown algo attribute.")
        if value not in _PRIORITIES:
            return Refusal(441, f"Algo attributes validation failed: adaptivePriority={value}.")
    return None


def _ready(instrument: Instrument, terms: OrderTerms) -> CheckedOrder:
    warnings = []
    if not terms.tif:
        text = "Order TIF was set to DAY based on order preset."
        warnings.append(Refusal(10349, text))
        terms = evolve(terms, tif="DAY")
    if terms.outside_rth and terms.order_type != "LMT":
        text = (
            "Order Event Warning:Attribute 'Outside Regular Trading Hours' is ignored based on "
            "the order type and destination. PlaceOrder is now being processed."
        )
        warnings.append(Refusal(2109, text))
        terms = evolve(terms, outside_rth=False)
    return CheckedOrder(instrument=instrument, terms=terms, warnings=tuple(warnings))


def _invalid(mark: str, cause: str) -> Refusal:
    return Refusal(321, f"Error validating request.-'{mark}' : cause - {cause}")
