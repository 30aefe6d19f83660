"""A command with --json that ends before it has data prints why, with the same exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner

from rebalancer_adapters.memory import memory_world
from rebalancer_cli.main import cli
from rebalancer_cli.run_request import RunRequest
from tests.adapters.memory.played import SAVED
from tests.adapters.saved.json_schema import Schema, misfits
from tests.cli.memory_desk import memory_desk
from tests.support import Workspace, workspace
from tests.support.environment import ROOT

TARGETS = {"SPY": "60", "IEF": "40"}
_SCHEMA: Schema = json.loads(
    (ROOT / "docs" / "schemas" / "error.schema.json").read_text(encoding="utf-8")
)


def _ended(line: tuple[str, ...]) -> tuple[int, str, str]:
    """The exit code, stdout and stderr of a command line."""
    done = CliRunner().invoke(cli, line)
    return done.exit_code, done.stdout, done.stderr


def _error_in(stdout: str, command: str) -> str:
    document = json.loads(stdout)
    assert list(misfits(document, _SCHEMA, _SCHEMA)) == []
    assert document["command"] == command
    error: str = document["error"]
    return error


@pytest.mark.parametrize(
    ("line", "code", "why"),
    [
        ("run --config none.ini", 3, "none.ini:1:1 file does not exist"),
        ("--dry-run --config none.ini", 3, "file does not exist"),
        ("plan --config none.ini", 3, "file does not exist"),
        ("snapshot --config none.ini", 3, "file does not exist"),
        ("explain SPY --config none.ini", 3, "file does not exist"),
        ("price SPY --config none.ini", 3, "file does not exist"),
        ("status --config none.ini", 3, "file does not exist"),
        ("recover --config none.ini", 3, "file does not exist"),
        ("resolve x --filled 0 --reason y --config none.ini", 3, "file does not exist"),
        ("report 1 --config none.ini", 3, "file does not exist"),
        ("validate-portfolios --config none.ini", 3, "file does not exist"),
        ("doctor --connect-only --config none.ini", 3, "file does not exist"),
        ("show none.json", 3, "none.json:1:1 file does not exist"),
        ("apply none.json", 3, "none.json:1:1 file does not exist"),
        ("snapshot", 4, "connection refused"),
        ("explain SPY", 4, "connection refused"),
        ("price SPY", 4, "connection refused"),
        ("run --yes --confirm", 2, "contradict each other"),
        ("run --nonsense", 2, "No such option '--nonsense'"),
        ("plan -o settings.ini", 2, "already exists"),
        ("resolve x --filled 0 --reason y --yes", 2, "x is not an open order"),
        ("report 1", 2, "no run 1 in the journal"),
        ("run --account DU999999", 2, "does not list this account"),
        ("explain SPY --snapshot none.json", 3, "file does not exist"),
    ],
)
def test_a_command_that_ends_before_it_has_data_prints_why_as_one_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, code: int, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    workspace(tmp_path, 1, TARGETS)
    words = tuple(line.split())
    plain = _ended(words)
    assert plain[:2] == (code, "")
    ended, stdout, stderr = _ended((*words, "--json"))
    assert (ended, stderr) == (code, plain[2])
    assert why in _error_in(stdout, "run" if line.startswith("-") else words[0])


def test_a_command_without_json_prints_no_object(tmp_path: Path) -> None:
    code, stdout, _ = _ended(("init", str(tmp_path), "--json"))
    assert (code, stdout) == (2, "")


def test_a_run_that_ends_before_any_report_prints_why_as_one_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = memory_world(evolve(SAVED, quotes=()))
    desk = memory_desk(workspace(tmp_path, 4002, TARGETS), world, monkeypatch)
    unknown = desk.run(RunRequest(dry_run=True), json_output=True)
    assert unknown.code == 3, unknown.text
    error = _error_in(unknown.stdout, "run")
    assert f"{desk.space.portfolios}:2:1 SPY: unknown to IBKR" in error
    assert f"{desk.space.portfolios}:3:1 IEF: unknown to IBKR" in error

    blocked = _without_reports(tmp_path / "other")
    done = memory_desk(blocked, world, monkeypatch).run(RunRequest(), json_output=True)
    assert done.code == 5, done.text
    assert "reports" in _error_in(done.stdout, "run")


def _without_reports(folder: Path) -> Workspace:
    """A folder where a file stands in place of the report directory."""
    folder.mkdir()
    space = workspace(folder, 4002, TARGETS)
    space.report_dir.write_text("in the way", encoding="utf-8")
    return space
