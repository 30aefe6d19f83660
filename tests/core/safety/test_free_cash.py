"""Free cash is the lower of two counts, less all that may still take cash; sells need shares."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.orders.events import Commissioned, Executed, OrderRef
from rebalancer_core.orders.order_state import OrderState, Phase, intended
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.safety.free_cash import (
    CashTooLow,
    CostUnknown,
    SharesTooFew,
    WhyNotFunded,
    free_cash,
    funds_gate,
    is_out_of_cash,
)
from rebalancer_core.safety.funds import Funds, funds_of
from rebalancer_core.values.account import (
    MarketObservation,
    OpenOrder,
    Quote,
    QuoteKind,
    Unpriced,
)
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.money import ZERO
from tests.core.safety.test_limits import BND, SNAPSHOT, VTI
from tests.support.plan_factory import AS_OF, plan_of, tickets_of

# VTI: 15 of 100 shares sold at $250; BND: 30 bought at $75; cash $7,000, floor $398.0125.
PLAN = plan_of()
SALE, PURCHASE = tickets_of(PLAN)
FUNDS = Funds(
    cash_read=Decimal(7000),
    cash_approved=Decimal(7000),
    floor=Decimal(400),
    cap=Decimal(-20000),
    asks={BND: Decimal(76)},
    held={VTI: Decimal(100), BND: Decimal(100)},
)


def test_the_lower_of_read_and_approved_cash_is_free() -> None:
    assert free_cash(FUNDS, ()) == 7000
    assert free_cash(evolve(FUNDS, cash_read=Decimal(6000)), ()) == 6000
    assert free_cash(evolve(FUNDS, cash_read=Decimal(9000)), ()) == 7000


def test_proven_proceeds_count_and_shares_only_reported_do_not() -> None:
    after = evolve(FUNDS, cash_read=Decimal(20_000))
    assert free_cash(after, (_executed(SALE, "15", "249"),)) == 7000 + 15 * 249 - 1
    reported = evolve(intended(SALE), phase=Phase.FILLED, reported_filled=Decimal(15))
    assert free_cash(after, (reported,)) == 7000


def test_a_charged_commission_replaces_the_estimate_once_all_are_told() -> None:
    after = evolve(FUNDS, cash_read=Decimal(20_000))
    cheap = _executed(SALE, "15", "249", commission="0.35")
    assert free_cash(after, (cheap,)) == Decimal(7000) + 15 * 249 - Decimal("0.35")
    part = evolve(cheap, executions=(*cheap.executions, _execution(SALE, "1", "249", number=2)))
    assert free_cash(after, (part,)) == Decimal(7000) + 16 * 249 - 1


def test_a_buy_that_is_out_takes_its_fills_and_what_may_still_fill() -> None:
    out = evolve(_executed(PURCHASE, "10", "75.50"), phase=Phase.WORKING)
    assert free_cash(FUNDS, (out,)) == 7000 - 755 - 20 * 76 - 1
    assert free_cash(FUNDS, (evolve(out, phase=Phase.CANCELLED),)) == 7000 - 755 - 1
    ahead = evolve(intended(PURCHASE), phase=Phase.FILLED, reported_filled=Decimal(30))
    assert free_cash(FUNDS, (ahead,)) == 7000 - 30 * 76 - 1


def test_a_working_buy_of_any_client_keeps_its_cash() -> None:
    limited = _working("BUY", "10", limit="200")
    assert free_cash(_with(limited), ()) == 7000 - 2000 - 1
    assert free_cash(_with(evolve(limited, limit_price=None, con_id=BND)), ()) == 7000 - 760 - 1
    assert free_cash(_with(_working("SELL", "10", limit="200")), ()) == 7000


def test_a_working_buy_of_our_own_is_counted_once() -> None:
    ours = evolve(_working("BUY", "30", limit=None), order_ref=PURCHASE.order_ref, con_id=BND)
    out = evolve(intended(PURCHASE), phase=Phase.WORKING)
    assert free_cash(_with(ours), (out,)) == 7000 - 30 * 76 - 1


def test_a_working_buy_of_unknown_cost_leaves_no_free_cash_to_name() -> None:
    funds = _with(_working("BUY", "10", limit=None))
    assert free_cash(funds, ()) == CostUnknown(symbol=Symbol("QQQ"))
    assert _why(PURCHASE, (), funds) == CostUnknown(symbol=Symbol("QQQ"))


def test_the_gate_lets_a_buy_through_that_leaves_the_floor_and_stops_the_next_cent() -> None:
    cost = 30 * 76 + 1
    enough = evolve(FUNDS, cash_read=Decimal(400 + cost))
    assert _why(PURCHASE, (), enough) is None
    short = evolve(FUNDS, cash_read=Decimal(400 + cost) - Decimal("0.01"))
    assert _why(PURCHASE, (), short) == CashTooLow(
        symbol=Symbol("BND"),
        quantity=Decimal(30),
        cost_usd=Decimal(2281),
        left_usd=Decimal("2280.99"),
    )


def test_the_leverage_cap_stops_a_buy_where_it_asks_for_more_cash_than_the_floor() -> None:
    borrowing = evolve(FUNDS, floor=Decimal(-9000), cap=Decimal(-5000), cash_read=Decimal(-2800))
    assert isinstance(_why(PURCHASE, (), borrowing), CashTooLow)
    assert _why(PURCHASE, (), evolve(borrowing, cash_read=Decimal(-2719))) is None


def test_a_sell_that_cures_leverage_needs_no_cash() -> None:
    indebted = evolve(FUNDS, cash_read=Decimal(-50_000), cash_approved=Decimal(-50_000))
    assert _why(SALE, (), indebted) is None


@pytest.mark.parametrize(("held", "selling", "is_free"), [("15", "0", True), ("20", "6", False)])
def test_a_sell_is_judged_by_shares_held_less_open_sells(
    held: str, selling: str, *, is_free: bool
) -> None:
    theirs = evolve(_working("SELL", selling, limit="260"), con_id=VTI)
    funds = evolve(_with(theirs), held={VTI: Decimal(held)})
    why = SharesTooFew(symbol=Symbol("VTI"), quantity=Decimal(15), free=Decimal(14))
    assert _why(SALE, (), funds) == (None if is_free else why)


def test_shares_of_our_own_earlier_leg_are_not_sold_again() -> None:
    funds = evolve(FUNDS, held={VTI: Decimal(20)})
    first = evolve(_executed(SALE, "5", "250"), phase=Phase.CANCELLED)
    second = evolve(SALE, order_ref=OrderRef("rb1-9f2c31aa-01001-2"))
    assert _why(evolve(second, quantity=Decimal(10)), (first,), funds) is None
    assert _why(second, (evolve(first, phase=Phase.WORKING),), funds) == SharesTooFew(
        symbol=Symbol("VTI"), quantity=Decimal(15), free=Decimal(5)
    )


def test_only_want_of_cash_is_told_as_such() -> None:
    causes = [
        refused and refused.cause
        for refused in (
            funds_gate(PURCHASE, (), evolve(FUNDS, cash_read=ZERO)),
            funds_gate(PURCHASE, (), _with(_working("BUY", "10", limit=None))),
            funds_gate(SALE, (), evolve(FUNDS, held={})),
        )
    ]
    assert causes == [SkipCause.CASH, SkipCause.ACCOUNT, SkipCause.RULE]


def test_a_buy_is_out_of_cash_when_not_one_share_is_paid() -> None:
    poor = plan_of(cash="475")  # the floor is 332.7625
    assert is_out_of_cash(PURCHASE, evolve(poor, cash=poor.cash_floor + 76), ()) is False
    assert is_out_of_cash(PURCHASE, evolve(poor, cash=poor.cash_floor + 75), ()) is True
    sold = (_executed(SALE, "1", "249"),)
    assert is_out_of_cash(PURCHASE, evolve(poor, cash=poor.cash_floor), sold) is False
    assert is_out_of_cash(SALE, evolve(poor, cash=ZERO), ()) is False


def test_funds_take_the_cap_anew_on_what_is_held_and_costs_now() -> None:
    quotes = (_quote(VTI, "200"), Unpriced(con_id=BND, symbol=Symbol("BND"), detail="no tick"))
    seen = MarketObservation(
        con_id=VTI, symbol=Symbol("VTI"), observed_at=AS_OF, ask=Decimal("200.02")
    )
    funds = funds_of(PLAN, SNAPSHOT, quotes, (seen, evolve(seen, con_id=BND, ask=ZERO)))
    worth = 7000 + 100 * 200 + 100 * 75
    assert funds.cap == worth * Decimal("-0.5")
    owing = evolve(PLAN, foreign_debt_usd=Decimal(1000))
    assert funds_of(owing, SNAPSHOT, quotes, ()).cap == worth - (worth - 1000) * Decimal("1.5")
    assert (funds.floor, funds.least_cash) == (PLAN.cash_floor, PLAN.cash_floor)
    assert (funds.cash_read, funds.cash_approved) == (PLAN.cash, PLAN.cash)
    assert funds.asks == {VTI: Decimal("200.02")}


def test_a_price_above_the_ask_is_what_a_share_costs() -> None:
    seen = MarketObservation(
        con_id=VTI, symbol=Symbol("VTI"), observed_at=AS_OF, ask=Decimal("199.98")
    )
    assert funds_of(PLAN, SNAPSHOT, (_quote(VTI, "200"),), (seen,)).asks == {VTI: Decimal(200)}


def _why(ticket: OrderTicket, sent: tuple[OrderState, ...], funds: Funds) -> WhyNotFunded | None:
    refused = funds_gate(ticket, sent, funds)
    return None if refused is None else refused.why


def _with(*orders: OpenOrder) -> Funds:
    return evolve(FUNDS, open_orders=orders)


def _working(side: str, remaining: str, *, limit: str | None) -> OpenOrder:
    return OpenOrder(
        account_id=AccountId("DU111111"),
        con_id=ConId(99),
        symbol=Symbol("QQQ"),
        side=side,
        remaining=Decimal(remaining),
        client_id=7,
        limit_price=None if limit is None else Decimal(limit),
    )


def _quote(con_id: ConId, price: str) -> Quote:
    return Quote(
        con_id=con_id,
        symbol=Symbol("VTI"),
        price=Decimal(price),
        kind=QuoteKind.LAST,
        as_of=AS_OF,
    )


def _executed(
    ticket: OrderTicket, shares: str, price: str, commission: str | None = None
) -> OrderState:
    done = _execution(ticket, shares, price)
    paid = () if commission is None else (_paid(done, commission),)
    return evolve(intended(ticket), phase=Phase.FILLED, executions=(done,), commissions=paid)


def _execution(ticket: OrderTicket, shares: str, price: str, number: int = 1) -> Executed:
    return Executed(
        order_ref=ticket.order_ref,
        account_id=ticket.account_id,
        execution_id=f"{ticket.order_ref}.{number:02}.01",
        con_id=ticket.con_id,
        side=ticket.side,
        shares=Decimal(shares),
        price=Decimal(price),
    )


def _paid(done: Executed, commission: str) -> Commissioned:
    return Commissioned(
        order_ref=done.order_ref,
        execution_id=done.execution_id,
        commission=Decimal(commission),
        currency="USD",
    )


def test_what_is_set_aside_is_on_top_of_floor_and_cap() -> None:
    market: tuple[Quote | Unpriced, ...] = ()
    plain = funds_of(PLAN, SNAPSHOT, market, ())
    aside = evolve(PLAN, cash=PLAN.cash - 2_000, set_aside_usd=Decimal(2_000))
    kept = funds_of(aside, SNAPSHOT, market, ())
    assert kept.cash_approved == plain.cash_approved
    assert kept.floor == plain.floor + 2_000
    # Gross may be max_leverage times what is there beside: each dollar aside takes that much.
    assert kept.cap == plain.cap + 2_000 * PLAN.max_leverage
