"""What the program shows and writes is what it showed and wrote when the goldens were made."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.goldens.comparing import GOLDENS, expect
from tests.goldens.journal_rows import run_ids
from tests.goldens.sessions import OLD_JOURNAL, SESSIONS
from tests.support import rebalance, workspace

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="screens break their lines where paths of Linux end"
)


@pytest.mark.parametrize("session", SESSIONS)
def test_a_session_shows_and_writes_what_it_did(session: str) -> None:
    done = rebalance(session, program="tests.goldens")
    assert done.code == 0, done.stderr
    expect(session, json.loads(done.stdout))


def test_every_golden_belongs_to_a_session() -> None:
    assert sorted(path.name for path in GOLDENS.iterdir() if path.is_dir()) == sorted(SESSIONS)


def test_a_process_of_its_own_shows_the_same(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, {"SPY": "100"})
    (tmp_path / "state").mkdir(mode=0o700)
    shutil.copyfile(OLD_JOURNAL, tmp_path / "state" / "journal.sqlite")
    run = run_ids(OLD_JOURNAL)[0]
    told = rebalance("report", "--config", space.settings, run, "--offline", anew=True)
    golden = (GOLDENS / "old_files" / "report-1.txt").read_text(encoding="utf-8")
    shown = told.stdout.replace(str(tmp_path), "/the/folder/of/a/user")
    assert golden == (
        f"$ rebalance report {run} --offline\n{shown}--- stderr\n{told.stderr}"
        f"--- exit {told.code}\n"
    )
