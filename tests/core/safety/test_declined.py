"""A trade that a dialog of the gateway declined today is not sent again: its order may yet live."""

from rebalancer_core.safety.limits import declined_violations
from rebalancer_core.safety.rules import DeclinedToday, Violation
from rebalancer_core.values.plan import Side
from tests.support.plan_factory import plan_of

PLAN = plan_of()


def test_a_trade_that_a_dialog_declined_today_is_refused_on_that_side_alone() -> None:
    sell, buy = PLAN.orders
    assert (sell.side, buy.side) == (Side.SELL, Side.BUY)
    declined = frozenset({(sell.con_id, Side.SELL), (buy.con_id, Side.SELL)})
    rule = DeclinedToday(symbol=sell.symbol, side=Side.SELL)
    assert declined_violations(PLAN, declined) == (Violation(rule=rule, con_id=sell.con_id),)
    assert declined_violations(PLAN, frozenset()) == ()
