"""Laws of the book: executions move cash and shares together, and only commissions are lost."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rebalancer_adapters.gateway import load_market
from rebalancer_adapters.gateway.book import Book, Holding, Status, account_figures
from rebalancer_adapters.gateway.book.ledger import book_execution
from rebalancer_adapters.gateway.market import Market
from rebalancer_adapters.gateway.terms import OrderTerms
from tests.adapters.gateway.clients import MARKETS, small_market

_NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
_ACCOUNTS = ("DU111111", "DU222222", "DU333333")
_TRADES = st.lists(
    st.tuples(
        st.sampled_from(_ACCOUNTS),
        st.sampled_from([("SPY", 756733), ("IEF", 15547841), ("BOTH", 110)]),
        st.sampled_from(["BUY", "SELL"]),
        st.integers(1, 500),
        st.decimals("0.01", 2000, places=2),
    ),
    max_size=12,
)
_Trade = tuple[str, tuple[str, int], str, int, Decimal]


def _booked(market: Market, trades: list[_Trade]) -> Book:
    book = Book(market, _NOW)
    for number, (account, (_, con_id), side, quantity, price) in enumerate(trades):
        terms = OrderTerms(
            action=side, quantity=Decimal(quantity), order_type="MKT", account=account
        )
        draft = book.draft(
            market.by_con_id(con_id),
            terms,
            client_id=1,
            order_id=number,
            exchange="SMART",
            at=_NOW,
        )
        order = book.accept(draft)
        part = Decimal(quantity // 2)
        if part:
            book.fill(order.perm_id, part, price, _NOW)
        book.fill(order.perm_id, quantity - part, price, _NOW)
    return book


@given(_TRADES)
def test_cash_and_shares_change_by_the_executions_and_nothing_else(trades: list[_Trade]) -> None:
    market = small_market()
    before, book = Book(market, _NOW), _booked(market, trades)
    for account in _ACCOUNTS:
        own = [e for e in book.executions if e.account == account]
        for con_id in (756733, 15547841, 110):
            signs = {"BOT": 1, "SLD": -1}
            moved = sum(signs[e.side] * e.quantity for e in own if e.con_id == con_id)
            held = before.holding(account, con_id).quantity
            assert book.holding(account, con_id).quantity == held + moved
        for currency in ("USD", "CAD"):
            spent = sum(
                ({"BOT": 1, "SLD": -1}[e.side] * e.quantity * e.price + e.commission)
                for e in own
                if e.commission_currency == currency
            )
            assert book.cash(account, currency) == before.cash(account, currency) - spent


@given(_TRADES)
def test_trading_at_the_last_price_loses_exactly_the_commissions(trades: list[_Trade]) -> None:
    market = small_market()
    at_last = [
        (account, what, side, quantity, market.quote(what[1]).last)
        for account, what, side, quantity, _ in trades
    ]
    before, book = Book(market, _NOW), _booked(market, at_last)
    for account in _ACCOUNTS:
        worth = account_figures(book, market, account).net_liquidation
        base = book.base_currency(account)
        lost = sum(
            e.commission * market.rate(e.commission_currency, base)
            for e in book.executions
            if e.account == account
        )
        start = account_figures(before, market, account).net_liquidation
        assert abs(worth - (start - lost)) < Decimal("1E-15")


@given(_TRADES)
def test_an_order_is_filled_by_its_executions(trades: list[_Trade]) -> None:
    book = _booked(small_market(), trades)
    for order in book.orders:
        parts = [e for e in book.executions if e.perm_id == order.perm_id]
        assert sum(e.quantity for e in parts) == order.filled == order.quantity
        assert order.status is Status.FILLED
        assert parts[-1].cumulative == order.filled
        assert book.order_of(1, order.order_id) == order
    ids = [e.exec_id for e in book.executions]
    assert len(set(ids)) == len(ids)


@given(
    held=st.integers(-100, 100),
    cost=st.decimals(1, 1000, places=2),
    signed=st.integers(-300, 300).filter(bool),
    price=st.decimals(1, 1000, places=2),
)
def test_profit_is_realised_only_by_what_closes_a_position(
    held: int, cost: Decimal, signed: int, price: Decimal
) -> None:
    start = Holding(quantity=Decimal(held), average_cost=cost if held else Decimal(0))
    booking = book_execution(
        start,
        signed_quantity=Decimal(signed),
        price=price,
        multiplier=Decimal(1),
        commission=Decimal(0),
    )
    # without commission: what was put in, plus the profit, is what is in it now plus the cash
    invested = booking.holding.quantity * booking.holding.average_cost
    put_in = start.quantity * start.average_cost
    profit = booking.realized_pnl or Decimal(0)
    assert abs(invested + booking.cash_change - put_in - profit) < Decimal("1E-18")
    assert (booking.realized_pnl is not None) == (held * signed < 0)


def test_the_commission_of_a_buy_raises_the_average_cost() -> None:
    booking = book_execution(
        Holding(quantity=Decimal(0), average_cost=Decimal(0)),
        signed_quantity=Decimal(4),
        price=Decimal(100),
        multiplier=Decimal(1),
        commission=Decimal(1),
    )
    assert booking.holding == Holding(quantity=Decimal(4), average_cost=Decimal("100.25"))
    assert booking.cash_change == Decimal(-401)


def test_positions_are_named_by_symbol_and_options_by_local_symbol() -> None:
    book = Book(load_market(MARKETS / "demo.toml"), _NOW)
    assert book.position("DU333333", "SPY") == 60
    assert book.position("DU333333", "SPY   270115C00680000") == 2
    assert book.currencies("DU333333") == ("CAD", "USD")
