"""The environment that the program is started in: from this checkout, and nobody's own settings."""

import os
from collections.abc import Mapping
from pathlib import Path

from tests.support.timing import TIMING

ROOT = Path(__file__).resolve().parents[2]
_OWN_PREFIX = "REBALANCE_"
_OF_THE_SCREEN = frozenset({"COLUMNS", "NO_COLOR", "FORCE_COLOR"})
_READ_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_")


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """This environment, with `changes`; no settings, colours and window of the user, no pauses."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_OWN_PREFIX) and name not in _OF_THE_SCREEN
    }
    own = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **TIMING.environment}
    return kept | own | dict(changes or {})


def read_at_start(variables: Mapping[str, str]) -> dict[str, str]:
    """Those that Python and the C library look at once, when a process starts."""
    return {name: value for name, value in variables.items() if name.startswith(_READ_AT_START)}
