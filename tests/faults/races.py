"""Two processes on one account, three seconds and four moments: 12 cases."""

from decimal import Decimal

from rebalancer_adapters.gateway import Fill, on_orders
from tests.faults.case import ORDERS, Case, Moment, Race, Second, codes
from tests.support import UNTIL_RELEASED

_SLOW = on_orders(Fill(after_seconds=Decimal("1.5")))
# Behind a run that was killed they work until the second has looked at them.
_HELD = on_orders(Fill(after_seconds=UNTIL_RELEASED))
_KILLED = -9


def race_cases() -> tuple[Case, ...]:
    """Every second process at every moment."""
    return tuple(_case(second, moment) for second in Second for moment in Moment)


def _case(second: Second, moment: Moment) -> Case:
    killed = moment is Moment.AFTER_KILL
    return Case(
        family="race",
        name=f"{second.value}, {moment.value}",
        scenario=_HELD if killed else _SLOW,
        # 4: both came so close that the gateway refused the second the client id.
        exits=codes(_KILLED, 0, 7) if killed else codes(0, 4, 5),
        orders=(ORDERS, ORDERS),
        expects="the second waits for evidence" if killed else "exactly one trades",
        race=Race(second=second, moment=moment),
    )
