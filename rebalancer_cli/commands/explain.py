"""`rebalance explain`: how one symbol's trade, or its absence, came about, in each account."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.exits import Exit, exit_of
from rebalancer_cli.inputs import LocatedInputs
from rebalancer_cli.looking import read_or_exit
from rebalancer_cli.options import (
    account_option,
    config_option,
    csv_option,
    json_option,
    saved_snapshot,
    snapshot_option,
    valid_inputs,
)
from rebalancer_cli.screen.console import console_text
from rebalancer_core.application.offline import reading_of
from rebalancer_core.application.types import AccountInputs, Inputs, Reading
from rebalancer_core.planning.explain import Explanation, explanations, sentences
from rebalancer_core.planning.plan import plan_with_decisions
from rebalancer_core.reporting.failures import failure
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.account import AccountSnapshot, Snapshot
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.money import plain
from rebalancer_core.values.results import Failed, unwrap_or_failed

JsonCell = str | bool | int | None | list[dict[str, str]]


@click.command("explain")
@click.argument("symbol")
@config_option
@csv_option
@account_option
@snapshot_option
@json_option
def command(
    *,
    symbol: str,
    config: Path,
    csv: Path | None,
    accounts: tuple[str, ...],
    snapshot_file: Path | None,
    json_output: bool,
) -> None:
    """Say where SYMBOL's target comes from, what was wanted, what bound it, what was decided."""
    inputs = valid_inputs(config, Flags(csv=csv, accounts=accounts, read_only=True))
    reading = _read(inputs, saved_snapshot(snapshot_file))
    wanted = Symbol(symbol.strip().upper())
    found: list[Explanation] = []
    failed: list[AccountReport] = []
    for account, entry in zip(inputs.accounts, reading.accounts, strict=True):
        if isinstance(entry, AccountReport):
            failed.append(entry)
            continue
        explained = _explained(wanted, inputs, account, entry, reading)
        if isinstance(explained, AccountReport):
            failed.append(explained)
        else:
            found.extend(explained)
    for report in failed:
        click.echo(f"{report.account_id}: {report.error}", err=True)
    _print(found, json_output=json_output)
    if not found and not failed:
        raise click.UsageError(f"{wanted} is neither held nor in the portfolios")
    code = exit_of(tuple(failed), unreported=False)
    raise click.exceptions.Exit(Exit.PARTIAL if failed and found else code)


def _read(inputs: LocatedInputs, saved: Snapshot | None) -> Reading:
    if saved is not None:
        return reading_of(saved, inputs.accounts)
    return read_or_exit(inputs)


def _explained(
    symbol: Symbol,
    inputs: Inputs,
    account: AccountInputs,
    snapshot: AccountSnapshot,
    reading: Reading,
) -> tuple[Explanation, ...] | AccountReport:
    planned = unwrap_or_failed(
        plan_with_decisions(
            snapshot=snapshot,
            quotes=reading.market.quotes,
            targets=account.targets,
            policy=account.settings.rebalance,
        )
    )
    if isinstance(planned, Failed):
        return failure(account.settings.account_id, planned.error)
    return explanations(
        symbol, planned=planned, portfolios=account.portfolios, blend=inputs.settings.blend
    )


def _print(found: list[Explanation], *, json_output: bool) -> None:
    if json_output:
        rows = [_object(entry) for entry in found]
        click.echo(json.dumps({"schema": 1, "explanations": rows}, indent=2))
        return
    for entry in found:
        click.echo(f"{entry.account_id} {console_text(entry.symbol)}")
        for line in sentences(entry):
            click.echo(f"  {console_text(line)}")


def _object(entry: Explanation) -> dict[str, JsonCell]:
    return {
        "account_id": entry.account_id,
        "symbol": entry.symbol,
        "con_id": entry.con_id,
        "contributions": [
            {
                "model": part.model,
                "share": plain(part.share),
                "weight": plain(part.weight),
                "fraction": plain(part.fraction),
            }
            for part in entry.contributions
        ],
        "target_weight": _number(entry.target_weight),
        "current_weight": _number(entry.current_weight),
        "drift": _number(entry.drift),
        "drift_usd": _number(entry.drift_usd),
        "trigger_mode": entry.trigger_mode.value,
        "measured": _number(entry.measured),
        "band_bps": plain(entry.band_bps),
        "is_outside": entry.is_outside,
        "wanted_action": entry.wanted_action.value,
        "wanted": plain(entry.wanted),
        "decided_action": entry.decided_action.value,
        "decided": plain(entry.decided),
        "decided_usd": plain(entry.decided_usd),
        "after_weight": _number(entry.after_weight),
        "reason": entry.reason.value if entry.reason else None,
        "note": entry.note,
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
