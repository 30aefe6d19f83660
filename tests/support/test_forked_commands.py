"""A forked command is the program as it starts from nothing, and keeps nothing of another one."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support import Finished, Running, rebalance, workspace
from tests.support.fork_client import Forked
from tests.support.processes import launch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")

TARGETS = {"SPY": "60", "IEF": "40"}
_AT_THE_SETTINGS = "F01:1:"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--version",), 0),
        (("run", "--help"), 0),
        (("completion", "bash"), 0),
        (("run", "--nonsense"), 2),
        (("run", "--config", "caf\udce9.ini"), 3),
    ],
)
def test_it_says_what_a_started_one_says(
    tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    forked, started = (rebalance(*arguments, cwd=tmp_path, anew=anew) for anew in (False, True))
    assert forked == started
    assert started.code == code


def test_paths_are_those_of_its_own_folder(tmp_path: Path) -> None:
    space = workspace(tmp_path, 4002, TARGETS)
    done = rebalance("validate-config", "--config", space.settings.name, cwd=tmp_path)
    assert done.code == 0, done.text


def test_its_environment_is_its_own_and_is_gone_with_it(tmp_path: Path) -> None:
    space = workspace(tmp_path, 4002, TARGETS)
    wrong = space.command("validate-config", env={"REBALANCE_IBKR_PORT": "nonsense"})
    assert (wrong.code, "REBALANCE_IBKR_PORT" in wrong.stderr) == (3, True)
    assert space.command("validate-config").code == 0


def test_it_dies_of_the_signal_it_gets(tmp_path: Path) -> None:
    assert _at_the_settings(tmp_path, "SIGKILL").code == -9
    assert _at_the_settings(tmp_path, "SIGABRT").code == -6


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_it_heeds_the_signals_that_end_a_command(tmp_path: Path, signal: str) -> None:
    done = _at_the_settings(tmp_path, signal)
    assert (done.code, "interrupted" in done.stderr) == (130, True)


def test_it_stops_and_goes_on(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS)
    with space.start(env=_failpoint("SIGSTOP")) as running:
        assert running.wait_until_stopped()
        assert not running.has_ended
        running.interrupt()
        running.go_on()
        assert running.finish().code == 130
        assert not running.wait_until_stopped()


def test_a_stopped_one_can_be_killed(tmp_path: Path) -> None:
    with workspace(tmp_path, 1, TARGETS).start(env=_failpoint("SIGSTOP")) as running:
        assert running.wait_until_stopped()
        running.kill()
        assert running.finish().code == -9


def test_on_a_terminal_it_leads_a_session(tmp_path: Path) -> None:
    with workspace(tmp_path, 1, TARGETS).screen(env=_failpoint("SIGSTOP")) as screen:
        assert screen.process_group != os.getpgrp()


def test_a_stream_that_nobody_reads_is_told_at_its_end() -> None:
    with Path("/dev/full").open("wb") as full, Path(os.devnull).open("rb") as nothing:
        end, error = os.pipe()
        process = launch(["--help"], (nothing.fileno(), full.fileno(), error))
        os.close(error)
    assert isinstance(process, Forked)
    assert process.wait(60) == 0
    with os.fdopen(end, encoding="utf-8") as said:
        assert said.read() == "cannot write to stdout: No space left on device\n"


def test_what_python_reads_at_its_start_starts_it_anew() -> None:
    with Running("--version", env={"PYTHONHASHSEED": "1"}) as running:
        assert not running.is_forked
        assert running.finish().code == 0
    with Running("--version") as running:
        assert running.is_forked


def _failpoint(signal: str) -> Mapping[str, str]:
    return {"REBALANCE_FAILPOINT": _AT_THE_SETTINGS + signal}


def _at_the_settings(folder: Path, signal: str) -> Finished:
    return workspace(folder, 1, TARGETS).run(env=_failpoint(signal))
