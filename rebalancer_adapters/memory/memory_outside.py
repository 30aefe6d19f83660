"""The outside of a run, all of it in memory: what a notebook or a test plays a whole run on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from attrs import define, field

from rebalancer_adapters.memory.books import MemoryBooks, MemoryWorld
from rebalancer_adapters.memory.memory_clock import MemoryClock
from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_adapters.memory.memory_reports import MemoryReports
from rebalancer_adapters.memory.memory_sessions import MemorySessions
from rebalancer_adapters.memory.scripted_person import ScriptedPerson
from rebalancer_core.application.rebalance_run import RebalanceRun
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.types import Inputs, Run, UnknownTargets, World
from rebalancer_core.reporting.summary import AccountReport

T = TypeVar("T")


@define
class MemoryLog:
    """The log port over a list of lines, each with its level."""

    lines: list[str] = field(factory=list)

    def info(self, message: str, /, *values: object) -> None:
        """What happened."""
        self._add("INFO", message, values)

    def warning(self, message: str, /, *values: object) -> None:
        """What a person should look at."""
        self._add("WARNING", message, values)

    def error(self, message: str, /, *values: object) -> None:
        """What went wrong."""
        self._add("ERROR", message, values)

    def exception(self, message: str, /, *values: object) -> None:
        """A bug; its traceback is not kept."""
        self._add("ERROR", message, values)

    def _add(self, level: str, message: str, values: tuple[object, ...]) -> None:
        self.lines.append(f"{level} {message % values if values else message}")


@define
class MemoryStop:
    """The stop port. Set `requested`, as Ctrl+C does, and the run winds up."""

    requested: bool = False

    @contextmanager
    def orders_out(self) -> Iterator[None]:
        """Nothing cuts the work off here."""
        yield


@define(kw_only=True)
class MemoryOutside:
    """A broker, a clock, a person, reports and a journal for any number of runs, one by one.

    Books and journal go on from run to run, as they do for a user. `at` is the time at the start,
    UTC; no run waits, its pauses and deadlines pass at once.
    """

    world: MemoryWorld
    at: datetime
    person: ScriptedPerson = field(factory=ScriptedPerson)
    reports: MemoryReports = field(factory=MemoryReports)
    journal: MemoryJournal = field(factory=MemoryJournal)
    log: MemoryLog = field(factory=MemoryLog)
    stop: MemoryStop = field(factory=MemoryStop)
    clock: MemoryClock = field(init=False)
    books: MemoryBooks = field(init=False)
    sessions: MemorySessions = field(init=False)
    _runs: int = field(default=0, init=False)

    @clock.default
    def _clock_at_the_start(self) -> MemoryClock:
        return MemoryClock(self.at)

    @books.default
    def _books_of_the_world(self) -> MemoryBooks:
        return MemoryBooks(self.world, now=self.clock.now)

    @sessions.default
    def _sessions_over_the_books(self) -> MemorySessions:
        return MemorySessions(books=self.books, clock=self.clock, memory_journal=self.journal)

    def rebalance_run(
        self, inputs: Inputs, *, may_trade: bool = True, without_prompt: bool = False
    ) -> RebalanceRun:
        """The next run, ready to go; its id is `memory1`, `memory2`, ..."""
        self._runs += 1
        run = Run(
            inputs=inputs,
            run_id=f"memory{self._runs}",
            started_at=self.clock.now(),
            world=World(
                people=self.person,
                reports=self.reports,
                clock=self.clock,
                log=self.log,
                stop=self.stop,
                together=_one_after_another,
                reach=_pass,
                program="memory",
            ),
            may_trade=may_trade,
            without_prompt=without_prompt,
        )
        return RebalanceRun(run=run, sessions=self.sessions, output=RunOutput(run=run))

    async def play(
        self, inputs: Inputs, *, may_trade: bool = True, without_prompt: bool = False
    ) -> tuple[AccountReport, ...] | UnknownTargets:
        """One run from its locks to its summary: a report an account, in the order of the inputs.

        Where targets name no listing nothing is planned, and they come back.
        """
        rebalance = self.rebalance_run(inputs, may_trade=may_trade, without_prompt=without_prompt)
        unknown = await rebalance.all_accounts()
        if unknown is not None:
            return unknown
        reports = rebalance.complete()
        rebalance.output.summed_up(reports)
        return reports


async def _one_after_another(work: tuple[Callable[[], Awaitable[T]], ...]) -> tuple[T, ...]:
    return tuple([await each() for each in work])


def _pass(_point: str) -> None:
    """No process ends here."""
