"""Killed at any instant, whether it has a name or not: `make crash` tries 200 of them.

`CRASHES` says how many, `CRASH_SEED` which, empty for any; a failure names its seed.
"""

import os
import random
import secrets
import time
from pathlib import Path

import pytest

from tests.crash.aftermath import (
    ACCOUNT,
    Aftermath,
    assert_nothing_is_lost,
    gateway_for_crashes,
    killed_while,
    needs_sigkill,
    space_for_crashes,
    undisturbed,
    was_killed,
)
from tests.support import Finished
from tests.support.player import Player

pytestmark = needs_sigkill

CRASHES = int(os.environ.get("CRASHES", "4"))
SEED = os.environ.get("CRASH_SEED", "1") or secrets.token_hex(4)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    """The run without a crash."""
    return undisturbed(tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize("number", range(CRASHES))
def test_a_crash_at_any_instant_loses_nothing(tmp_path: Path, plan: Aftermath, number: int) -> None:
    lots = random.Random(f"{SEED} {number}")
    after = _killed_after(lots.randint(1, plan.frames), lots.uniform(0, 0.02), tmp_path)
    try:
        assert was_killed(after.killed) or after.killed.code == 0, after.killed.text
        assert_nothing_is_lost(after, plan)
    except AssertionError as lost:
        raise AssertionError(f"CRASH_SEED={SEED} CRASHES={CRASHES}, crash {number}") from lost


def _killed_after(frames: int, seconds: float, folder: Path) -> Aftermath:
    """Killed once that many frames crossed the wire, and a moment later."""
    with gateway_for_crashes() as gateway:
        player = Player(gateway, space_for_crashes(folder, gateway), ACCOUNT)

        def run() -> Finished:
            with player.start("run", "--yes") as running:
                gateway.wait_until(lambda g: g.frames >= frames or running.has_ended)
                time.sleep(seconds)
                running.kill()
                return running.finish()

        return killed_while(player, run)
