"""Twenty-four named points, five ways to be stopped at each: 120 cases."""

from decimal import Decimal

from rebalancer_adapters.gateway import Fill, Remark, Rest, Scenario, on_orders
from rebalancer_cli.failpoints import FAILPOINTS
from tests.faults.case import ORDERS, SHARES, Case, Stop, Stopped, codes

# Half filled at some point of its life, so that a stop can fall between the parts.
_IN_PARTS = on_orders(Fill(share=Decimal("0.5")), Fill(after_seconds=Decimal("0.05")))
_CANCEL, _EVIDENCE = "F21", "F22"
# The broker's lists are asked for where something was said of an order beside its fills.
ASKED_ABOUT = on_orders(
    Remark(code=10349, text="Order TIF was set to DAY based on order preset."),
    Fill(share=Decimal("0.5")),
    Fill(after_seconds=Decimal("0.05")),
)
_IMPATIENT = {"order_deadline_sec": "1", "on_open_orders": "cancel_own"}
_BEFORE_ANY_ORDER = frozenset(f"F{number:02d}" for number in range(1, 15))
# A signal is heard in the next turn of the loop. Between these points and the first order there is
# none, or it is out: the sell. The buy that it pays would come turns later.
_FIRST_ORDER = frozenset({"F06", *(f"F{number}" for number in range(10, 21))})
_ALL_DONE = frozenset({"F23", "F24"})
# The last word before this order leaves is on the disk already.
_NOTHING_TO_WRITE = "F14"
_KILLED = -9


def kill_cases() -> tuple[Case, ...]:
    """Every point with every way."""
    return tuple(_case(point, how) for point in FAILPOINTS for how in Stop)


def _case(point: str, how: Stop) -> Case:
    exits, orders, expects = _expected(point, how)
    return Case(
        family="stop",
        name=f"{point} ({FAILPOINTS[point]}): {how.value}",
        scenario=_scenario(point),
        holds=SHARES,
        keys={"order_deadline_sec": "1", "on_open_orders": "cancel_own"}
        if point == _CANCEL
        else {},
        exits=exits,
        orders=orders,
        expects=expects,
        stopped=Stopped(point=point, how=how),
    )


def _scenario(point: str) -> Scenario:
    if point == _EVIDENCE:
        return ASKED_ABOUT
    resting = on_orders(Rest(), symbol="IEF", last=1)
    return resting + _IN_PARTS if point == _CANCEL else _IN_PARTS


def _soft_exits(point: str) -> frozenset[int]:
    """130; or 0 when all was done and told before the signal was heard."""
    return codes(0, 130) if point in _ALL_DONE else codes(130)


def _soft(point: str) -> tuple[int, int]:
    """A signal that is heard lets the order go on that is being sent, and none after it."""
    if point in _FIRST_ORDER:
        return (0, 1)
    return (0, 0) if point in _BEFORE_ANY_ORDER else (0, ORDERS)


def _expected(point: str, how: Stop) -> tuple[frozenset[int], tuple[int, int], str]:
    before = point in _BEFORE_ANY_ORDER
    orders = (0, 0) if before else (0, ORDERS)
    match how:
        case Stop.KILL:
            return codes(_KILLED), orders, "killed; the next run settles it and goes on"
        case Stop.INTERRUPT | Stop.TERMINATE:
            return (
                _soft_exits(point),
                _soft(point),
                "nothing more is sent; own orders are cancelled; exit 130",
            )
        case Stop.FULL_DISK | Stop.LOST_DISK if before and point != _NOTHING_TO_WRITE:
            return codes(5), orders, "nothing is sent without a record"
        case Stop.FULL_DISK | Stop.LOST_DISK:
            exits = codes(6, 7, 8) if point != "F24" else codes(8)
            return exits, (0, ORDERS), "nothing more is sent; what was is told"
