"""docs/usage.md has an example of every flag; every example of every page is a valid command."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from attrs import frozen
from click.core import ParameterSource

from rebalancer_cli.main import cli
from tests.support.processes import rebalance

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "usage.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = cli.list_commands(click.Context(cli))

_BLOCK = re.compile(r"(<!-- executed -->\n)?^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_EXAMPLE = re.compile(r"^(?P<before>.*?)(?<![\w./\\-])rebalance (?P<words>.+)$")
_CHANGE = re.compile(r"^(?:[A-Z_]+=\S+ )+$")
_EXIT = re.compile(r"# exit (\d+)")
_ELSEWHERE = re.compile(r"[|&;<>(){}]")


@frozen(kw_only=True)
class Example:
    """One command line of a page: its words, the environment before it, and its exit code."""

    words: tuple[str, ...]
    environment: dict[str, str]
    code: int
    is_executed: bool

    @property
    def command(self) -> str:
        """The command; empty where flags of the program itself stand."""
        return self.words[0] if self.words[0] in COMMANDS else ""

    @property
    def asks_for_help(self) -> bool:
        """Whether it only prints something about the program."""
        return not {"--help", "-h", "--version"}.isdisjoint(self.words)


def examples(page: Path) -> Iterator[Example]:
    """Every line of a fenced block that calls the program; lines that go on are joined."""
    for executed, block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            found = _EXAMPLE.match(line.partition(" #")[0].rstrip())
            if found is None or found["before"].lstrip().startswith(("#", '"')):
                continue
            before = re.sub(r" +", " ", found["before"].lstrip())
            changes = before.split() if _CHANGE.match(before) else []
            code = _EXIT.search(line)
            yield Example(
                words=tuple(_own_words(found["words"])),
                environment=dict(each.split("=", 1) for each in changes),
                code=int(code[1]) if code else 0,
                is_executed=bool(executed),
            )


def _own_words(text: str) -> Iterator[str]:
    """The words of this command alone, up to a pipe, a redirection or the next command."""
    for word in shlex.split(text):
        if _ELSEWHERE.match(word):
            return
        yield word


def used_by(example: Example) -> set[str]:
    """The names of the parameters that it gives; click refuses an example that is wrong."""
    command = _command(example.command)
    context = command.make_context(example.command, list(example.words[1:]))
    given = ParameterSource.COMMANDLINE
    names = {each.name for each in context.command.params if each.name}
    return {name for name in names if context.get_parameter_source(name) is given}


def _command(name: str) -> click.Command:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None, name
    return command


def _options(name: str) -> dict[str, str]:
    """The options of a command by the name of their parameter."""
    options = (each for each in _command(name).params if isinstance(each, click.Option))
    return {str(each.name): "/".join(each.opts) for each in options if not each.hidden}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_flag_of_a_command_has_an_example(name: str) -> None:
    own = [each for each in examples(PAGE) if each.command == name and not each.asks_for_help]
    given = {parameter for each in own for parameter in used_by(each)}
    options = _options(name)
    missing = [options[parameter] for parameter in options if parameter not in given]
    assert own, f"docs/usage.md shows no {name}"
    assert missing == [], f"docs/usage.md, section {name}: an example of each of these is missing"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_of_a_page_is_a_valid_command_line(page: Path) -> None:
    for each in examples(page):
        if not each.asks_for_help:
            used_by(each)


def test_the_sections_are_the_commands_in_their_order() -> None:
    sections = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sections == COMMANDS


def test_examples_are_found_on_the_pages_that_have_some() -> None:
    found = {page.name: len(list(examples(page))) for page in PAGES}
    assert found["usage.md"] > 80
    assert found["README.md"] >= 4, "also the one of the cron table"
    assert found["rehearsal.md"] >= 5
    lines = list(examples(PAGE))
    assert any(each.environment for each in lines)
    assert {"--help", "-h", "--version"} <= {word for each in lines for word in each.words}


def test_a_wrong_flag_in_an_example_is_seen() -> None:
    wrong = Example(words=("run", "--dry-rum"), environment={}, code=0, is_executed=False)
    with pytest.raises(click.NoSuchOption):
        used_by(wrong)


def test_what_needs_no_gateway_runs_as_the_page_says(tmp_path: Path) -> None:
    for name in ("settings.ini", "portfolios.csv"):
        shutil.copy(ROOT / "fixtures" / "demo" / name, tmp_path)
    shutil.copy(tmp_path / "portfolios.csv", tmp_path / "october.csv")
    shutil.copy(ROOT / "notebooks" / "snapshot.json", tmp_path / "mine.json")
    (tmp_path / "state").mkdir()
    shutil.copy(ROOT / "fixtures" / "goldens" / "journal.sqlite", tmp_path / "state")
    state = {"REBALANCE_IO_STATE_DIR": str(tmp_path / "state")}
    executed = [each for each in examples(PAGE) if each.is_executed]
    assert len(executed) > 25
    for example in executed:
        done = rebalance(*example.words, env=state | example.environment, cwd=tmp_path)
        assert done.code == example.code, f"{' '.join(example.words)}\n{done.text}"
    assert list((tmp_path / "reports").glob("run_summary_*.csv"))
    assert list((tmp_path / "accounts").iterdir())
