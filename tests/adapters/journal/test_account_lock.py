"""One process an account, whatever happens to it."""

from __future__ import annotations

import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from rebalancer_adapters.journal.account_lock import locked
from rebalancer_core.ports import AccountLocks
from rebalancer_core.values.instruments import AccountId
from tests.adapters.journal.forked import forked

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no forks")
READY, HELD, NOT_HELD = b"r", b"y", b"n"
A, B, C = (AccountId(f"DU{digit * 6}") for digit in "123")


def test_accounts_are_held_while_the_block_runs_and_free_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with locked(tmp_path / "state", (A, B)) as locks:
            assert locks == AccountLocks(held=(A, B))


def test_an_account_in_use_is_refused_with_the_process_that_has_it(tmp_path: Path) -> None:
    with locked(tmp_path, (A,)), locked(tmp_path, (B, A)) as second:
        assert second.held == (B,)
        (refused,) = second.refused
        assert refused.account_id == A
        told = f"DU111111 is being traded by another process (process {os.getpid()})"
        assert refused.why == told


def test_a_refused_account_is_still_its_holders_afterwards(tmp_path: Path) -> None:
    with locked(tmp_path, (A,)):
        for _ in range(2):
            with locked(tmp_path, (A,)) as second:
                assert second.held == ()


def test_accounts_are_locked_in_one_order_and_each_once(tmp_path: Path) -> None:
    with locked(tmp_path, (C, A, B, A)) as locks:
        assert locks.held == (A, B, C)


def test_other_accounts_may_be_traded_meanwhile(tmp_path: Path) -> None:
    with locked(tmp_path, (A,)) as first, locked(tmp_path, (B, C)) as second:
        assert (first.held, second.held) == ((A,), (B, C))


def test_trouble_inside_of_the_block_gives_the_accounts_back(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), locked(tmp_path, (A,)):
        raise KeyboardInterrupt
    with locked(tmp_path, (A,)) as locks:
        assert locks.held == (A,)


def test_a_state_folder_that_cannot_be_made_refuses_every_account(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with locked(tmp_path / "state", (A, B)) as locks:
        assert locks.held == ()
        assert [each.account_id for each in locks.refused] == [A, B]
        assert all("cannot be locked in" in each.why for each in locks.refused)


def test_a_holder_that_cannot_be_read_does_not_free_the_account(tmp_path: Path) -> None:
    with locked(tmp_path, (A,)):
        (tmp_path / "locks" / f"{A}.holder").write_bytes(b"\xff\x1b[31m")
        with locked(tmp_path, (A,)) as second:
            assert second.held == ()
            assert second.refused[0].why == "DU111111 is being traded by another process"


def hold(wire: Connection, state_dir: Path) -> None:
    wire.send_bytes(READY)
    wire.recv_bytes()
    with locked(state_dir, (A,)) as locks:
        wire.send_bytes(HELD if locks.held else NOT_HELD)
        wire.recv_bytes()


@posix
def test_of_two_processes_that_race_for_an_account_exactly_one_gets_it(tmp_path: Path) -> None:
    for number in range(10):
        state_dir = tmp_path / str(number)
        with forked(hold, state_dir) as one, forked(hold, state_dir) as two:
            assert (one.hear(), two.hear()) == (READY, READY)
            one.go()
            two.go()
            assert {one.hear(), two.hear()} == {HELD, NOT_HELD}


@posix
def test_kill_9_gives_the_account_back(tmp_path: Path) -> None:
    with forked(hold, tmp_path) as child:
        child.go()
        assert (child.hear(), child.hear()) == (READY, HELD)
        with locked(tmp_path, (A,)) as locks:
            assert locks.held == ()
            assert f"(process {child.pid})" in locks.refused[0].why
    with locked(tmp_path, (A,)) as locks:
        assert locks.held == (A,)
