"""Killed at any named point and started again: no order is sent twice and no fill is lost."""

from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Rest, on_orders
from rebalancer_cli.failpoints import FAILPOINTS
from tests.crash.aftermath import (
    ASKED_ABOUT,
    IN_PARTS,
    Aftermath,
    assert_nothing_is_lost,
    killed_at,
    needs_sigkill,
    undisturbed,
    was_killed,
)

pytestmark = needs_sigkill

# The points that are passed once an order, or once a fill, are tried late in the run as well.
POINTS = (*(point for point in FAILPOINTS if point != "F21"), "F13:3", "F16:3", "F20:4")
BEFORE_ANY_ORDER = frozenset(f"F{number:02d}" for number in range(1, 15))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    """The run without a crash."""
    return undisturbed(tmp_path_factory.mktemp("undisturbed"))


def test_without_a_crash_all_is_filled_and_reported(plan: Aftermath) -> None:
    assert len(plan.story.book.sent) == 3
    assert_nothing_is_lost(plan, plan)


@pytest.mark.parametrize("point", POINTS)
def test_a_crash_loses_nothing_and_repeats_nothing(
    tmp_path: Path, plan: Aftermath, point: str
) -> None:
    after = killed_at(point, tmp_path, scenario=ASKED_ABOUT if point == "F22" else IN_PARTS)
    assert was_killed(after.killed), (point, "was never reached", after.killed.text)
    assert_nothing_is_lost(after, plan)
    if point in BEFORE_ANY_ORDER:
        assert after.story.acts[0].sent == ()


def test_a_crash_after_a_cancel_was_asked_for_is_settled_by_the_next_run(
    tmp_path: Path, plan: Aftermath
) -> None:
    after = killed_at(
        "F21",
        tmp_path,
        scenario=on_orders(Rest(), symbol="GLD", last=1) + IN_PARTS,
        keys={"order_deadline_sec": "1", "on_open_orders": "cancel_own"},
    )
    assert was_killed(after.killed), after.killed.text
    assert_nothing_is_lost(after, plan)
