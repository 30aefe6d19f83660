"""What the flags of a command ask a run for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from attrs import frozen

from rebalancer_core.reconcile.saved_plan import SavedPlan
from rebalancer_core.values.account import Snapshot


@frozen(kw_only=True)
class Keep:
    """The file that a plan is to be kept in, and for how long it may be applied at most."""

    path: Path
    valid_for: timedelta


@frozen(kw_only=True)
class RunRequest:
    """What the flags ask for: `run` alone, to `keep` a preview in a file, or to `apply` one.

    `snapshot` stands for a gateway. `detailed`: the exit code of a preview says what is wanted.
    `command` is its name for programs.
    """

    dry_run: bool = False
    without_prompt: bool = False
    snapshot: Snapshot | None = None
    keep: Keep | None = None
    apply: SavedPlan | None = None
    detailed: bool = False
    command: str = "run"
