"""Delayed prices trade paper accounts only."""

from attrs import evolve

from rebalancer_core.safety.rules import PriceDelayed
from rebalancer_core.safety.staleness import delayed_violations
from rebalancer_core.values.account import Quote, QuoteKind, Unpriced
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from tests.support.plan_factory import AS_OF, plan_of

PLAN = plan_of()
LIVE_PLAN = evolve(PLAN, account_id=AccountId("U1111111"))
QUOTES = tuple(
    Quote(
        con_id=order.con_id,
        symbol=order.symbol,
        price=order.price,
        kind=QuoteKind.LAST,
        as_of=AS_OF,
        delayed=order.symbol == "VTI",
    )
    for order in PLAN.orders
)


def test_a_live_account_trades_on_no_delayed_price() -> None:
    (found,) = delayed_violations(LIVE_PLAN, QUOTES)
    assert found.con_id == PLAN.orders[0].con_id
    assert found.rule == PriceDelayed(symbol=Symbol("VTI"))


def test_a_paper_account_may_be_traded_on_delayed_prices() -> None:
    assert delayed_violations(PLAN, QUOTES) == ()


def test_what_is_not_ordered_may_be_delayed() -> None:
    others = tuple(evolve(quote, con_id=ConId(99)) for quote in QUOTES)
    missing = Unpriced(con_id=PLAN.orders[0].con_id, symbol=Symbol("VTI"), detail="no quote")
    assert delayed_violations(LIVE_PLAN, (*others, missing)) == ()
