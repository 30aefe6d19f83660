"""The sessions play once, in a process whose environment is nobody's."""

import json
import subprocess
import sys
from collections.abc import Mapping

import pytest

from tests.support.processes import ROOT, environment

Goldens = Mapping[str, Mapping[str, str]]
_PATIENCE_SECONDS = 100


@pytest.fixture(scope="session")
def played() -> Goldens:
    """What each session of `sessions.py` shows and writes, by its name."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.goldens"],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env=environment(),
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    goldens: Goldens = json.loads(done.stdout)
    return goldens
