"""What cannot be read costs as little as can be proven, and orders of ours everything."""

import pytest

from rebalancer_adapters.ib.damage import Damaged, damaged_part
from rebalancer_adapters.ib.order_log import OrderLog
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.tickets import OWN_PREFIX

_OURS, _THEIRS = "7", "8"
_LONG = ("x",) * 30


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        (("61", "3", "DU111111"), Damaged(questions=("positions",))),
        (("49", "1"), Damaged(questions=("server time",))),
        (("10", "12"), Damaged(numbers=(12,))),
        (("73", "1", "12", "DU111111"), Damaged(numbers=(1, 12))),
        (("1", "6", "12", "4", "bad"), Damaged(numbers=(6, 12))),
        (("3", _THEIRS, "Filled"), Damaged(questions=("open orders",), numbers=(8,))),
        (("5", _THEIRS, *_LONG), Damaged(questions=("open orders",), numbers=(8,))),
        (("11", "-1", _THEIRS, *_LONG), Damaged()),
        (("101", *_LONG), Damaged()),
        (("59", "1", "another execution"), Damaged()),
        (("7", "8"), Damaged()),
    ],
)
def test_what_is_about_no_order_of_ours_closes_nothing(
    fields: tuple[str, ...], part: Damaged
) -> None:
    assert damaged_part(fields, _log()) == part


@pytest.mark.parametrize(
    "fields",
    [
        (),
        ("not a number",),
        ("4", "2", "7", "201"),
        ("3", _OURS, "Filled"),
        ("3", "", "Filled"),
        ("5", _OURS, *_LONG),
        ("5", _THEIRS, "cut off"),
        ("5", _THEIRS, *_LONG, f"{OWN_PREFIX}1/DU111111/SPY/1"),
        ("11", "-1"),
        ("11", "-1", _THEIRS, *_LONG, f"{OWN_PREFIX}1/DU111111/SPY/1"),
        ("101", "cut off"),
        ("9", "1"),
    ],
)
def test_what_may_be_about_an_order_of_ours_closes_the_session_to_orders(
    fields: tuple[str, ...],
) -> None:
    assert damaged_part(fields, _log()) is None


def _log() -> OrderLog:
    log = OrderLog(42)
    log.handed(int(_OURS), OrderRef(f"{OWN_PREFIX}1/DU111111/SPY/1"))
    return log
