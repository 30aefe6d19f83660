"""`python -m tests.faults [NUMBER...]`: play the matrix, or these cases, and judge each."""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.matrix import CASES
from tests.faults.oracle import violations
from tests.faults.play import Played, play

_AT_ONCE = int(os.environ.get("FAULTS_AT_ONCE", "4"))


def main(numbers: Sequence[int]) -> int:
    """0 when every case kept every promise."""
    if hasattr(os, "nice"):
        os.nice(10)
    began = time.monotonic()
    broken = 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for number, found, text in pool.map(_judged, numbers):
            if found:
                broken += 1
                _say(f"case {number} ({CASES[number].name})", *found)
            if text and len(numbers) == 1:
                _say(text)
    _say(
        f"{len(numbers) - broken} of {len(numbers)} fault cases kept every promise,"
        f" {time.monotonic() - began:.0f} s; make faults CASE=N plays one"
    )
    return 1 if broken else 0


def _judged(number: int) -> tuple[int, tuple[str, ...], str]:
    with tempfile.TemporaryDirectory(prefix=f"fault-{number}-") as folder:
        try:
            played: Played = play(CASES[number], Path(folder))
        except (AssertionError, TimeoutError) as trouble:
            return number, (f"it did not come to an end: {trouble}",), ""
        return number, violations(played), played.text


def _say(*lines: str) -> None:
    sys.stdout.write("\n    ".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main([int(each) for each in sys.argv[1:]] or list(CASES)))
