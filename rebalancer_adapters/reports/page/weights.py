"""Where each holding stood, should stand and stands, and why it traded or did not."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.reports.page.bars import Scale, legend, scale_of, weight_bars
from rebalancer_adapters.reports.page.markup import (
    Heading,
    Look,
    Markup,
    figure,
    signed_figure,
    table,
    tag,
    text,
    together,
)
from rebalancer_core.reporting.cells import (
    percent_cell,
    price_cell,
    quantity_cell,
    usd_cell,
)
from rebalancer_core.reporting.post_trade import PostTradeRow
from rebalancer_core.reporting.pre_trade import row_note, trades
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.money import cents
from rebalancer_core.values.plan import Plan, PlanRow

_WEIGHTS: tuple[Heading, ...] = (
    Heading("Symbol"),
    Heading("Weights", Look.PICTURE),
    Heading("Before %", Look.NUMBER),
    Heading("Target %", Look.NUMBER),
    Heading("Drift %", Look.NUMBER),
    Heading("Drift $", Look.NUMBER),
    Heading("Planned %", Look.NUMBER),
)
_AFTER = Heading("After %", Look.NUMBER)
_DECISIONS = (
    Heading("Symbol"),
    Heading("Held", Look.NUMBER),
    Heading("Est. price $", Look.NUMBER),
    Heading("Action"),
    Heading("Qty", Look.NUMBER),
    Heading("Est. value $", Look.NUMBER),
    Heading("Reason / notes"),
)


@frozen(kw_only=True)
class Holding:
    """A row of the plan; `lines` are its lines of the post-trade report, none before trading."""

    row: PlanRow
    lines: tuple[PostTradeRow, ...] = ()

    @property
    def after(self) -> Decimal | None:
        """Its weight after trading; what was planned where nothing was sent."""
        return self.lines[0].new_weight if self.lines else self.row.after_weight

    @property
    def why(self) -> str:
        """Why it does not trade, or not in full; of an order the orders' table says more."""
        notes = tuple(note for line in self.lines if line.status is None for note in line.notes)
        return "; ".join(notes) or row_note(self.row)


def holdings(plan: Plan, lines: tuple[PostTradeRow, ...]) -> tuple[Holding, ...]:
    """Every row of the plan with its lines, in the plan's order."""
    of: dict[tuple[ConId | None, Symbol], tuple[PostTradeRow, ...]] = {}
    for line in lines:
        key = (line.row.con_id, line.row.symbol)
        of[key] = (*of.get(key, ()), line)
    return tuple(Holding(row=row, lines=of.get((row.con_id, row.symbol), ())) for row in plan.rows)


def render_weights(held: tuple[Holding, ...], *, is_traded: bool) -> Markup:
    """Weights before, target, drift, planned and (`is_traded`) after, each row with its bars."""
    rows = tuple(holding.row for holding in held)
    scale = scale_of(
        (
            *(row.current_weight for row in rows),
            *(row.target_weight for row in rows),
            *(holding.after for holding in held),
        )
    )
    headings = (*_WEIGHTS, _AFTER) if is_traded else _WEIGHTS
    return together(
        table(
            "Weights and drift, in percent of managed net liquidation",
            headings,
            (_weight_cells(holding, scale, is_traded=is_traded) for holding in held),
        ),
        legend("after trading" if is_traded else "as planned"),
    )


def render_decisions(held: tuple[Holding, ...]) -> Markup:
    """What each row was to trade, and why the rest does not."""
    return table(
        "What was planned, and why the rest does not trade",
        _DECISIONS,
        (_decision_cells(holding) for holding in held),
    )


def _weight_cells(holding: Holding, scale: Scale, *, is_traded: bool) -> tuple[Markup, ...]:
    row = holding.row
    after = (figure(percent_cell(holding.after)),) if is_traded else ()
    return (
        text(row.symbol),
        weight_bars(scale, row.current_weight, row.target_weight, holding.after),
        figure(percent_cell(row.current_weight)),
        figure(percent_cell(row.target_weight)),
        signed_figure(percent_cell(row.drift)),
        signed_figure(usd_cell(row.drift_usd)),
        figure(percent_cell(row.after_weight)),
        *after,
    )


def _decision_cells(holding: Holding) -> tuple[Markup, ...]:
    row = holding.row
    quantity = figure(quantity_cell(row.quantity)) if trades(row) else figure(None)
    value = figure(usd_cell(row.value_usd)) if trades(row) else figure(None)
    return (
        text(row.symbol),
        figure(cents(row.held) if row.is_cash else quantity_cell(row.held)),
        figure(price_cell(row.price)),
        tag("strong", text(row.action.value)) if trades(row) else text("none"),
        quantity,
        value,
        text(holding.why or "-"),
    )
