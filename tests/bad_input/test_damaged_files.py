"""Damaged settings, portfolios, snapshots and markets are refused with places, or still good.

`make fuzz` tries many more: `BAD_INPUTS` multiplies them, `BAD_INPUT_SEED` draws others.
"""

import os
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from random import Random

import pytest

from tests.adapters.case_files import FIXTURES
from tests.bad_input.damage import damaged
from tests.bad_input.judge import BY_LINE, BY_NAME, told, wrongs
from tests.bad_input.sample_files import MARKET, PORTFOLIOS, SETTINGS, SNAPSHOT

TIMES = int(os.environ.get("BAD_INPUTS", "1"))
SEED = os.environ.get("BAD_INPUT_SEED", "1")
_IN_A_BATCH = 25
_GOOD = FIXTURES / "good"
_SETTINGS = [path.read_bytes() for path in sorted((_GOOD / "settings").glob("*.ini"))]
_PORTFOLIOS = [path.read_bytes() for path in sorted((_GOOD / "portfolios").glob("*.csv"))]
_TWO_MODELS = SETTINGS.replace("MAIN = 1", "SMURF = 0.6\nBADASS = 0.4")
_PLANNED = (
    0,
    3,
    4,
    5,
    6,
)  # a snapshot that still is one may hold an account that cannot be planned


@pytest.mark.parametrize("batch", range(16 * TIMES))
def test_damaged_settings_are_refused_with_places_or_still_good(batch: int, tmp_path: Path) -> None:
    (tmp_path / "portfolios.csv").write_text(PORTFOLIOS, encoding="utf-8")
    file = tmp_path / "settings.ini"
    _check_batch(f"settings {batch}", _SETTINGS, file, ["validate-config", "--config"], (0, 3))


@pytest.mark.parametrize("batch", range(8 * TIMES))
def test_damaged_portfolios_are_refused_with_places_or_still_good(
    batch: int, tmp_path: Path
) -> None:
    settings = tmp_path / "settings.ini"
    settings.write_text(_TWO_MODELS, encoding="utf-8")
    command = ["validate-portfolios", "--offline", "--config", str(settings), "--csv"]
    _check_batch(f"portfolios {batch}", _PORTFOLIOS, tmp_path / "p.csv", command, (0, 3))


@pytest.mark.parametrize("batch", range(4 * TIMES))
def test_damaged_snapshots_are_refused_with_places_or_planned(batch: int, tmp_path: Path) -> None:
    (tmp_path / "portfolios.csv").write_text(PORTFOLIOS, encoding="utf-8")
    settings = tmp_path / "settings.ini"
    settings.write_text(SETTINGS.replace(", DU222222", ""), encoding="utf-8")
    command = ["run", "--config", str(settings), "--snapshot"]
    file = tmp_path / "snapshot.json"
    _check_batch(f"snapshots {batch}", [SNAPSHOT.encode()], file, command, _PLANNED, BY_NAME)


@pytest.mark.parametrize("batch", range(2 * TIMES))
def test_damaged_markets_are_refused_with_places(batch: int, tmp_path: Path) -> None:
    # A scenario that is none ends the command also where the market is still good.
    scenario = tmp_path / "scenario.toml"
    scenario.write_text("", encoding="utf-8")
    command = ["gateway", "--port", "0", "--scenario", str(scenario), "--market"]
    file = tmp_path / "market.toml"
    _check_batch(f"markets {batch}", [MARKET.encode()], file, command, (3,), BY_NAME)


def _check_batch(
    name: str,
    originals: Sequence[bytes],
    file: Path,
    command: Sequence[str],
    codes: Collection[int],
    places: re.Pattern[str] = BY_LINE,
) -> None:
    lots = Random(f"{SEED} {name}")
    found = []
    for _ in range(_IN_A_BATCH):
        content = damaged(lots.choice(originals), lots)
        file.write_bytes(content)
        said = told([*command, str(file)])
        found += [f"{wrong}: {content!r}" for wrong in wrongs(said, codes, places)]
    assert not found, "\n".join(found)
