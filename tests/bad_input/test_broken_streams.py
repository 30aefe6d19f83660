"""Every command that prints, on every stream that breaks: its own exit code, and no traceback.

`make fuzz` tries them all; one command stands for them otherwise (tests/cli/test_streams.py).
"""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from attrs import frozen

from tests.support import SimulatedGateway, Workspace, account, market, workspace
from tests.support.environment import environment
from tests.support.processes import PROGRAM

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="its shell has no such files"),
    pytest.mark.skipif("BAD_INPUTS" not in os.environ, reason="make fuzz tries them all"),
]

BROKEN = (
    *("> /dev/full", "| true", ">&-", "2> /dev/full", "2> >(true)", "2>&-", "<&-"),
    *("> /dev/full 2> /dev/full", "<&- >&- 2>&-"),
)
# `{config}`, `{run}`, ... are things of the desk; a code other than 0 is named.
COMMANDS: Mapping[str, int] = {
    "--help": 0,
    "--version": 0,
    "run --help": 0,
    "completion bash": 0,
    "--nonsense": 2,
    "no-such-command": 2,
    "init {new}": 0,
    "init {folder}": 2,
    "validate-config {config}": 0,
    "validate-portfolios {config}": 0,
    "validate-portfolios --offline {config}": 0,
    "run --config {missing}": 3,
    "status {config}": 0,
    "status --json {config}": 0,
    "recover {config}": 0,
    "report {run} {config}": 0,
    "resolve R-1 --filled 1 --reason seen {config}": 2,
    "price SPY {config}": 0,
    "snapshot {config}": 0,
    "snapshot --json {config}": 0,
    "explain SPY {config}": 0,
    "doctor {config}": 0,
    "doctor --json {config}": 0,
    "plan -o {new} {config}": 0,
    "show {plan} {config}": 0,
    "apply {plan} {config}": 5,
    "run --dry-run {config}": 0,
    "run --json --yes {config}": 0,
    "gateway": 2,
    "demo --reports {new}": 0,
}


@frozen(kw_only=True)
class Desk:
    """A folder where a run was done, and a gateway."""

    space: Workspace
    run_id: str

    def line(self, command: str, new: Path) -> str:
        """The shell's words for that command; `new` is the path of nothing."""
        folder = self.space.folder
        return command.format(
            config=f"--config {shlex.quote(str(self.space.settings))}",
            folder=shlex.quote(str(folder)),
            missing=shlex.quote(str(folder / "missing.ini")),
            new=shlex.quote(str(new)),
            plan=shlex.quote(str(folder / "plan.json")),
            run=self.run_id,
        )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with SimulatedGateway(market(account("DU111111", usd="50000"))) as gateway:
        space = workspace(tmp_path_factory.mktemp("desk"), gateway, {"SPY": "60", "IEF": "40"})
        assert space.command("plan", "-o", space.folder / "plan.json").code == 0
        assert space.run("--yes").code == 0
        status = json.loads(space.command("status", "--json").stdout)
        yield Desk(space=space, run_id=status["runs"][0]["run_id"])


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_broken_stream_leaves_the_code_of_the_command(
    desk: Desk, tmp_path: Path, command: str, broken: str
) -> None:
    line = f"{shlex.join(PROGRAM)} {desk.line(command, tmp_path / 'new')} {broken}"
    done = subprocess.run(
        ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert done.returncode == COMMANDS[command], done.stderr
    for word in ("Traceback", "Exception ignored", "Errno"):
        assert word not in done.stdout + done.stderr
