"""Every tenth fault case, by the gateway's own book; `make faults` plays all of them."""

import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.faults.matrix import CASES, TABLES
from tests.faults.verdict import Verdict, hear_interrupts, judged

TENTH = tuple(number for number in CASES if number % 10 == 0)
_AT_ONCE = 4
# A case may have to wait for its turn, and for deadlines of its own.
_PATIENCE_SECONDS = 300


def test_the_matrix_is_whole() -> None:
    sizes = {title: len(cases) for title, cases in TABLES.values()}
    assert list(sizes.values())[:5] == [12 * 9, 45 * 6, 30, 12, 24 * 5]
    assert len(CASES) == sum(sizes.values())
    assert len({(case.family, case.name) for case in CASES.values()}) == len(CASES)


@pytest.fixture(scope="module")
def verdicts() -> Iterator[Mapping[int, Future[Verdict]]]:
    """Every tenth case, a few at once: most of their time is waiting."""
    hear_interrupts()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield {number: pool.submit(judged, number) for number in TENTH}


@pytest.mark.skipif(sys.platform != "linux", reason="processes are stopped and limited as on Linux")
@pytest.mark.timeout(_PATIENCE_SECONDS)
@pytest.mark.parametrize("number", TENTH)
def test_the_case_keeps_every_promise(verdicts: Mapping[int, Future[Verdict]], number: int) -> None:
    verdict = verdicts[number].result()
    assert verdict.broken == (), f"make faults CASE={number}\n{verdict.text}"
