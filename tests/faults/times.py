"""Times that cannot be: the broker's clock, last trades, executions and trading hours."""

from rebalancer_adapters.gateway import Alter, Scenario, on_messages
from tests.faults.case import ORDERS, SHARES, Case, codes

_AFTER_THE_LAST_YEAR = "253402300800"
_NO_END = "9" * 30
_LAST_MOMENT = "99991231 23:59:59 US/Eastern"
_NOTHING = (0, 0)


def time_cases() -> tuple[Case, ...]:
    """The clock as the session opens and after that; prices, executions and hours dated wrongly."""
    no_data = codes(4)
    return (
        *(
            _case(f"the broker's clock says {seconds}", _clock(seconds), no_data, _NOTHING)
            for seconds in (_AFTER_THE_LAST_YEAR, _NO_END, "0", "-1", "-99999999999999")
        ),
        _case(
            "the broker's clock goes wrong after the session opened",
            _clock(_AFTER_THE_LAST_YEAR, first=2),
            no_data,
            _NOTHING,
        ),
        _case("the last trade is at no time", _last_trade(_NO_END), codes(0), (0, ORDERS)),
        _case("the last trade is yet to come", _last_trade("4102444799"), codes(0), (0, ORDERS)),
        _case(
            "an execution is at the end of all time",
            on_messages(Alter(field=15, text=_LAST_MOMENT), message_id=11),
            codes(0),
            (ORDERS, ORDERS),
        ),
    )


def _case(name: str, scenario: Scenario, exits: frozenset[int], orders: tuple[int, int]) -> Case:
    return Case(
        family="time",
        name=name,
        scenario=scenario,
        holds=SHARES,
        exits=exits,
        orders=orders,
        expects="nothing is sent" if orders == _NOTHING else "true figures or none",
    )


def _clock(seconds: str, first: int = 1) -> Scenario:
    return on_messages(Alter(field=2, text=seconds), message_id=49, first=first)


def _last_trade(seconds: str) -> Scenario:
    return on_messages(Alter(field=4, text=seconds), message_id=46, symbol="SPY", tag="last_time")
