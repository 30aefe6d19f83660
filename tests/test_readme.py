"""The README's examples run, its figures are the program's, and it links every page."""

from __future__ import annotations

import doctest
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from rebalancer_cli.main import cli
from rebalancer_core.reporting.summary import SUMMARY_COLUMNS, AccountStatus

README = Path(__file__).parent.parent / "README.md"
DOCS = README.parent / "docs"


def test_the_python_examples_run() -> None:
    failed, tried = doctest.testfile(str(README), module_relative=False)
    assert tried
    assert not failed


def test_the_demo_trades_three_accounts_and_prints_what_the_readme_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    shown = re.search(
        r"<!-- demo: DU111111 -->\n```\n(.*?)```", README.read_text("utf-8"), re.DOTALL
    )
    assert shown
    done = CliRunner().invoke(cli, ["demo", "--reports", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert _without_times(shown[1]) in _without_times(done.stdout)
    assert done.stdout.count("nothing to do") == 3
    assert "32 orders were sent and filled" in done.stdout


def test_every_command_of_the_program_is_in_the_readme() -> None:
    text = README.read_text("utf-8")
    commands = cli.list_commands(None)  # type: ignore[arg-type]  # the list needs no context
    assert [name for name in commands if f"`{name}" not in text] == []


def test_every_page_is_in_the_list_of_the_readme() -> None:
    listed = README.read_text("utf-8").partition("## How it is built")[2]
    pages = sorted(path.name for path in DOCS.iterdir() if path.is_file())
    assert len(pages) > 20
    assert [name for name in pages if f"](docs/{name})" not in listed] == []


@pytest.mark.parametrize("page", [README, *sorted(DOCS.glob("*.md"))], ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s#]+)", page.read_text("utf-8"))
    files = [link for link in links if "://" not in link]
    assert [link for link in files if not (page.parent / link).exists()] == []


def test_the_columns_of_the_summary_are_those_that_are_written() -> None:
    columns = [name for name, _ in SUMMARY_COLUMNS]
    told = re.search(
        r"columns of `run_summary_<time>.csv` are (.+?);", README.read_text("utf-8"), re.DOTALL
    )
    assert told
    assert re.findall(r"`(\w+)`", told[1]) == columns
    summary = (DOCS / "reports.md").read_text("utf-8").partition("## The run summary")[2]
    rows = re.findall(r"^\| `([^`]+)` \|", summary, re.MULTILINE)
    assert rows == columns + [status.value for status in AccountStatus]


def test_what_is_called_future_is_not_built_yet() -> None:
    future = re.search(r"\n## Future work\n(.+?)\n## ", README.read_text("utf-8"), re.DOTALL)
    assert future
    requirements = (DOCS / "requirements.md").read_text("utf-8")
    sections = re.findall(r"R \d+\.\d+", future[1])
    assert len(sections) > 1
    for section in sections:
        body = requirements.partition(f"### {section} ")[2].partition("\n### ")[0]
        assert "*(not yet:" in body, f"{section} is built: it is no future work any more"


def _without_times(text: str) -> str:
    return re.sub(r"As of .*? UTC \| Prices up to \d+ s old", "As of", text)


def test_the_oldest_python_is_the_one_of_the_package() -> None:
    package = tomllib.loads((README.parent / "pyproject.toml").read_text(encoding="utf-8"))
    oldest = re.search(r"Python (3\.\d+) or newer", README.read_text(encoding="utf-8"))
    assert oldest is not None
    assert package["project"]["requires-python"] == f">={oldest[1]}"
    assert [int(part) for part in oldest[1].split(".")] >= [3, 11]
