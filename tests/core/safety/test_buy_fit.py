"""Buys fit hours, prices and cash of the moment: they only shrink, and never spend the floor."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.order_state import OrderState, Phase, intended
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.safety.buy_facts import (
    ClosedNow,
    FewerShares,
    NoHours,
    NoneAffordable,
    NoQuote,
    NoTradingPrice,
    OffMidpoint,
    PriceBlocked,
)
from rebalancer_core.safety.buy_fit import BuyFit, MarketNow, Sizes, fit_buys
from rebalancer_core.safety.free_cash import CostUnknown, buy_cost, funds_gate
from rebalancer_core.safety.funds import Funds
from rebalancer_core.values.account import (
    MarketObservation,
    OpenOrder,
    Quote,
    QuoteBlock,
    QuoteKind,
    Unpriced,
)
from rebalancer_core.values.commission import IBKR_FIXED
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Session, Symbol
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import PlannedOrder, Side
from rebalancer_core.values.policy import TradingHours
from tests.support.plan_factory import AS_OF
from tests.support.strategies import PRICES

SIZES = Sizes(min_order_usd=Decimal(500), lot=Decimal(1))
AAA, BBB = ConId(1), ConId(2)


def test_buys_that_cash_and_market_allow_go_as_planned() -> None:
    buys = (_buy(AAA, 60, "100"), _buy(BBB, 39, "100"))
    assert _fit(buys, "10002.45") == tuple(BuyFit(planned=b, quantity=b.quantity) for b in buys)


def test_a_higher_ask_shrinks_a_buy_and_says_so() -> None:
    buy = _buy(AAA, 90, "100")
    (fit,) = _fit((buy,), "9200", prices={AAA: "110"})
    assert (fit.quantity, fit.cause) == (Decimal(82), None)
    assert fit.why == FewerShares(
        symbol=Symbol("S1"), quantity=Decimal(82), planned=Decimal(90), left_usd=Decimal(9100)
    )


def test_a_lower_ask_buys_no_more() -> None:
    (fit,) = _fit((_buy(AAA, 90, "100"),), "90000", prices={AAA: "91"})
    assert fit.quantity == 90


def test_a_buy_without_cash_is_dropped_for_cash() -> None:
    first, second = _fit((_buy(AAA, 60, "100"), _buy(BBB, 39, "100")), "6200")
    assert first.quantity == 60
    assert (second.quantity, second.cause) == (Decimal(0), SkipCause.CASH)
    assert second.why == NoneAffordable(left_usd=Decimal(6100))


def test_a_buy_that_cannot_trade_leaves_its_cash_to_the_others() -> None:
    buys = (_buy(AAA, 60, "100"), _buy(BBB, 39, "100"))
    market = _market(buys, blocks={AAA: QuoteBlock.HALTED})
    first, second = _fit(buys, "4100", market=market)
    assert (first.cause, first.why) == (
        SkipCause.PRICE,
        PriceBlocked(block=QuoteBlock.HALTED, note=""),
    )
    assert second.quantity == 39


def test_outside_the_hours_nothing_is_bought() -> None:
    buys = (_buy(AAA, 60, "100"),)
    open_market = _market(buys)
    (closed,) = _fit(buys, "10000", market=evolve(open_market, now=AS_OF + timedelta(hours=6)))
    assert (closed.quantity, closed.cause) == (Decimal(0), SkipCause.MARKET_CLOSED)
    assert closed.why == ClosedNow(opens=AS_OF + timedelta(days=1))
    (nameless,) = _fit(buys, "10000", market=evolve(open_market, listings=()))
    assert (nameless.cause, nameless.why) == (
        SkipCause.MARKET_CLOSED,
        NoHours(symbol=Symbol("S1")),
    )


def test_a_buy_without_a_price_is_dropped() -> None:
    buys = (_buy(AAA, 60, "100"),)
    lost = Unpriced(con_id=AAA, symbol=Symbol("S1"), detail="error 354")
    (fit,) = _fit(buys, "10000", market=evolve(_market(buys), quotes=(lost,)))
    assert (fit.cause, fit.why) == (SkipCause.PRICE, NoTradingPrice(detail="error 354"))
    (silent,) = _fit(buys, "10000", market=evolve(_market(buys), quotes=()))
    assert (silent.cause, silent.why) == (SkipCause.PRICE, NoQuote())


@pytest.mark.parametrize(("middle", "may_go"), [("97.1", True), ("97", False), ("103.2", False)])
def test_a_price_may_be_three_percent_from_the_midpoint(middle: str, *, may_go: bool) -> None:
    buys = (_buy(AAA, 60, "100"),)
    cent = Decimal("0.01")
    seen = MarketObservation(
        con_id=AAA,
        symbol=Symbol("S1"),
        observed_at=AS_OF,
        bid=Decimal(middle) - cent,
        ask=Decimal(middle) + cent,
    )
    (fit,) = _fit(buys, "10000", market=evolve(_market(buys), observations=(seen,)))
    assert (fit.cause is None) is may_go
    apart = abs(100 - Decimal(middle)) / Decimal(middle)
    off = OffMidpoint(price=Decimal(100), middle=Decimal(middle), apart=apart)
    assert fit.why == (None if may_go else off)


def test_a_working_buy_of_unknown_cost_stops_every_buy() -> None:
    order = OpenOrder(
        account_id=AccountId("DU111111"),
        con_id=ConId(99),
        symbol=Symbol("QQQ"),
        side="BUY",
        remaining=Decimal(1),
    )
    buys = (_buy(AAA, 60, "100"), _buy(BBB, 39, "100"))
    market = _market(buys, blocks={BBB: QuoteBlock.HALTED})
    funds = evolve(_funds("10000", {}), open_orders=(order,))
    fits = fit_buys(buys, market=market, funds=funds, sent=(), sizes=SIZES)
    assert [fit.cause for fit in fits] == [SkipCause.ACCOUNT, SkipCause.PRICE]
    assert fits[0].why == CostUnknown(symbol=Symbol("QQQ"))


@given(
    planned=st.lists(
        st.tuples(
            st.integers(1, 400), st.sampled_from(PRICES), st.integers(95, 110), st.booleans()
        ),
        max_size=6,
    ),
    read=st.integers(-5_000, 60_000),
    approved=st.integers(-5_000, 60_000),
    cap=st.integers(-8_000, 3_000),
)
def test_fitted_buys_only_shrink_keep_floor_and_cap_at_the_asks_and_pass_the_last_gate(
    planned: list[tuple[int, Decimal, int, bool]], read: int, approved: int, cap: int
) -> None:
    buys = tuple(_buy(ConId(i), n, str(p)) for i, (n, p, _, _) in enumerate(planned, start=1))
    asks = {
        ConId(i): price * percent / 100 for i, (_, price, percent, _) in enumerate(planned, start=1)
    }
    halted = {ConId(i): QuoteBlock.HALTED for i, (*_, no) in enumerate(planned, start=1) if no}
    funds = evolve(_funds(str(read), asks), cash_approved=Decimal(approved), cap=Decimal(cap))
    market = _market(buys, blocks=halted)
    fits = fit_buys(buys, market=market, funds=funds, sent=(), sizes=SIZES)
    assert fits == fit_buys(buys, market=market, funds=funds, sent=(), sizes=SIZES)
    assert [fit.planned for fit in fits] == list(buys)
    sent: tuple[OrderState, ...] = ()
    cash = Decimal(min(read, approved))
    for fit in fits:
        assert ZERO <= fit.quantity <= fit.planned.quantity
        assert (fit.quantity == 0) is (fit.cause is not None)
        assert (fit.why is not None) is (fit.quantity < fit.planned.quantity)
        assert fit.planned.con_id not in halted or fit.quantity == 0
        if fit.quantity:
            ticket = _ticket(fit)
            assert funds_gate(ticket, sent, funds) is None
            sent = (*sent, evolve(intended(ticket), phase=Phase.WORKING))
            cash -= buy_cost(fit.quantity, asks[fit.planned.con_id], IBKR_FIXED)
    assert not sent or cash >= funds.least_cash


def _fit(
    buys: tuple[PlannedOrder, ...],
    cash: str,
    *,
    prices: dict[ConId, str] | None = None,
    market: MarketNow | None = None,
) -> tuple[BuyFit, ...]:
    asks = {con_id: Decimal(price) for con_id, price in (prices or {}).items()}
    return fit_buys(
        buys, market=market or _market(buys), funds=_funds(cash, asks), sent=(), sizes=SIZES
    )


def _funds(cash: str, asks: dict[ConId, Decimal]) -> Funds:
    return Funds(
        cash_read=Decimal(cash),
        cash_approved=Decimal(cash),
        floor=Decimal(100),
        cap=Decimal(-10_000),
        asks=asks,
    )


def _market(
    buys: tuple[PlannedOrder, ...], blocks: dict[ConId, QuoteBlock] | None = None
) -> MarketNow:
    return MarketNow(
        now=AS_OF,
        hours=TradingHours.RTH,
        listings=tuple(_listing(buy) for buy in buys),
        quotes=tuple(
            Quote(
                con_id=buy.con_id,
                symbol=buy.symbol,
                price=buy.price,
                kind=QuoteKind.LAST,
                as_of=AS_OF,
                block=(blocks or {}).get(buy.con_id),
            )
            for buy in buys
        ),
        observations=(),
    )


def _listing(buy: PlannedOrder) -> Listing:
    day = timedelta(days=1)
    today = Session(opens=AS_OF, closes=AS_OF + timedelta(hours=6))
    tomorrow = Session(opens=today.opens + day, closes=today.closes + day)
    return Listing(
        con_id=buy.con_id,
        symbol=buy.symbol,
        primary_exchange="ARCA",
        liquid_sessions=(today, tomorrow),
    )


def _buy(con_id: ConId, shares: int, price: str) -> PlannedOrder:
    return PlannedOrder(
        con_id=con_id,
        symbol=Symbol(f"S{con_id}"),
        side=Side.BUY,
        quantity=Decimal(shares),
        price=Decimal(price),
    )


def _ticket(fit: BuyFit) -> OrderTicket:
    planned = fit.planned
    return OrderTicket(
        order_ref=OrderRef(f"rb1-9f2c31aa-01{planned.con_id:03}-1"),
        account_id=AccountId("DU111111"),
        con_id=planned.con_id,
        symbol=planned.symbol,
        side=planned.side,
        quantity=fit.quantity,
        price=planned.price,
    )
