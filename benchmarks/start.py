"""How long commands take to start, in units of `import ib_async`: `make bench-start`.

Each command runs in a Python of its own on the demo's files; no gateway is asked. A round starts
each of them once, and `python -c pass` and `import ib_async` beside them, so that a machine that is
busy is so for all. What counts is the processor time of a process, without that of the interpreter
itself, in the median of all rounds.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from attrs import frozen

from benchmarks.first_order import served
from rebalancer_cli.demo_files import demo_files

_ROUNDS = 21
_ROOT = Path(__file__).resolve().parent.parent
_SNAPSHOT = "snapshot.json"
_BARE = ("-c", "pass")
_LIBRARY = ("-c", "import ib_async")
_COMPILES_ALWAYS = "PYTHONDONTWRITEBYTECODE"
_PROGRAM = ("-m", "rebalancer_cli")


@frozen(kw_only=True)
class Command:
    """A command line, and the most that it may take in units of `import ib_async`."""

    line: str
    must_be: float


_COMMANDS = (
    Command(line="--help", must_be=0.25),
    Command(line="validate-config", must_be=0.8),
    Command(line="status", must_be=1.2),
    Command(line="validate-portfolios --offline", must_be=1.2),
    Command(line=f"run --snapshot {_SNAPSHOT}", must_be=1.4),
)


def measured(rounds: int) -> tuple[float, ...]:
    """What each of `_COMMANDS` takes, in units of `import ib_async`."""
    asked = (_BARE, _LIBRARY, *((*_PROGRAM, *each.line.split()) for each in _COMMANDS))
    with tempfile.TemporaryDirectory() as folder:
        _prepare(Path(folder))
        for words in asked:
            _run(words, folder)
        took = [tuple(_seconds(words, folder) for words in asked) for _ in range(rounds)]
    bare, library, *each = (median(column) for column in zip(*took, strict=True))
    return tuple((seconds - bare) / (library - bare) for seconds in each)


def _prepare(folder: Path) -> None:
    """The user's folder: both files, and what was read at a gateway."""
    files = demo_files()
    for name in ("settings.ini", "portfolios.csv"):
        shutil.copy(files.settings.with_name(name), folder)
    with served(files.market) as port:
        read = _run((*_PROGRAM, "snapshot", "--json"), folder, {"REBALANCE_IBKR_PORT": str(port)})
    (folder / _SNAPSHOT).write_bytes(read)


def _seconds(words: tuple[str, ...], folder: str) -> float:
    before = _children_seconds()
    _run(words, folder)
    return _children_seconds() - before


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(
    words: tuple[str, ...], folder: str | Path, more: Mapping[str, str] | None = None
) -> bytes:
    """What a Python of its own prints; it ends with an error where that one does."""
    folders = {"PYTHONPATH": str(_ROOT), "REBALANCE_IO_STATE_DIR": f"{folder}/state"}
    # What one process has compiled, none compiles again: as where the program is installed.
    inherited = {key: value for key, value in os.environ.items() if key != _COMPILES_ALWAYS}
    return subprocess.run(  # noqa: S603 - this Python and words of this file
        [sys.executable, *words],
        check=True,
        capture_output=True,
        cwd=folder,
        env={**inherited, **folders, **(more or {})},
    ).stdout


def main() -> None:
    """Print a line for each command; exit 1 where one takes more than it may."""
    is_late = False
    for command, units in zip(_COMMANDS, measured(_ROUNDS), strict=True):
        is_late = is_late or units > command.must_be
        sys.stdout.write(f"{command.line:32} {units:5.2f}   must be {command.must_be}\n")
    sys.exit(is_late)


if __name__ == "__main__":
    main()
