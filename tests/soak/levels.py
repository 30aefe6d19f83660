"""Memory and descriptors of this process, sampled after each run: the last may not top the first.

Linux only; elsewhere nothing is measured, and the summary says so.
"""

import os
from pathlib import Path
from statistics import median

from attrs import define, field, frozen

_STATUS = Path("/proc/self/statm")
_OPEN = Path("/proc/self/fd")
_MIB = 1024 * 1024
_QUARTERS = 4
_MAY_GROW = 1.25
_MEMORY_SLACK_MIB = 24
_OPEN_SLACK = 16


@frozen(kw_only=True)
class Level:
    """The medians of the first and the last quarter of the runs."""

    name: str
    first: float
    last: float
    slack: float

    @property
    def is_flat(self) -> bool:
        """Whether the end is no higher than the beginning, but for the noise."""
        return self.last <= self.first * _MAY_GROW + self.slack

    @property
    def sentence(self) -> str:
        """For the summary."""
        flat = "flat" if self.is_flat else "GROWING"
        return f"{self.name}: {self.first:.0f} -> {self.last:.0f} ({flat})"


@define
class Levels:
    """The samples of a soak."""

    _memory: list[float] = field(factory=list, init=False)
    _open: list[float] = field(factory=list, init=False)

    def sample(self) -> None:
        """Look once."""
        if not _STATUS.exists():
            return
        pages = int(_STATUS.read_text(encoding="ascii").split()[1])
        self._memory.append(pages * os.sysconf("SC_PAGE_SIZE") / _MIB)
        self._open.append(sum(1 for _ in _OPEN.iterdir()))

    def found(self) -> tuple[Level, ...]:
        """Memory and descriptors; empty where there are fewer than eight samples."""
        if len(self._memory) < 2 * _QUARTERS:
            return ()
        return (
            _level("memory, MiB", self._memory, _MEMORY_SLACK_MIB),
            _level("descriptors", self._open, _OPEN_SLACK),
        )


def _level(name: str, samples: list[float], slack: float) -> Level:
    quarter = len(samples) // _QUARTERS
    first, last = median(samples[:quarter]), median(samples[-quarter:])
    return Level(name=name, first=first, last=last, slack=slack)
