"""Delayed prices trade paper accounts only."""

from datetime import timedelta
from decimal import Decimal

from attrs import evolve

from rebalancer_core.safety.price_moves import PriceUnfit, price_moves
from rebalancer_core.safety.staleness import oldest_price, quotes_for
from rebalancer_core.values.account import Quote, QuoteBlock, QuoteKind, Unpriced
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from tests.support.plan_factory import ACCOUNT, AS_OF, plan_of

LIVE = AccountId("U1111111")
PLAN = plan_of()
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
    vti, bnd = QUOTES
    assert quotes_for(LIVE, QUOTES) == (evolve(vti, block=QuoteBlock.DELAYED), bnd)


def test_a_paper_account_may_be_traded_on_delayed_prices() -> None:
    assert quotes_for(ACCOUNT, QUOTES) == QUOTES


def test_what_is_blocked_for_another_reason_or_has_no_price_stays_as_it_is() -> None:
    halted = evolve(QUOTES[0], block=QuoteBlock.HALTED)
    missing = Unpriced(con_id=ConId(9), symbol=Symbol("VXUS"), detail="no quote")
    assert quotes_for(LIVE, (halted, missing)) == (halted, missing)


def test_a_price_that_became_a_delayed_one_no_longer_fits_the_yes_of_a_live_account() -> None:
    assert price_moves(evolve(PLAN, account_id=LIVE), QUOTES) == (PriceUnfit(symbol=Symbol("VTI")),)
    assert price_moves(PLAN, QUOTES) == ()


def test_the_oldest_price_is_the_one_that_a_plan_shows() -> None:
    plan = plan_of()

    def quote(con_id: int, seconds: int) -> Quote:
        return Quote(
            con_id=ConId(con_id),
            symbol=Symbol(f"S{con_id}"),
            price=Decimal(10),
            kind=QuoteKind.LAST,
            as_of=AS_OF - timedelta(seconds=seconds),
        )

    unpriced = Unpriced(con_id=ConId(3), symbol=Symbol("S3"), detail="none")
    other = quote(99, 5000)
    quotes = (quote(1, 3), quote(2, 45), unpriced, other)
    assert oldest_price(plan, quotes) == AS_OF - timedelta(seconds=45)
    assert oldest_price(plan, (unpriced, other)) is None
