"""From a preview to a plan file: whole or not at all, and never over another file."""

from __future__ import annotations

import logging
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from attrs import frozen

from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_adapters.ground.whole_files import write_new
from rebalancer_adapters.saved.plan_json import plan_to_json
from rebalancer_cli.recovery.guarded import DISTRIBUTION
from rebalancer_cli.saved.rules import rules_sha256
from rebalancer_cli.stages import Draft, Run
from rebalancer_core.reconcile.saved_plan import LeftOut, SavedAccount, SavedPlan, end_of_trading
from rebalancer_core.reporting.run_json import run_json
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.account import Snapshot
from rebalancer_core.values.faults import ReportFault

LOG = logging.getLogger(__name__)


@frozen(kw_only=True)
class Keep:
    """The file that a plan is to be kept in, and for how long it may be applied at most."""

    path: Path
    valid_for: timedelta


def keep_plan(
    keep: Keep, run: Run, drawn: tuple[Draft, ...], reports: tuple[AccountReport, ...]
) -> SavedPlan | ReportFault:
    """Write the plans of a preview to their file; comes back with what was written.

    A fault where the file could not be written, or was there by now.
    """
    saved = saved_plan(keep.valid_for, run, drawn, reports)
    fault = write_new(keep.path, plan_to_json(saved, run_json(reports, run.started_at)))
    if fault is not None:
        return fault
    LOG.info("wrote the plan to %s, until %s", shown_path(keep.path), saved.expires.isoformat())
    return saved


def saved_plan(
    valid_for: timedelta, run: Run, drawn: tuple[Draft, ...], reports: tuple[AccountReport, ...]
) -> SavedPlan:
    """The plans as they were made, with everything that `apply` has to find unchanged.

    They hold until the first of the ordered symbols closes next, and no longer than `valid_for`.
    """
    settings = run.inputs.settings
    planned = {each.account_id for each in drawn}
    created = run.now()
    closes = (
        end_of_trading(
            each.made, each.market.listings, each.account.settings.rebalance.trading_hours, created
        )
        for each in drawn
    )
    market = drawn[0].market if drawn else None
    return SavedPlan(
        program=version(DISTRIBUTION),
        created=created,
        expires=min((created + valid_for, *(close for close in closes if close is not None))),
        settings_sha256=settings.sha256,
        rules_sha256=rules_sha256(settings, frozenset(planned)),
        accounts=tuple(
            SavedAccount(
                plan=each.made,
                style=each.style,
                portfolios_sha256=each.account.portfolios_sha256,
                breaches=each.breaches,
            )
            for each in drawn
        ),
        left_out=tuple(
            LeftOut(
                account_id=each.account_id,
                is_refused=each.status is AccountStatus.REFUSED,
                error=each.error,
            )
            for each in reports
            if each.account_id not in planned
        ),
        snapshot=Snapshot(
            as_of=market.as_of if market else created,
            accounts=tuple(each.snapshot for each in drawn),
            quotes=market.quotes if market else (),
        ),
    )
