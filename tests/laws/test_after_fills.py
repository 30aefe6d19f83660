"""What is left once the simulated exchange has filled a plan at bid and ask, with commissions."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import assume, event, given
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
from tests.support.strategies import AS_OF, Instance, costly, decimals


@given(st.one_of(costly(), costly(), costly(), levered()))
def test_fills_at_bid_and_ask_with_commissions_keep_the_cap_and_the_buffer(
    instance: Instance,
) -> None:
    before = ledger(instance)
    assume(before.managed > 0 and before.net_liquidation > 0)
    plan = planned(instance)
    assume(plan.orders and not plan.cap_missed_usd)
    has_buys = any(order.side is Side.BUY for order in plan.orders)
    assume(has_buys or before.is_over)
    event("above the cap" if before.is_over else "below it")
    book = _filled(instance, plan, _market(instance))
    cash = book.cash(plan.account_id, "USD")
    gross = _gross(instance, book, plan)
    assert gross <= instance.policy.max_leverage * (cash + gross)
    if has_buys:
        assert cash >= plan.cash_floor


@given(costly(), st.sampled_from(decimals("0.01", "0.002", "-0.01")))
def test_the_buffer_is_used_by_no_more_than_prices_rose_before_the_fill(
    instance: Instance, rise: Decimal
) -> None:
    before = ledger(instance)
    assume(before.managed > 0 and before.net_liquidation > 0)
    plan = planned(instance)
    assume(any(order.side is Side.BUY for order in plan.orders))
    market = _market(instance)
    quotes = {q.symbol: q for q in instance.quotes if isinstance(q, Quote)}
    moved = Decimal(0)
    for order in plan.orders:
        quote, sign = quotes[order.symbol], 1 if order.side is Side.BUY else -1
        by = quote.price * rise * sign
        bid, ask = quote.bid or quote.price, quote.ask or quote.price
        market.set_price(order.symbol, bid=bid + by, ask=ask + by)
        moved += max(Decimal(0), by * sign) * order.quantity
    book = _filled(instance, plan, market)
    assert book.cash(plan.account_id, "USD") >= plan.cash_floor - moved


def _market(instance: Instance) -> Market:
    """A market with the quotes of the instance, and its account."""
    quotes = [quote for quote in instance.quotes if isinstance(quote, Quote)]
    known = {quote.con_id for quote in quotes}
    return Market(
        [
            (
                Instrument(
                    symbol=quote.symbol,
                    con_id=quote.con_id,
                    primary_exchange="ARCA",
                    currency="USD",
                ),
                MarketQuote(
                    bid=quote.bid or quote.price,
                    ask=quote.ask or quote.price,
                    last=quote.price,
                    close=quote.price,
                ),
            )
            for quote in quotes
        ],
        [
            AccountSetup(
                account=instance.snapshot.account_id,
                base_currency="USD",
                cash={"USD": instance.snapshot.usd_cash},
                holdings=tuple(
                    HoldingSetup(con_id=p.con_id, quantity=p.quantity, average_cost=Decimal(1))
                    for p in instance.snapshot.positions
                    if p.con_id in known
                ),
            )
        ],
        practices=Practices(
            commission_per_share=instance.commission.per_share,
            commission_minimum=instance.commission.minimum,
        ),
    )


def _filled(instance: Instance, plan: Plan, market: Market) -> Book:
    """The book of the exchange once every order of the plan is filled, sells first."""
    book = Book(market, AS_OF)
    for number, order in enumerate(plan.orders, start=1):
        instrument = market.instrument(order.symbol)
        terms = OrderTerms(
            action=order.side.value,
            quantity=order.quantity,
            order_type="MKT",
            account=plan.account_id,
        )
        record = book.accept(
            book.draft(instrument, terms, client_id=1, order_id=number, exchange="SMART", at=AS_OF)
        )
        price = fill_price(record, instrument, market.quote(instrument.con_id))
        assert price is not None
        book.fill(record.perm_id, order.quantity, price, AS_OF)
    return book


def _gross(instance: Instance, book: Book, plan: Plan) -> Decimal:
    """Gross position value at the prices of the plan."""
    return sum(
        (
            book.holding(plan.account_id, quote.con_id).quantity * quote.price
            for quote in instance.quotes
            if isinstance(quote, Quote)
        ),
        Decimal(0),
    )
