"""Covering what is missing: the least waste of all choices, and the greedy one without a search."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from rebalancer_core.planning.covering import Step, covering

steps_drawn = st.lists(
    st.builds(Step, worth=st.integers(1, 60), waste=st.integers(0, 50)), min_size=1, max_size=8
)


@given(steps_drawn, st.integers(1, 150))
def test_no_other_choice_covers_it_with_less_waste(steps: list[Step], missing: int) -> None:
    chosen = covering(steps, missing)
    if sum(step.worth for step in steps) < missing:
        assert chosen == tuple(range(len(steps)))
        return
    assert sum(steps[i].worth for i in chosen) >= missing
    every = (c for n in range(len(steps) + 1) for c in combinations(steps, n))
    least = min(sum(s.waste for s in c) for c in every if sum(s.worth for s in c) >= missing)
    assert sum(steps[i].waste for i in chosen) == least


def test_without_a_search_the_least_waste_a_dollar_comes_first() -> None:
    steps = (
        Step(worth=100, waste=50),
        Step(worth=10, waste=4),
        Step(worth=40, waste=10),
        Step(worth=40, waste=10),
    )
    assert covering(steps, 50, nodes=0) == (2, 3)
    assert covering(steps, 85, nodes=0) == (1, 2, 3)


def test_a_step_that_needs_another_is_not_taken_without_it() -> None:
    block, more = Step(worth=50, waste=20), Step(worth=10, waste=10, after=0)
    other = Step(worth=60, waste=31)
    assert covering((block, more, other), 60) == (0, 1)
    assert covering((block, more, other), 10) == (0,)


def test_nothing_to_take_covers_nothing() -> None:
    assert covering((), 5) == ()
