"""The log of a run, open before anything is read: what stops a run is in it, too (R 9.5.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from returns.result import Failure, Result

from rebalancer_adapters.reports.run_log import RunLog, open_run_log
from rebalancer_adapters.settings.settings import Flags, IoSettings
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_core.messages import explain_fault
from rebalancer_core.values.faults import ReportFault
from rebalancer_core.values.results import Failed, unwrap_or_failed

_REPORT_DIR = "REBALANCE_IO_REPORT_DIR"
OpenedLog = RunLog | Failed[ReportFault]


@contextmanager
def run_log(config: Path, environment: Mapping[str, str]) -> Iterator[OpenedLog]:
    """The log, open for the block, or why there is none; a run without one is refused.

    Where the settings are wrong it is in the folder that the environment names, else in `reports`
    beside them. A command that ends before it runs says that there is no log.
    """
    opened = unwrap_or_failed(_opened(config, environment))
    if not isinstance(opened, Failed):
        with opened:
            yield opened
        return
    try:
        yield opened
    except click.exceptions.Exit:
        click.echo(explain_fault(opened.error), err=True)
        raise


def _opened(config: Path, environment: Mapping[str, str]) -> Result[RunLog, ReportFault]:
    now = datetime.now(UTC)
    settings = unwrap_or_failed(load_settings(config, environment, Flags()))
    if not isinstance(settings, Failed):
        io = settings.io
        return open_run_log(io.report_dir, now, io.log_level, io.log_format)
    usual, folder = IoSettings(), config.absolute().parent
    directory = folder / (environment.get(_REPORT_DIR) or usual.report_dir)
    if not _is_folder(folder):
        return Failure(ReportFault(path=str(directory), detail="no such directory"))
    return open_run_log(directory, now, usual.log_level)


def _is_folder(path: Path) -> bool:
    """Whether it is there: none is made for a path that may be mistyped."""
    try:
        return path.is_dir()
    except OSError:
        return False
