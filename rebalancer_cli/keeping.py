"""From a preview to a plan file: whole or not at all, and never over another file."""

from __future__ import annotations

import logging

from rebalancer_adapters.ground.durable_files import write_new
from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_adapters.saved.plan_json import plan_to_json
from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli.rules import rules_sha256
from rebalancer_cli.run_request import Keep
from rebalancer_core.application.saved_plan import plan_to_save
from rebalancer_core.application.types import Draft, Run
from rebalancer_core.reconcile.saved_plan import SavedPlan
from rebalancer_core.reporting.run_json import run_json
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.faults import ReportFault
from rebalancer_core.values.results import Failed, unwrap_or_failed

LOG = logging.getLogger(__name__)


def keep_plan(
    keep: Keep,
    settings: Settings,
    run: Run,
    drafts: tuple[Draft, ...],
    reports: tuple[AccountReport, ...],
) -> SavedPlan | ReportFault:
    """Write the plans of a preview to their file; comes back with what was written.

    A fault where the file could not be written, or was there by now.
    """
    ids = frozenset(each.account_id for each in drafts)
    saved = plan_to_save(
        run,
        drafts,
        reports,
        valid_for=keep.valid_for,
        rules_sha256=rules_sha256(settings, ids),
    )
    text = plan_to_json(saved, run_json(reports, run.started_at))
    written = unwrap_or_failed(write_new(keep.path, text))
    if isinstance(written, Failed):
        return written.error
    LOG.info("wrote the plan to %s, until %s", shown_path(keep.path), saved.expires.isoformat())
    return saved
