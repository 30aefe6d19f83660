"""Wrong flags, values, files and variables end with their code and name what is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bad_input.command_lines import Line, bad_lines
from tests.bad_input.judge import ANYWHERE, BY_LINE, told, wrongs
from tests.bad_input.sample_files import stocked
from tests.support.environment import environment
from tests.support.processes import PROGRAM

_GATEWAY_FILES = "gateway"
_ENOUGH = 200


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return stocked(tmp_path_factory.mktemp("shelf"))


def test_there_are_enough_wrong_command_lines() -> None:
    lines = bad_lines()
    assert len({(line.arguments, *line.environment.items()) for line in lines}) == len(lines)
    assert len(lines) >= _ENOUGH


@pytest.mark.parametrize("line", bad_lines(), ids=lambda line: line.title)
def test_a_wrong_command_line_ends_with_its_code_and_names_what_is_wrong(
    line: Line, shelf: dict[str, str]
) -> None:
    arguments = _taken_from(shelf, line.arguments)
    said = told(arguments, line.environment)
    by_name = line.arguments[0] == _GATEWAY_FILES or "--snapshot" in line.arguments
    places = ANYWHERE if by_name else BY_LINE
    assert not list(wrongs(said, {line.code}, places)), said.output
    for name in line.names:
        assert name in said.stderr, said.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are text there, never bytes")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((b"run", b"--config", b"caf\xe9.ini"), 3),
        ((b"run", b"--nons\xe9nse"), 2),
        ((b"\xff\xfe",), 2),
        ((b"gateway", b"--market", b"\xff"), 3),
    ],
)
def test_arguments_that_are_no_text_are_refused_without_a_traceback(
    arguments: tuple[bytes, ...], code: int, tmp_path: Path
) -> None:
    program = [word.encode() for word in PROGRAM]
    done = subprocess.run(
        [*program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment({"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}),
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr


def _taken_from(shelf: dict[str, str], arguments: tuple[str, ...]) -> list[str]:
    """The arguments with the paths of what they name on the shelf."""
    return [shelf.get(word.strip("{}"), word) if word[:1] == "{" else word for word in arguments]
