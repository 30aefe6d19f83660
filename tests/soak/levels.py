"""Memory in use and open descriptors, sampled between runs: the last may not top the first.

In use is what stays resident once garbage is collected and the allocator has given back what is
free. Resident memory alone rises by some 50 KB a run and means nothing: from run 100 to run 450 it
went from 94 to 118 MiB while glibc's bytes in use stood at 22 MiB, its free bytes between them rose
from 4 to 20 MiB, and Python's objects and blocks did not become more from run 250 on.
The holes are left by large buffers (asyncio reads each message into 256 KiB and shrinks that): with
MALLOC_MMAP_THRESHOLD_=131072 in the environment they stay at 1 MiB. Over 2,000 runs a leak shows
from about 9 KB a run on.

Linux only; elsewhere nothing is measured, and the summary says so.
"""

import ctypes
import gc
import os
from pathlib import Path
from statistics import median

from attrs import define, field, frozen

_STATUS = Path("/proc/self/statm")
_OPEN = Path("/proc/self/fd")
_MIB = 1024 * 1024
_QUARTERS = 4
_RUNS_A_SAMPLE = 5
_MAY_GROW = 1.05
_MEMORY_SLACK_MIB = 8
_OPEN_SLACK = 16
_ALL_OF_IT = 0


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

    _runs: int = field(default=0, init=False)
    _memory: list[float] = field(factory=list, init=False)
    _open: list[float] = field(factory=list, init=False)

    def sample(self) -> None:
        """A run has ended: look, once in a few runs."""
        self._runs += 1
        if self._runs % _RUNS_A_SAMPLE or not _STATUS.exists():
            return
        _give_back()
        pages = int(_STATUS.read_text(encoding="ascii").split()[1])
        self._memory.append(pages * os.sysconf("SC_PAGE_SIZE") / _MIB)
        self._open.append(sum(1 for _ in _OPEN.iterdir()))

    def found(self) -> tuple[Level, ...]:
        """Memory and descriptors; empty where there are fewer than eight samples, of 40 runs."""
        if len(self._memory) < 2 * _QUARTERS:
            return ()
        return (
            _level("memory in use, MiB", self._memory, _MEMORY_SLACK_MIB),
            _level("descriptors", self._open, _OPEN_SLACK),
        )


def _give_back() -> None:
    """Let go of what nobody uses; only glibc has a call to hand free memory back."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(_ALL_OF_IT)


def _level(name: str, samples: list[float], slack: float) -> Level:
    quarter = len(samples) // _QUARTERS
    first, last = median(samples[:quarter]), median(samples[-quarter:])
    return Level(name=name, first=first, last=last, slack=slack)
