"""The state folder: what a run needs of it is what the doctor tries."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from rebalancer_cli.doctor.findings import Check
from rebalancer_cli.main import cli
from tests.cli.conftest import Serve
from tests.cli.doctor.test_doctor import TARGETS, asked
from tests.kit import account, market, workspace
from tests.kit.disks import tiny_disk, without_hard_links


def test_where_there_are_no_hard_links_the_doctor_is_content_and_a_run_trades(
    tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_hard_links(monkeypatch)
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    found = asked(space)
    assert {row["level"] for row in found.rows} == {"ok"}
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
