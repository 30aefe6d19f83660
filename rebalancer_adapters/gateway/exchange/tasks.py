"""Tasks of the gateway: all end with it, and a bug inside of one is never swallowed."""

import asyncio
from collections.abc import Coroutine


class Tasks:
    """The tasks that run beside the sessions."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._failures: list[BaseException] = []

    def run(self, work: Coroutine[None, None, None]) -> None:
        """Do the work beside everything else, to its end or to the end of the gateway."""
        self._running.add(self.start(work))

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """The same work as a task that can be cancelled alone."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._end)
        return task

    async def stop(self) -> None:
        """End all tasks; the first bug among them is raised here."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
        # A task that has just ended has not been seen by `_end` yet: its bug is told here.
        failures = (*self._failures, *(each for each in ended if isinstance(each, Exception)))
        if failures:
            raise failures[0]

    def _end(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if task.cancelled():
            return
        failure = task.exception()
        if failure is not None:
            self._failures.append(failure)
