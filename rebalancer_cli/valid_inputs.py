"""What a planning command works on, or the end of the command where a file is wrong."""

from __future__ import annotations

from pathlib import Path

from rebalancer_adapters.saved.snapshot_json import load_snapshot
from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.inputs import LocatedInputs, load_inputs
from rebalancer_cli.options import environment
from rebalancer_cli.problems import tell, value_or_exit
from rebalancer_core.values.account import Snapshot


def saved_snapshot(path: Path | None) -> Snapshot | None:
    """The snapshot of that file, None without a file; exit 3 where it is wrong."""
    return None if path is None else value_or_exit(load_snapshot(path))


def valid_inputs(config: Path, flags: Flags) -> LocatedInputs:
    """The inputs, or the end of the command: 2 for wrong flags, 3 for wrong files.

    Problems and warnings are printed to stderr, all of them.
    """
    inputs = value_or_exit(load_inputs(config, environment(), flags))
    tell((*inputs.settings.warnings, *inputs.problems))
    return inputs
