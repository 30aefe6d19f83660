"""`python -m tests.faults [NUMBER...]`: play the matrix, or these cases, and judge each.

A case is WANTED that the program does not do yet.

`FAULTS_AT_ONCE` says how many at a time. One case alone tells all that was said in it.
"""

import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.faults.matrix import CASES
from tests.faults.verdict import Verdict, hear_interrupts, judged

_AT_ONCE = int(os.environ.get("FAULTS_AT_ONCE", "8"))
_PLAIN_NICENESS = 10


def main(numbers: Sequence[int]) -> int:
    """0 when every case kept every promise; unknown numbers are 2."""
    unknown = [number for number in numbers if number not in CASES]
    if unknown:
        _say(f"no such case: {', '.join(map(str, unknown))} (docs/faults.md has the numbers)")
        return 2
    if sys.platform != "win32":
        os.nice(_PLAIN_NICENESS)
    hear_interrupts()
    began = time.monotonic()
    green = 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for verdict in pool.map(judged, numbers):
            green += not verdict.broken
            _tell(verdict, whole=len(numbers) == 1)
    seconds = time.monotonic() - began
    _say(f"{green} of {len(numbers)} fault cases kept every promise, {seconds:.0f} s")
    return 0 if green == len(numbers) else 1


def _tell(verdict: Verdict, *, whole: bool) -> None:
    exits = ", ".join(map(str, verdict.exits))
    case = CASES[verdict.number]
    mark = "BROKEN" if verdict.broken else "kept"
    orders = f"{verdict.sent} orders, exits {exits}"
    _say(f"{verdict.number} {mark} ({orders}) {case.family}: {case.name}", *verdict.broken)
    if whole:
        _say(verdict.text)


def _say(*lines: str) -> None:
    sys.stdout.write("\n    ".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main([int(each) for each in sys.argv[1:]] or list(CASES)))
