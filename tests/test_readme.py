"""The README's examples are run, and what it prints of the demo is what the demo prints."""

from __future__ import annotations

import doctest
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from rebalancer_cli.main import cli

README = Path(__file__).parent.parent / "README.md"


def test_the_python_examples_run() -> None:
    failed, tried = doctest.testfile(str(README), module_relative=False)
    assert tried
    assert not failed


def test_the_demo_prints_what_the_readme_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    shown = re.search(
        r"<!-- demo: DU111111 -->\n```\n(.*?)```", README.read_text("utf-8"), re.DOTALL
    )
    assert shown
    printed = CliRunner().invoke(cli, ["demo", "--reports", str(tmp_path)]).stdout
    assert _without_times(shown[1]) in _without_times(printed)


def test_every_command_of_the_program_is_in_the_readme() -> None:
    text = README.read_text("utf-8")
    commands = cli.list_commands(None)  # type: ignore[arg-type]  # the list needs no context
    assert [name for name in commands if f"`{name}" not in text] == []


def _without_times(text: str) -> str:
    return re.sub(r"As of .*? UTC \| Prices up to \d+ s old", "As of", text)


def test_the_oldest_python_is_the_one_of_the_package() -> None:
    package = tomllib.loads((README.parent / "pyproject.toml").read_text(encoding="utf-8"))
    oldest = re.search(r"Python (3\.\d+) or newer", README.read_text(encoding="utf-8"))
    assert oldest is not None
    assert package["project"]["requires-python"] == f">={oldest[1]}"
    assert [int(part) for part in oldest[1].split(".")] >= [3, 11]
