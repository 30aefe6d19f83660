"""The table of a plan: as many columns as the window holds, what to trade always."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.figures import (
    NOTHING,
    dollars,
    percent,
    price,
    quantity,
    signed_dollars,
    signed_percent,
)
from rebalancer_cli.screen.grid import Grid, grid, with_remarks_below, with_remarks_beside
from rebalancer_core.reporting.pre_trade import row_note, trades
from rebalancer_core.values.plan import Plan, PlanRow

# Beside the table a note needs this much room to be read; else it goes below its row.
NOTE_WIDTH = 30


@frozen(kw_only=True)
class _Column:
    name: str
    cell: Callable[[Plan, PlanRow], str]
    side: str = "r"


_COLUMNS = (
    _Column(name="Account", cell=lambda plan, _: plan.account_id, side="l"),
    _Column(name="Symbol", cell=lambda _, row: console_text(row.symbol), side="l"),
    _Column(name="Target %", cell=lambda _, row: percent(row.target_weight)),
    _Column(name="Current %", cell=lambda _, row: percent(row.current_weight)),
    _Column(name="Drift %", cell=lambda _, row: signed_percent(row.drift)),
    _Column(name="Drift $", cell=lambda _, row: signed_dollars(row.drift_usd)),
    _Column(
        name="Action",
        cell=lambda _, row: row.action.value if trades(row) else NOTHING,
        side="l",
    ),
    _Column(name="Qty", cell=lambda _, row: quantity(row.quantity)),
    _Column(name="Est Price", cell=lambda _, row: NOTHING if row.is_cash else price(row.price)),
    _Column(name="Est Value", cell=lambda _, row: dollars(row.value_usd)),
    _Column(name="After %", cell=lambda _, row: percent(row.after_weight)),
)
# What a narrow window gives up, in this order; the banner names the account.
_EXPENDABLE = (
    "Account",
    "Est Price",
    "Drift $",
    "Target %",
    "Current %",
    "After %",
    "Drift %",
    "Est Value",
)


def render_table(plan: Plan, width: int) -> str:
    """One row a holding and target, numbers to the right, every reason beside or below its row."""
    notes = tuple(console_text(row_note(row)) for row in plan.rows)
    wanted = min(max((len(note) for note in notes), default=0), NOTE_WIDTH)
    for table in _with_every_figure(plan):
        if table.room_beside(width) >= wanted:
            return with_remarks_beside(table, "Note", notes, width)
    return with_remarks_below(_fitting(plan, width), notes, width)


def _fitting(plan: Plan, width: int) -> Grid:
    """The fullest table the window holds; symbol, action and quantity are in the least one too."""
    tables = tuple(_from_full_to_least(plan))
    return next((table for table in tables if table.width <= width), tables[-1])


def _from_full_to_least(plan: Plan) -> Iterator[Grid]:
    yield from _with_every_figure(plan)
    for number in range(2, len(_EXPENDABLE) + 1):
        yield _table(plan, _EXPENDABLE[:number], is_tall=True)


def _with_every_figure(plan: Plan) -> Iterator[Grid]:
    for given_up in ((), _EXPENDABLE[:1]):
        yield _table(plan, given_up, is_tall=False)
        yield _table(plan, given_up, is_tall=True)


def _table(plan: Plan, given_up: tuple[str, ...], *, is_tall: bool) -> Grid:
    """The table without the columns `given_up`; `is_tall` writes the names on two lines."""
    columns = tuple(column for column in _COLUMNS if column.name not in given_up)
    return grid(
        [column.name.replace(" ", "\n") if is_tall else column.name for column in columns],
        "".join(column.side for column in columns),
        [[column.cell(plan, row) for column in columns] for row in plan.rows],
    )
