"""File systems that say no (no room, no hard links), and one that lets everybody in."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest


@contextmanager
def tiny_disk(limit: int = 100) -> Iterator[None]:
    """The system refuses any file beyond `limit` bytes, as a full disk does."""
    # Around one call only: what pytest prints may go to a file too.
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def without_hard_links(monkeypatch: pytest.MonkeyPatch, code: int = errno.EPERM) -> None:
    """No hard links for this test, as on FAT (EPERM) and on some network folders (ENOTSUP)."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)


@contextmanager
def open_umask() -> Iterator[None]:
    """What is made in the block is everybody's, unless its maker says otherwise."""
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)
