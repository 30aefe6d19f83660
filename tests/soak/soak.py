"""Many runs in one process, some at a time, each in a folder of its own."""

import asyncio
import shutil
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from attrs import define, field, frozen

from tests.soak.levels import Level, Levels
from tests.soak.play import Played, drawn, play


@frozen(kw_only=True)
class Failed:
    """A run that went wrong, with all that is needed to see it again."""

    seed: str
    why: tuple[str, ...]
    detail: str


@define
class Soak:
    """Plays runs and keeps what came of them; folders of failed runs stay."""

    root: Path
    tell: Callable[[Failed], None] = field(default=lambda failed: None)
    played: list[Played] = field(factory=list, init=False)
    failed: list[Failed] = field(factory=list, init=False)
    _levels: Levels = field(factory=Levels, init=False)

    async def run(self, seeds: Iterable[str], *, at_once: int) -> None:
        """Every seed once; so many side by side."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._out_of_sight)
        left = iter(seeds)
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(self._worker(left))

    @property
    def levels(self) -> tuple[Level, ...]:
        """Memory and descriptors at the beginning and at the end."""
        return self._levels.found()

    @property
    def summary(self) -> str:
        """A few lines for people."""
        codes = Counter(each.code for each in self.played)
        unknown = [each.settled for each in self.played if each.settled is not None]
        passed = len({p.seed for p in self.played} - {f.seed for f in self.failed})
        longest = max((each.seconds for each in self.played), default=0.0)
        ended = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
        return "\n".join(
            (
                f"exit codes: {ended}; {sum(each.orders for each in self.played)} orders sent",
                f"unknown outcomes: {len(unknown)}, made certain by recovery: {sum(unknown)}",
                *_why_open(self.played),
                f"longest run: {longest:.0f} s",
                *(level.sentence for level in self.levels),
                f"{passed} passed, {len(self.failed)} failed",
            )
        )

    async def _worker(self, left: Iterator[str]) -> None:
        for seed in left:
            folder = self.root / seed
            folder.mkdir(parents=True)
            await self._one(seed, folder)
            self._levels.sample()

    async def _one(self, seed: str, folder: Path) -> None:
        # As a task, so that any bug of a run is a finding and the soak goes on.
        run = asyncio.ensure_future(play(seed, folder))
        await asyncio.wait({run})
        error = run.exception()
        if error is None:
            self.played.append(run.result())
            why, trace = run.result().wrongs, ""
        else:
            why, trace = (f"raised {error!r}",), "".join(traceback.format_exception(error))
        if why:
            world, scenario = drawn(seed)
            self._fail(Failed(seed=seed, why=why, detail=f"{scenario}\n{world.keys}\n{trace}"))
        else:
            shutil.rmtree(folder)

    def _fail(self, failed: Failed) -> None:
        self.failed.append(failed)
        self.tell(failed)

    def _out_of_sight(self, _loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """What nobody awaited and nobody caught: the runs under way are the suspects."""
        error = context.get("exception")
        if isinstance(error, KeyboardInterrupt):
            return
        trace = "".join(traceback.format_exception(error)) if isinstance(error, Exception) else ""
        self._fail(Failed(seed="?", why=(str(context.get("message")),), detail=trace))


def _why_open(played: list[Played]) -> tuple[str, ...]:
    reasons = Counter(
        sentence.partition(": ")[2] for each in played for sentence in each.open_orders
    )
    return tuple(f"  left open: {count} x {reason}" for reason, count in reasons.most_common(9))
