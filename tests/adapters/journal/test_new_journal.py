"""A new journal: whole, its owner's alone, and never in the place of another."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest
from returns.pipeline import is_successful

from rebalancer_adapters.journal.account_lock import locked
from rebalancer_adapters.journal.files import make_file
from rebalancer_adapters.journal.proof import prove_journal
from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_core.values.instruments import AccountId
from tests.adapters.journal.made_up import opened, runs_in, tell
from tests.support.disks import open_umask, tiny_disk, without_hard_links

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")


def test_where_there_are_no_hard_links_the_first_journal_is_made_and_no_other_replaces_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_hard_links(monkeypatch)
    path = tmp_path / "state" / "journal.sqlite"
    with opened(path) as journal:
        tell(journal)
        make_file(path, 50)
        assert len(runs_in(journal)) == 1
    assert [each.name for each in path.parent.iterdir()] == ["journal.sqlite"]


@posix
def test_folders_and_files_of_the_state_are_their_owners_alone(tmp_path: Path) -> None:
    state = tmp_path / "new" / "state"
    with open_umask(), locked(state, (AccountId("DU111111"),)), opened(state / "journal.sqlite"):
        pass
    paths = [tmp_path / "new", *(tmp_path / "new").rglob("*")]
    others = {path.name: oct(path.stat().st_mode & 0o077) for path in paths}
    assert set(others) == {
        "new",
        "state",
        "locks",
        "journal.sqlite",
        "DU111111.lock",
        "DU111111.holder",
    }
    assert set(others.values()) == {oct(0)}


@posix
def test_a_journal_whose_name_may_be_lost_stays_for_those_who_write_to_it_by_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, path = os.fsync, tmp_path / "journal.sqlite"

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    assert os.strerror(errno.EIO) in open_journal(path).failure().detail
    with opened(path) as journal:
        tell(journal)


def test_a_folder_is_proven_by_a_journal_that_is_gone_afterwards(tmp_path: Path) -> None:
    assert is_successful(prove_journal(tmp_path / "state"))
    assert not list((tmp_path / "state").iterdir())


def test_the_proof_leaves_the_journal_that_is_there(told: Path) -> None:
    before = told.read_bytes()
    assert is_successful(prove_journal(told.parent))
    assert [(path.name, path.read_bytes()) for path in told.parent.iterdir()] == [
        (told.name, before)
    ]


def test_a_folder_without_room_for_a_journal_is_found_out(tmp_path: Path) -> None:
    with tiny_disk(10 * 1024):
        assert not is_successful(prove_journal(tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_folders_place_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    assert not is_successful(prove_journal(tmp_path / "state"))
