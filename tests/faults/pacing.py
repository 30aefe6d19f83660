"""The gateway counts messages: runs that stay within its limit, and what error 100 does."""

from decimal import Decimal

from rebalancer_adapters.gateway import Announce, Delay, Ignore, Scenario, on_requests
from rebalancer_adapters.gateway.scenario import PLACED
from tests.faults.case import ORDERS, SHARES, Case, codes
from tests.support.timing import IMPATIENT

_STRICT = Scenario(messages_per_second=50)
_STRICTEST = Scenario(messages_per_second=3)
_TOO_FAST = Announce(code=100, text="Max rate of messages per second has been exceeded")
_LATE = on_requests(Delay(seconds=Decimal("0.2")))
_ORDER, _POSITIONS, _ACCOUNT_VALUES = 3, 61, 76
_ALL = "all is traded and reported"
_NOTHING = "nothing is sent: the data are incomplete"


def pacing_cases() -> tuple[Case, ...]:
    """Within the limit; told to slow down; one message dropped; a limit that nobody keeps."""
    return (
        _kept("a usual run at a gateway that counts strictly", _STRICT),
        _kept("the same, and every answer 200 ms late", _STRICT + _LATE),
        _kept(
            "error 100 as the session begins",
            _STRICT + on_requests(_TOO_FAST, message_id=_POSITIONS, last=1),
        ),
        _kept(
            "error 100 about no order, with every order",
            _STRICT + on_requests(_TOO_FAST, message_id=_ORDER),
        ),
        Case(
            family="pacing",
            name="error 100 drops the request for account values",
            scenario=on_requests(Ignore(), _TOO_FAST, message_id=_ACCOUNT_VALUES, last=1),
            exits=codes(0),
            orders=(ORDERS, ORDERS),
            expects="the request is sent again; all is traded",
        ),
        _dropped("IEF", orders=1),
        _dropped("SPY", orders=ORDERS),
        Case(
            family="pacing",
            name="a limit of 3 messages a second: the connection ends",
            scenario=_STRICTEST,
            exits=codes(4),
            orders=(0, 0),
            expects=_NOTHING,
        ),
    )


def _kept(name: str, scenario: Scenario) -> Case:
    return Case(
        family="pacing",
        name=name,
        scenario=scenario,
        holds=SHARES,
        exits=codes(0),
        orders=(ORDERS, ORDERS),
        expects=_ALL,
    )


def _dropped(symbol: str, *, orders: int) -> Case:
    return Case(
        family="pacing",
        name=f"error 100 drops the order of {symbol}",
        scenario=on_requests(Ignore(), _TOO_FAST, message_id=_ORDER, symbol=symbol, tag=PLACED),
        keys=IMPATIENT.troubled,
        exits=codes(7),
        orders=(orders, orders),
        expects="unknown, to recovery too; a person closes it",
    )
