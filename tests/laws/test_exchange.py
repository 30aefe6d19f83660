"""Cap and buffer hold once the simulated exchange has filled a plan, at bid and ask, costs paid."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from rebalancer_adapters.gateway.book import Book
from rebalancer_adapters.gateway.exchange.matching import fill_price
from rebalancer_adapters.gateway.market import (
    AccountSetup,
    HoldingSetup,
    Instrument,
    Market,
    Practices,
)
from rebalancer_adapters.gateway.market import Quote as MarketQuote
from rebalancer_adapters.gateway.terms import OrderTerms
from rebalancer_core.values.account import Quote
from rebalancer_core.values.plan import Plan, Side
from tests.laws.ledger import ledger, planned
from tests.laws.test_leverage import levered
from tests.support.strategies import Instance, costly

_NOON = datetime(2026, 1, 2, 17, tzinfo=UTC)
_ACCOUNT = "DU111111"


@given(st.one_of(costly(), levered()))
def test_gross_is_within_the_cap_and_the_buffer_is_untouched_once_all_is_filled(
    instance: Instance,
) -> None:
    before = ledger(instance)
    if min(before.managed, before.net_liquidation) <= 0:
        return
    plan = planned(instance)
    cash, gross = _filled(instance, plan)
    if any(order.side is Side.BUY for order in plan.orders):
        assert cash >= before.floor
    if plan.orders and not plan.cap_missed_usd:
        assert gross <= Fraction(instance.policy.max_leverage) * (gross + cash)
    if plan.inside_band_sells and not plan.cap_missed_usd:
        assert gross <= Fraction(instance.policy.max_leverage) * (gross + cash)


def _filled(instance: Instance, plan: Plan) -> tuple[Fraction, Fraction]:
    """USD cash and gross position value after every order met the other side of its market."""
    market = _market(instance)
    book = Book(market, _NOON)
    for number, order in enumerate(plan.orders):
        instrument = market.by_con_id(order.con_id)
        terms = OrderTerms(
            action=order.side.value, quantity=order.quantity, order_type="MKT", account=_ACCOUNT
        )
        draft = book.draft(
            instrument, terms, client_id=1, order_id=number, exchange="SMART", at=_NOON
        )
        record = book.accept(draft)
        price = fill_price(record, instrument, market.quote(order.con_id))
        assert price is not None
        book.fill(record.perm_id, order.quantity, price, _NOON)
    held = book.holdings(_ACCOUNT)
    worth = sum(
        (
            Fraction(holding.quantity) * Fraction(market.quote(con_id).last)
            for con_id, holding in held.items()
        ),
        Fraction(),
    )
    return Fraction(book.cash(_ACCOUNT, "USD")), worth


def _market(instance: Instance) -> Market:
    quotes = [quote for quote in instance.quotes if isinstance(quote, Quote)]
    priced = {quote.con_id for quote in quotes}
    return Market(
        [(_instrument(quote), _quote(quote)) for quote in quotes],
        [
            AccountSetup(
                account=_ACCOUNT,
                base_currency="USD",
                cash={"USD": instance.snapshot.usd_cash},
                holdings=tuple(
                    HoldingSetup(con_id=p.con_id, quantity=p.quantity, average_cost=Decimal(1))
                    for p in instance.snapshot.positions
                    if p.con_id in priced
                ),
            )
        ],
        practices=Practices(
            commission_per_share=instance.commission.per_share,
            commission_minimum=instance.commission.minimum,
        ),
    )


def _instrument(quote: Quote) -> Instrument:
    return Instrument(
        symbol=quote.symbol, con_id=quote.con_id, primary_exchange="ARCA", currency="USD"
    )


def _quote(quote: Quote) -> MarketQuote:
    bid = quote.price if quote.bid is None else quote.bid
    ask = quote.price if quote.ask is None else quote.ask
    return MarketQuote(bid=bid, ask=ask, last=quote.price, close=quote.price)
