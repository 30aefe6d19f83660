"""`rebalance show FILE`: a saved plan as it was previewed, and whether it still fits its inputs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.inputs import load_inputs
from rebalancer_cli.messages import explain_changed, inputs_invalid
from rebalancer_cli.opening import opened_plan, plan_argument
from rebalancer_cli.options import config_option, csv_option, environment, json_option
from rebalancer_cli.rules import changed_inputs
from rebalancer_cli.screen.saved_plan import Shown, render_shown, shown_object
from rebalancer_cli.terminal.terminal import process_terminal
from rebalancer_core.messages.changes import explain_misfit
from rebalancer_core.reconcile.saved_plan import PlanEnded, SavedPlan
from rebalancer_core.values.results import Failed, unwrap_or_failed


@click.command("show")
@plan_argument
@config_option
@csv_option
@json_option
def command(
    *,
    file: Path,
    config: Path,
    csv: Path | None,
    json_output: bool,
) -> None:
    """Show the plan that FILE keeps; no gateway is asked. FILE is what `plan -o` wrote."""
    saved = opened_plan(file)
    now = datetime.now(UTC)
    shown = Shown(
        name=shown_path(file),
        saved=saved,
        now=now,
        why_not=(
            *((explain_misfit(PlanEnded(at=saved.expires)),) if now >= saved.expires else ()),
            *_changed(saved, config, csv),
        ),
    )
    terminal = process_terminal(json_output=json_output)
    terminal.data(shown_object(shown) if json_output else render_shown(shown, terminal.width))


def _changed(saved: SavedPlan, config: Path, csv: Path | None) -> tuple[str, ...]:
    inputs = unwrap_or_failed(load_inputs(config, environment(), Flags(csv=csv)))
    if isinstance(inputs, Failed):
        return (inputs_invalid(shown_path(config)),)
    return tuple(explain_changed(each) for each in changed_inputs(saved, inputs))
