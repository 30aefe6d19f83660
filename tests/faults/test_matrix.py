"""Every tenth fault case, by the gateway's own book; `make faults` plays all of them."""

import sys

import pytest

from tests.faults.matrix import CASES, TABLES
from tests.faults.verdict import judged

TENTH = tuple(number for number in CASES if number % 10 == 0)


def test_the_matrix_is_whole() -> None:
    sizes = {title: len(cases) for title, cases in TABLES.values()}
    assert list(sizes.values())[:5] == [12 * 9, 45 * 6, 30, 12, 24 * 5]
    assert len(CASES) == sum(sizes.values())
    assert len({(case.family, case.name) for case in CASES.values()}) == len(CASES)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are stopped and limited as on Linux")
@pytest.mark.parametrize("number", TENTH)
def test_the_case_keeps_every_promise(number: int) -> None:
    verdict = judged(number)
    assert verdict.broken == (), f"make faults CASE={number}\n{verdict.text}"
