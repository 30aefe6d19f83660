"""A slice of `make soak`: runs with random faults, judged by the gateway's own book."""

import asyncio
import gc
import os
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve

from tests.soak.levels import Level, Levels
from tests.soak.oracle import wrongs_of_run
from tests.soak.play import drawn
from tests.soak.soak import Soak
from tests.support import SimulatedGateway, account, market, workspace

_RUNS = 8
_MIB = 1024 * 1024
_A_FRAME = 1024


def test_runs_with_random_faults_pass_their_oracle(tmp_path: Path) -> None:
    soak = Soak(root=tmp_path)
    asyncio.run(soak.run((f"slice-{number}" for number in range(_RUNS)), at_once=_RUNS))
    assert not soak.failed
    assert len(soak.played) == _RUNS
    assert any(each.orders for each in soak.played)


def test_the_same_seed_is_the_same_run() -> None:
    assert [drawn(seed)[1] for seed in "abc"] == [drawn(seed)[1] for seed in "abc"]
    assert drawn("a")[0].keys == drawn("a")[0].keys
    assert len({str(drawn(str(number))[1]) for number in range(50)}) > 25


def test_the_oracle_finds_what_it_is_there_to_find(tmp_path: Path) -> None:
    with SimulatedGateway(market(account("DU111111", usd="50000"))) as gateway:
        space = workspace(tmp_path, gateway, {"SPY": "60", "IEF": "40"})
        code = space.run("--yes").code
        book = gateway.book
    assert (code, wrongs_of_run(code, space, book)) == (0, ())

    assert _found(wrongs_of_run(4, space, book), "but 2 orders were sent")
    assert _found(wrongs_of_run(7, space, book), "the summary knows every account")
    twice = evolve(book, sent=(*book.sent, book.sent[0]))
    assert _found(wrongs_of_run(code, space, twice), f"{book.sent[0].ref} was sent more than once")
    assert _found(wrongs_of_run(code, space, twice), "order id")
    order, *others = book.orders
    more = evolve(book, orders=(evolve(order, filled=order.filled + 1), *others))
    assert _found(wrongs_of_run(code, space, more), "approved")
    fewer = evolve(book, orders=(evolve(order, filled=Decimal(0)), *others))
    assert _found(wrongs_of_run(code, space, fewer), "the book has 0")
    assert _found(wrongs_of_run(code, space, fewer), "is not filled")
    space.files("rebalance_post_*.csv")[0].unlink()
    assert _found(wrongs_of_run(code, space, book), "is in no post-trade report")


def _found(wrongs: tuple[str, ...], words: str) -> bool:
    return any(words in wrong for wrong in wrongs)


def test_levels_that_rise_are_not_flat() -> None:
    assert Level(name="memory", first=100, last=114, slack=10).is_flat
    assert not Level(name="memory", first=100, last=116, slack=10).is_flat


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured on Linux alone")
def test_memory_that_is_kept_counts_and_memory_that_is_free_does_not() -> None:
    assert not _memory_after(keep=True).is_flat
    assert _memory_after(keep=False).is_flat


def _memory_after(*, keep: bool) -> Level:
    """A soak of runs that each take half a MiB, kept for ever or until garbage is collected."""
    # What the other tests have left is none of this.
    gc.collect()
    gc.freeze()
    levels = Levels()
    kept: list[list[object]] = []
    for _ in range(80):
        taken: list[object] = [os.urandom(_A_FRAME) for _ in range(_MIB // _A_FRAME // 2)]
        taken.append(taken)
        if keep:
            kept.append(taken)
        levels.sample()
    gc.unfreeze()
    return levels.found()[0]
