"""Small runs keep to the floor of the protocol, and the table says what does not."""

import pytest

from benchmarks.wire_runs import WireRun, wire_run
from benchmarks.wire_table import floor_of, line, render_kinds, render_lines, wanted_rows


@pytest.mark.parametrize("trades", [False, True])
def test_a_small_run_sends_little_more_than_the_protocol_wants(*, trades: bool) -> None:
    run = wire_run(3, trades=trades)
    assert run.orders == (18 if trades else 0)
    assert run.messages <= 1.1 * floor_of(run), run.sent
    counted = [row for row in wanted_rows(run) if "seconds" not in row.what]
    assert all(row.is_kept for row in counted), render_lines(tuple(counted))


@pytest.mark.parametrize(
    ("accounts", "trades", "floor"), [(20, False, 65), (20, True, 305), (100, True, 1495)]
)
def test_the_floor_counts_what_the_protocol_wants(
    *, accounts: int, trades: bool, floor: int
) -> None:
    orders = {"placeOrder": 6 * accounts} if trades else {}
    assert floor_of(_run(accounts, trades=trades, sent=orders)) == floor


def test_the_tables_name_what_is_missed_and_every_message() -> None:
    kept = line("messages / floor", "20 accounts, dry run", 1.05, most=1.1, unit="68/65")
    missed = line("round trips", "4 accounts, traded", 71, most=50)
    table = render_lines((kept, missed))
    assert [("MISSED" in row) for row in table.splitlines()[2:]] == [False, True]
    assert "reqPositions" in render_kinds(_run(1, trades=False, sent={"reqPositions": 1}))


def _run(accounts: int, *, trades: bool, sent: dict[str, int]) -> WireRun:
    return WireRun(
        accounts=accounts, trades=trades, parallel=False, sent=sent, seconds=1.0, position_rows=0
    )
