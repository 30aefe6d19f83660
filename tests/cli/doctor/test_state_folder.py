"""The state folder: what a run needs of it, and who else can read it."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rebalancer_cli.main import cli
from rebalancer_core.application.doctor.findings import Check
from tests.adapters.journal.made_up import opened
from tests.cli.conftest import Serve
from tests.cli.doctor.test_doctor import TARGETS, asked
from tests.support import account, market, workspace
from tests.support.disks import open_umask, tiny_disk, without_hard_links

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")


def test_where_there_are_no_hard_links_the_doctor_is_content_and_a_run_trades(
    tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_hard_links(monkeypatch)
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    found = asked(space)
    assert {row["level"] for row in found.rows if row["check"] != Check.WHAT_IF.value} == {"ok"}
    done = CliRunner().invoke(cli, ["run", "--yes", "--config", str(space.settings)])
    assert done.exit_code == 0, done.output
    assert len(gateway.placed) == len(TARGETS)
    assert space.post("DU111111")
    assert asked(space).levels(Check.JOURNAL) == ["ok"]


def test_a_state_folder_that_cannot_hold_a_journal_is_found_by_making_one(
    tmp_path: Path, serve: Serve
) -> None:
    """A report still fits on this disk, a database does not."""
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    with tiny_disk(10 * 1024):
        found = asked(space)
    assert found.code == 5
    assert found.problems == {"state"}
    assert "set [io] state_dir" in found.said(Check.STATE)
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["locks"]


@posix
def test_every_folder_made_for_the_state_is_its_owners_alone(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS, state_dir="own/deep/state")
    with open_umask():
        found = asked(space)
        done = CliRunner().invoke(cli, ["run", "--yes", "--config", str(space.settings)])
    assert found.levels(Check.STATE) == ["ok"]
    assert done.exit_code == 0, done.output
    modes = {
        path.relative_to(tmp_path).as_posix(): path.stat().st_mode & 0o777
        for path in (tmp_path / "own", *(tmp_path / "own").rglob("*"))
    }
    assert {name: oct(mode) for name, mode in modes.items() if mode != 0o700} == {
        "own/deep/state/journal.sqlite": oct(0o600),
        "own/deep/state/locks/DU111111.lock": oct(0o600),
        "own/deep/state/locks/DU111111.holder": oct(0o600),
    }


@posix
@pytest.mark.parametrize("mode", [0o755, 0o702])
def test_a_state_folder_open_to_others_is_a_warning_with_its_fix(
    mode: int, tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS, state_dir="my state")
    folder = tmp_path / "my state"
    folder.mkdir()
    folder.chmod(mode)
    found = asked(space)
    assert found.code == 0
    assert found.levels(Check.STATE) == ["ok", "warning"]
    assert f"-> chmod 700 '{folder}'" in found.said(Check.STATE)
    folder.chmod(0o700)
    assert asked(space).levels(Check.STATE) == ["ok"]


@posix
def test_a_journal_open_to_others_is_a_warning_with_its_fix(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    journal = tmp_path / "state" / "journal.sqlite"
    with opened(journal):
        journal.chmod(0o644)
    found = asked(space)
    assert found.code == 0
    assert found.levels(Check.JOURNAL) == ["ok", "warning"]
    assert f"-> chmod 600 {journal}" in found.said(Check.JOURNAL)
