"""A yes holds for the prices that were shown, give or take one percent."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from rebalancer_core.safety.price_moves import PriceGone, PriceMoved, PriceUnfit, price_moves
from rebalancer_core.values.account import Quote, QuoteBlock, QuoteKind, Unpriced
from rebalancer_core.values.instruments import ConId
from tests.support.plan_factory import Line, plan_of

_PLAN = plan_of((Line("VTI", "10", "250", "60", "2"), Line("IEF", "10", "95", "40")))
_ORDER = _PLAN.orders[0]


@pytest.mark.parametrize("price", ["247.5", "250", "252.5"])
def test_a_price_within_one_percent_has_not_moved(price: str) -> None:
    assert price_moves(_PLAN, (_quote(price),)) == ()


@pytest.mark.parametrize("price", ["247.49", "252.51", "275"])
def test_a_price_outside_of_one_percent_is_told(price: str) -> None:
    moved = PriceMoved(symbol=_ORDER.symbol, planned=Decimal(250), now=Decimal(price))
    assert price_moves(_PLAN, (_quote(price),)) == (moved,)


def test_a_price_that_is_gone_or_unfit_is_told() -> None:
    gone = Unpriced(con_id=_ORDER.con_id, symbol=_ORDER.symbol, detail="no data")
    assert price_moves(_PLAN, (gone,)) == (PriceGone(symbol=_ORDER.symbol),)
    assert price_moves(_PLAN, ()) == (PriceGone(symbol=_ORDER.symbol),)
    halted = _quote("250", QuoteBlock.HALTED)
    assert price_moves(_PLAN, (halted,)) == (PriceUnfit(symbol=_ORDER.symbol),)


def test_prices_of_symbols_without_an_order_may_move() -> None:
    other = Quote(
        con_id=ConId(999),
        symbol=_ORDER.symbol,
        price=Decimal(1),
        kind=QuoteKind.LAST,
        as_of=_NOW,
    )
    assert price_moves(_PLAN, (_quote("250"), other)) == ()


_NOW = datetime(2026, 1, 2, tzinfo=UTC)


def _quote(price: str, block: QuoteBlock | None = None) -> Quote:
    return Quote(
        con_id=_ORDER.con_id,
        symbol=_ORDER.symbol,
        price=Decimal(price),
        kind=QuoteKind.LAST,
        as_of=_NOW,
        block=block,
    )
