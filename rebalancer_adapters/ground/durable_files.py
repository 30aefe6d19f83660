"""A file appears under its name complete and durable, or not at all; none is ever replaced.

It is written as a draft beside its place, under a hidden name, and gets its name in one step.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# How some network file systems say that they cannot sync a folder.
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})


@contextmanager
def draft_in(folder: Path) -> Iterator[Path]:
    """A hidden, free name in `folder`; what lies under it when the block ends is deleted."""
    draft = folder / f".{secrets.token_hex(8)}.tmp"
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def write_durably(draft: Path, content: bytes) -> None:
    """Write a new file whose content survives a power cut. Raises OSError."""
    with draft.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def publish(draft: Path, name: Path) -> None:
    """Give the draft its name, durably.

    Raises FileExistsError where the name is taken, OSError on other trouble; then the draft is not
    left under that name.
    """
    rename_to_free_name(draft, name)
    try:
        make_names_durable(name.parent)
    except OSError:
        name.unlink(missing_ok=True)
        raise


def rename_to_free_name(draft: Path, name: Path) -> None:
    """Give the draft its name, which may be lost in a power cut. Raises as `publish` does.

    Where the file system has no hard links (FAT, some network folders) the name is claimed by an
    empty file first: a process that dies in that instant leaves it.
    """
    if os.name == "nt":
        draft.rename(name)  # Windows refuses to rename onto an existing file.
        return
    try:
        name.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:
        _claim_and_fill(name, draft)


def make_names_durable(folder: Path) -> None:
    """The names that `folder` has now survive a power cut. Raises OSError."""
    if os.name == "nt":
        return  # Windows cannot open a folder, and its renames are journaled.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as trouble:
        if trouble.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)


def reason(trouble: OSError) -> str:
    """The system's word for what went wrong."""
    return trouble.strerror or str(trouble) or type(trouble).__name__


def _claim_and_fill(name: Path, draft: Path) -> None:
    name.touch(exist_ok=False)
    try:
        draft.replace(name)
    except OSError:
        name.unlink(missing_ok=True)
        raise
