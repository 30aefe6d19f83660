"""What was acknowledged survives kill -9 at any instant; a full disk is never hidden."""

from __future__ import annotations

import random
import signal
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from returns.pipeline import is_successful
from returns.result import Result

from rebalancer_adapters.journal.sqlite_journal import SqliteJournal, open_journal
from rebalancer_core.orders.events import ErrorReported
from rebalancer_core.reconcile.journal_model import JournalFault
from tests.adapters.journal.forked import forked
from tests.adapters.journal.made_up import AT, SALE, opened, runs_in

if sys.platform == "win32":
    pytest.skip("Windows has no forks and no file size limit", allow_module_level=True)

import resource

ROUNDS = 20
WRITTEN, REFUSED, SEALED = b"w", b"r", b"s"


def noted(journal: SqliteJournal, number: int) -> Result[None, JournalFault]:
    event = ErrorReported(order_ref=SALE.order_ref, code=number, text="x" * 500)
    return journal.note(event, AT)


def heard(path: Path) -> list[int]:
    """The numbers of the events that a reader finds, after those of the story told before."""
    with opened(path) as journal:
        (run,) = runs_in(journal)
    events = [each.event for each in run.accounts[0].orders[0].events]
    return [e.code for e in events if isinstance(e, ErrorReported) and e.code >= 10_000]


def write_for_ever(wire: Connection, path: Path) -> None:
    before = len(heard(path))
    with opened(path) as journal:
        for number in range(10_000 + before, 99_999):
            if is_successful(noted(journal, number)):
                wire.send_bytes(WRITTEN)


def test_kill_9_between_or_inside_of_writes_loses_no_acknowledged_row(told: Path) -> None:
    instants = random.Random(4)
    acknowledged = 0
    for _ in range(ROUNDS):
        before = len(heard(told))
        with forked(write_for_ever, told) as child:
            lived = 1 + instants.randrange(3)
            for _ in range(lived):
                assert child.hear() == WRITTEN
            time.sleep(instants.random() / 30)
            child.kill()
            lived += len(child.rest())
        after = heard(told)
        assert after == list(range(10_000, 10_000 + len(after)))
        assert before + lived <= len(after) <= before + lived + 1
        acknowledged += lived
    assert acknowledged >= ROUNDS


def make(wire: Connection, path: Path) -> None:
    wire.send_bytes(WRITTEN)
    open_journal(path)


def test_kill_9_while_the_journal_is_made_leaves_none_or_a_whole_one(tmp_path: Path) -> None:
    instants = random.Random(5)
    for number in range(ROUNDS):
        path = tmp_path / str(number) / "journal.sqlite"
        with forked(make, path) as child:
            child.hear()
            time.sleep(instants.random() / 10)
        with opened(path) as journal:
            assert runs_in(journal) == ()


def fill(wire: Connection, path: Path) -> None:
    with opened(path) as journal:
        fail_beyond(path.stat().st_size + 20_000)
        for number in range(10_000, 11_000):
            if not is_successful(noted(journal, number)):
                wire.send_bytes(REFUSED)
                break
            wire.send_bytes(WRITTEN)
        fail_beyond(resource.RLIM_INFINITY)
        sealed = "after an error" in noted(journal, 20_000).failure().detail
        wire.send_bytes(SEALED if sealed else WRITTEN)


def fail_beyond(size: int) -> None:
    """Let every write beyond this size of a file fail, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_full_disk_is_a_fault_and_ends_all_writing(told: Path) -> None:
    with forked(fill, told) as child:
        said = child.rest()
    written = said.removesuffix(REFUSED + SEALED)
    assert said == written + REFUSED + SEALED
    assert len(written) > 5
    assert heard(told) == list(range(10_000, 10_000 + len(written)))


def make_on_a_full_disk(wire: Connection, path: Path) -> None:
    fail_beyond(5_000)
    wire.send_bytes(WRITTEN if is_successful(open_journal(path)) else REFUSED)


def test_a_disk_that_is_full_from_the_start_makes_no_journal(tmp_path: Path) -> None:
    path = tmp_path / "state" / "journal.sqlite"
    with forked(make_on_a_full_disk, path) as child:
        assert child.rest() == REFUSED
    assert list(path.parent.iterdir()) == []


def test_a_journal_that_became_read_only_is_a_fault(told: Path) -> None:
    with opened(told) as journal:
        journal._connection.execute("PRAGMA query_only = ON")  # noqa: SLF001 root may write anything
        assert "SQLITE_READONLY" in str(noted(journal, 10_000))
        journal._connection.execute("PRAGMA query_only = OFF")  # noqa: SLF001 as before
        assert "after an error" in str(noted(journal, 10_001))
    assert heard(told) == []
