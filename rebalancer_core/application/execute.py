"""Drives `follow.step` to the end: what it asks for is carried out, and it hears what came of it.

The rules are in `follow/`, the calls in `port_calls`. Here is only their order: an event is on the
disk before the next step decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import define, field

from rebalancer_core.application.port_calls import Answers, PortCalls
from rebalancer_core.follow.commands import Command, OtherCommand, Record
from rebalancer_core.follow.events import Instant, Surroundings
from rebalancer_core.follow.state import FollowState, Stage
from rebalancer_core.follow.step import step


def _unwatched(_state: FollowState, _now: Instant) -> None:
    """Nobody looks."""


@define(kw_only=True)
class Executor:
    """Follows the orders of one account to their end. Mutable: `state` is all that is known.

    `look` sees the state after every step.
    """

    state: FollowState
    calls: PortCalls
    stop_requested: Callable[[], bool]
    look: Callable[[FollowState, Instant], None] = _unwatched
    _answers: Answers = field(default=(), init=False)

    async def follow(self) -> None:
        """Step by step to the end; whatever comes is in the state."""
        while self.state.stage is not Stage.DONE:
            await self.turn()

    async def turn(self) -> None:
        """One step, and everything that it asks for."""
        connection = self.calls.connection
        around = Surroundings(
            closed_gate=connection.desk.closed_gate, stop_requested=self.stop_requested()
        )
        now = Instant(seconds=connection.clock.monotonic(), at=connection.clock.now())
        self.state, commands = step(self.state, now, (around, *self._answers))
        connection.shown = self.state.connection
        self.look(self.state, now)
        self._answers = ()
        # What was heard together is one commit, before anything that follows from it is done.
        for records, command in grouped(commands):
            self._answers += self.calls.recorded(records)
            if command is not None:
                self._answers += await self.calls.answer_to(command)


def grouped(
    commands: tuple[Command, ...],
) -> Iterator[tuple[tuple[Record, ...], OtherCommand | None]]:
    """The commands in their order: each that is no record, with the records right before it."""
    records: tuple[Record, ...] = ()
    for command in commands:
        if isinstance(command, Record):
            records = (*records, command)
        else:
            yield records, command
            records = ()
    yield records, None
