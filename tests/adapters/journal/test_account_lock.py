"""One process an account, whatever happens to it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from rebalancer_adapters.journal.account_lock import AccountLocks, locked
from rebalancer_core.values.instruments import AccountId

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


if sys.platform != "win32":
    from tests.adapters.journal.forked import Say, forked

    HELD, NOT_HELD = b"y", b"n"

    def test_of_two_processes_that_race_for_an_account_exactly_one_gets_it(tmp_path: Path) -> None:
        for number in range(10):
            gate, opener = os.pipe()
            stop, stopper = os.pipe()

            def race(say: Say, number: int = number, gate: int = gate, stop: int = stop) -> None:
                os.read(gate, 1)
                with locked(tmp_path / str(number), (A,)) as locks:
                    say(HELD if locks.held else NOT_HELD)
                    os.read(stop, 1)

            with forked(race) as one, forked(race) as two:
                os.write(opener, b"go")
                assert {one.hear(), two.hear()} == {HELD, NOT_HELD}
                os.write(stopper, b"go")
            for end in (gate, opener, stop, stopper):
                os.close(end)

    def test_kill_9_gives_the_account_back(tmp_path: Path) -> None:
        stop, stopper = os.pipe()

        def hold(say: Say) -> None:
            with locked(tmp_path, (A,)) as locks:
                say(HELD if locks.held else NOT_HELD)
                os.read(stop, 1)

        with forked(hold) as child:
            assert child.hear() == HELD
            with locked(tmp_path, (A,)) as locks:
                assert locks.held == ()
                assert f"(process {child.pid})" in locks.refused[0].why
        with locked(tmp_path, (A,)) as locks:
            assert locks.held == (A,)
        os.close(stop)
        os.close(stopper)
