"""A file gets its name whole, durable and once, with and without hard links."""

import errno
import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rebalancer_adapters.ground.durable_files import draft_in, publish, write_durably
from tests.support.disks import without_hard_links


@pytest.fixture(params=["hard links", errno.EPERM, errno.ENOTSUP], autouse=True)
def links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test of this file, on three file systems."""
    if isinstance(request.param, int):
        without_hard_links(monkeypatch, request.param)


def published(name: Path, content: bytes) -> bool:
    """Whether the content now has that name; False where it was taken."""
    with draft_in(name.parent) as draft:
        write_durably(draft, content)
        try:
            publish(draft, name)
        except FileExistsError:
            return False
    return True


def test_a_file_has_its_content_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    assert published(tmp_path / "a", b"whole")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"whole")]


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_a_name_that_is_taken_by_anything_is_not_replaced(kind: str, tmp_path: Path) -> None:
    name = tmp_path / "a"
    if kind == "file":
        name.write_bytes(b"")
    elif kind == "folder":
        name.mkdir()
    elif sys.platform == "win32":
        pytest.skip("links need a privilege there")
    else:
        name.symlink_to(tmp_path / "nowhere")
    before = name.lstat()
    assert not published(name, b"whole")
    assert (name.lstat().st_ino, name.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert list(tmp_path.iterdir()) == [name]


def test_of_many_that_want_one_name_exactly_one_gets_it(tmp_path: Path) -> None:
    contents = [str(number).encode() * 1000 for number in range(8)]
    with ThreadPoolExecutor(len(contents)) as threads:
        won = list(threads.map(lambda content: published(tmp_path / "a", content), contents))
    assert won.count(True) == 1
    assert (tmp_path / "a").read_bytes() == contents[won.index(True)]


def test_a_draft_that_got_no_name_is_not_left(tmp_path: Path) -> None:
    with draft_in(tmp_path) as draft:
        write_durably(draft, b"half")
        assert list(tmp_path.iterdir()) == [draft]
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_gone_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        published(tmp_path / "gone" / "a", b"whole")


def folders_fail(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Files can be synced, folders cannot."""
    real = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(code, os.strerror(code))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)


posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no folders to sync")


@posix
def test_a_name_that_may_not_survive_a_power_cut_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders_fail(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        published(tmp_path / "a", b"whole")
    assert not list(tmp_path.iterdir())


@posix
def test_a_file_system_that_cannot_sync_folders_is_used_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders_fail(monkeypatch, errno.EINVAL)
    assert published(tmp_path / "a", b"whole")


def test_where_a_claimed_name_cannot_be_filled_it_is_free_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_hard_links(monkeypatch)

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        published(tmp_path / "a", b"whole")
    assert not list(tmp_path.iterdir())
