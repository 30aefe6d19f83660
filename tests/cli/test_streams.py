"""What cannot be printed stops nothing: a full disk, a reader that left, a closed stream."""

import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rebalancer_cli.terminal.streams import unfailing
from tests.cli.conftest import Serve
from tests.support import Workspace, account, market, workspace
from tests.support.environment import environment
from tests.support.processes import PROGRAM

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its shell has no such files")

TARGETS = {"SPY": "60", "IEF": "40"}


def test_a_full_disk_is_heard_of_once_and_swallows_the_rest() -> None:
    heard: list[OSError] = []
    with Path("/dev/full").open("wb", buffering=0) as full:
        stream = unfailing(full, heard.append, encoding="utf-8", at_once=False)
        for _ in range(3):
            print("figures", file=stream, flush=True)
        stream.close()
    assert [error.strerror for error in heard] == ["No space left on device"]


def test_a_reader_that_left_is_heard_of_once_and_swallows_the_rest() -> None:
    heard: list[OSError] = []
    reader, writer = os.pipe()
    os.close(reader)
    with io.FileIO(writer, "w") as file:
        stream = unfailing(file, heard.append, encoding="utf-8", at_once=True)
        print("figures\n" * 10_000, file=stream)
        stream.close()
    assert [type(error) for error in heard] == [BrokenPipeError]


def test_a_pipe_that_another_program_made_non_blocking_gets_everything() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    said = "figures\n" * 100_000
    heard: list[str] = []

    def read_all() -> None:
        with io.FileIO(reader) as file:
            heard.append(file.readall().decode())

    reading = threading.Thread(target=read_all)
    reading.start()
    with io.FileIO(writer, "w") as file:
        stream = unfailing(file, _must_not_fail, encoding="utf-8", at_once=False)
        stream.write(said)
        stream.close()
    reading.join()
    assert heard == [said]


def test_letters_that_the_console_cannot_show_become_question_marks(tmp_path: Path) -> None:
    with io.FileIO(tmp_path / "console", "w") as file:
        stream = unfailing(file, _must_not_fail, encoding="ascii", at_once=False)
        stream.write("\u03a9 \udcff")
        stream.close()
    assert (tmp_path / "console").read_bytes() == b"? ?"


def test_recovery_that_cannot_be_shown_is_written_all_the_same(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    killed = space.run("--yes", env={"REBALANCE_FAILPOINT": "F23"})
    assert killed.code == -9
    assert space.files("rebalance_post_*") == []
    done = _in_shell(f"recover --config {space.settings}", "2>/dev/full | true")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert {row["status"] for row in space.post("DU111111") if row["order_ref"]} == {"Filled"}


def test_every_stream_that_breaks_leaves_the_code_of_the_command(tmp_path: Path) -> None:
    space = workspace(tmp_path, 4002, TARGETS)
    full = _in_shell(f"validate-config --config {space.settings}", ">/dev/full")
    assert (full.returncode, full.stderr) == (
        0,
        "cannot write to stdout: No space left on device\n",
    )
    assert _untold(_in_shell("--help", "| true"), 0)
    assert _untold(_in_shell("run --nonsense", "2>/dev/full"), 2)
    assert _untold(_in_shell(f"run --config {_missing(space)}", "2>&-"), 3)


def _missing(space: Workspace) -> Path:
    return space.folder / "missing.ini"


def _untold(done: subprocess.CompletedProcess[str], code: int) -> bool:
    return (done.returncode, done.stdout + done.stderr) == (code, "")


def _in_shell(arguments: str, broken: str) -> subprocess.CompletedProcess[str]:
    """The program with its streams connected like this; its own exit code."""
    line = f"{' '.join(PROGRAM)} {arguments} {broken}; exit ${{PIPESTATUS[0]}}"
    return subprocess.run(
        ["bash", "-c", line],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
        check=False,
    )


def _must_not_fail(error: OSError) -> None:
    raise AssertionError(error)
