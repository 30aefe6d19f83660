"""The table of transitions is complete, and every row of it can be reached."""

from rebalancer_core.orders.order_state import TERMINAL, Phase
from rebalancer_core.orders.transitions import ROWS_OF, TABLE, Guard, Signal, transition_grid


def test_the_grid_has_a_line_a_signal_and_a_column_a_phase() -> None:
    grid = transition_grid()
    assert [line[0] for line in grid[1:]] == [signal.value for signal in Signal]
    assert {len(line) for line in grid} == {1 + len(Phase)}


def test_every_signal_has_a_row() -> None:
    assert {row.signal for row in TABLE} == set(Signal)


def test_no_row_hides_behind_one_that_always_fits() -> None:
    for rows in ROWS_OF.values():
        assert all(row.guard is not Guard.ALWAYS for row in rows[:-1])


def test_an_end_is_left_for_filled_or_unknown_alone() -> None:
    left = {
        row.target for row in TABLE for phase in row.sources & TERMINAL if row.target is not phase
    }
    assert left == {Phase.FILLED, Phase.UNKNOWN}


def test_only_the_brokers_words_and_resolutions_end_an_order() -> None:
    ours = {
        Signal.HANDED,
        Signal.CANCEL_REQUESTED,
        Signal.ACK_OVERDUE,
        Signal.DEADLINE_PASSED,
        Signal.LINK_LOST,
        Signal.DOUBTED,
    }
    assert not [
        row
        for row in TABLE
        if row.signal in ours and row.target in TERMINAL and row.sources != {row.target}
    ]
