"""Where the market is closed, that is why a price is no good; where it is open it is not."""

from datetime import timedelta

from attrs import evolve

from rebalancer_core.safety.rules import MarketShut
from rebalancer_core.safety.shut_markets import shut_markets
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.plan import Reason
from rebalancer_core.values.policy import TradingHours
from tests.core.safety.test_limits import BND, CLOSES, LISTINGS, OPENS, VTI
from tests.support.plan_factory import AS_OF, Line, plan_of

BEFORE = OPENS - timedelta(minutes=1)
PLAN = plan_of(
    (
        Line("VTI", "0", "250", "40", reason=Reason.PRICE_BLOCKED),
        Line("BND", "0", "75", "30", reason=Reason.NO_PRICE),
        Line("VXUS", "0", "60", "20", reason=Reason.PRICE_BLOCKED),
    )
)


def test_a_price_that_is_blocked_names_its_closed_market() -> None:
    found = shut_markets(PLAN, listings=LISTINGS, hours=TradingHours.RTH, now=BEFORE)
    assert [each.con_id for each in found] == [VTI, BND]
    assert found[0].rule == MarketShut(symbol=Symbol("VTI"), opens=OPENS)
    assert {each.reason for each in found} == {Reason.MARKET_CLOSED}


def test_in_trading_hours_a_price_is_no_good_for_itself() -> None:
    assert shut_markets(PLAN, listings=LISTINGS, hours=TradingHours.RTH, now=AS_OF) == ()
    assert shut_markets(PLAN, listings=LISTINGS, hours=TradingHours.ETH, now=CLOSES) == ()


def test_a_row_that_wants_no_trade_has_no_market_to_wait_for() -> None:
    quiet = evolve(
        PLAN, rows=tuple(evolve(row, reason=Reason.BELOW_MINIMUM_ORDER) for row in PLAN.rows)
    )
    assert shut_markets(quiet, listings=LISTINGS, hours=TradingHours.RTH, now=BEFORE) == ()
