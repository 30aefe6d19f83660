"""Whole commands in this process, from the files to the exit code, before a broker in memory."""

from __future__ import annotations

import asyncio
import io
from functools import partial

import pytest
from attrs import frozen

from rebalancer_adapters.memory import MemoryBooks, MemorySessions, MemoryWorld
from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli import gateway_run
from rebalancer_cli.inputs import load_inputs
from rebalancer_cli.run_command import execute
from rebalancer_cli.run_request import RunRequest
from rebalancer_cli.run_start import run_log
from rebalancer_cli.terminal.terminal import Terminal
from tests.support import Workspace


@frozen(kw_only=True)
class Ran:
    """A run that is over: its exit code, and what it printed."""

    code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        """All that was printed, without line ends."""
        return " ".join((self.stdout + self.stderr).split())


@frozen(kw_only=True)
class MemoryDesk:
    """A user's folder, with everything that a run of it opens in memory."""

    space: Workspace
    sessions: MemorySessions
    patch: pytest.MonkeyPatch

    def run(
        self, request: RunRequest, *, json_output: bool = False, typed: str | None = None
    ) -> Ran:
        """The whole run; its sessions take the place of the gateway's.

        Whoever sits there types `typed` behind every question; None: nobody sits there.
        """
        out, err = io.StringIO(), io.StringIO()
        at_hand = Terminal if typed is None else partial(_Typing, typed=typed)
        terminal = at_hand(out=out, err=err, json_output=json_output)
        inputs = load_inputs(self.space.settings, {}, Flags()).unwrap()
        with self.patch.context() as patched:
            patched.setattr(gateway_run, "GatewaySessions", lambda settings: self.sessions)
            with run_log(self.space.settings, {}) as log:
                code = asyncio.run(execute(inputs, request, terminal, log))
        return Ran(code=code, stdout=out.getvalue(), stderr=err.getvalue())


@frozen(kw_only=True)
class _Typing(Terminal):
    """A terminal with somebody who gives the same answer to every question."""

    typed: str

    @property
    def can_ask(self) -> bool:
        """Somebody sits there."""
        return True

    async def ask(self, prompt: str) -> str | None:
        """What is typed, behind the prompt."""
        self.note(f"{prompt}{self.typed}")
        return self.typed


def memory_desk(space: Workspace, world: MemoryWorld, patch: pytest.MonkeyPatch) -> MemoryDesk:
    """The folder before a broker that is as this world at the start."""
    return MemoryDesk(space=space, sessions=MemorySessions(books=MemoryBooks(world)), patch=patch)
