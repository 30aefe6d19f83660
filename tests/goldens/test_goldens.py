"""What the program shows and writes is what it showed and wrote when the goldens were made."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.goldens.comparing import GOLDENS, expect
from tests.goldens.conftest import Goldens
from tests.goldens.journal_rows import run_ids
from tests.goldens.sessions import OLD_JOURNAL, PROCESSES, SESSIONS
from tests.support import workspace

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="screens break their lines where paths of Linux end"
)


@pytest.mark.parametrize("session", SESSIONS)
def test_a_session_shows_and_writes_what_it_did(session: str, played: Goldens) -> None:
    expect(session, played[session])


def test_every_session_is_played() -> None:
    assert sorted(name for names in PROCESSES for name in names) == sorted(SESSIONS)


def test_a_process_of_its_own_shows_the_same(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, {"SPY": "100"})
    (tmp_path / "state").mkdir(mode=0o700)
    shutil.copyfile(OLD_JOURNAL, tmp_path / "state" / "journal.sqlite")
    run = run_ids(OLD_JOURNAL)[0]
    told = space.command("report", run, "--offline")
    golden = (GOLDENS / "old_files" / "report-1.txt").read_text(encoding="utf-8")
    shown = told.stdout.replace(str(tmp_path), "/the/folder/of/a/user")
    assert golden == (
        f"$ rebalance report {run} --offline\n{shown}--- stderr\n{told.stderr}"
        f"--- exit {told.code}\n"
    )
