"""A file appears under its name complete and durable, or not at all; none is ever replaced.

It is written as a draft beside its place, under a hidden name, and gets its name in one step.
Trouble with a whole file is a fault that names it, never an exception.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from attrs import frozen
from returns.result import Failure, Result, Success

from rebalancer_core.values.faults import ReportFault

# Reports and log of a run with many accounts take well under a megabyte.
FREE_BYTES_NEEDED = 10 * 1024 * 1024
# The longest report name, so that the proof also covers the length of the path.
_PROBE = "rebalance_probe_" + "x" * 40
# How some network file systems say that they cannot sync a folder.
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})


@frozen(kw_only=True)
class AlreadyThere:
    """Names that are taken: nothing was written, and what stands there was not touched."""

    paths: tuple[Path, ...]


def write_new(path: Path, text: str) -> Result[Path, ReportFault]:
    """Write `text` as UTF-8 to `path` and to no other name; a fault where a file is there already.

    On any trouble nothing is left under that name.
    """
    try:
        with draft_in(path.parent) as draft:
            write_durably(draft, text.encode("utf-8"))
            publish(draft, path)
    except OSError as trouble:
        return Failure(_fault(path, trouble))
    return Success(path)


def write_numbered(directory: Path, stem: str, suffix: str, text: str) -> Result[Path, ReportFault]:
    """Write `text` as UTF-8 to `directory/stem+suffix`, or to the next free `stem-2`, `stem-3`...

    Comes back with the path taken; `directory` is made where it is missing. On any trouble of the
    file system (full, read-only, vanished) nothing is left under such a name.
    """
    names = free_names(directory, stem, suffix)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with draft_in(directory) as draft:
            write_durably(draft, text.encode("utf-8", errors="backslashreplace"))
            return Success(_published(draft, names))
    except OSError as trouble:
        return Failure(_fault(directory / f"{stem}{suffix}", trouble))


def write_together(
    directory: Path, texts: Mapping[str, str]
) -> Result[tuple[Path, ...], AlreadyThere | ReportFault]:
    """Write each text (UTF-8) under its name in `directory`, which is made where it is missing.

    All of them appear, under names that were free, or none. Comes back with the paths, in the
    order of `texts`.
    """
    wanted = {directory / name: text for name, text in texts.items()}
    there = names_taken(directory, texts)
    if there:
        return Failure(AlreadyThere(paths=there))
    try:
        directory.mkdir(parents=True, exist_ok=True)
        taken = _taken_meanwhile(wanted)
    except OSError as trouble:
        return Failure(_fault(directory, trouble))
    return Success(tuple(wanted)) if taken is None else Failure(AlreadyThere(paths=(taken,)))


def names_taken(directory: Path, names: Iterable[str]) -> tuple[Path, ...]:
    """Those of the names that something in `directory` has, a link that leads nowhere too."""
    return tuple(path for name in names if os.path.lexists(path := directory / name))


def prove_writable(directory: Path) -> Result[None, ReportFault]:
    """Success when a file can be written, made durable, renamed and deleted in `directory` now.

    Creates the directory where it is missing. Too little free space is a fault too.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with draft_in(directory) as draft:
            write_durably(draft, b"proof\n" * 1024)
            proof = directory / f"{_PROBE}{secrets.token_hex(4)}.csv"
            publish(draft, proof)
        proof.unlink()
        free = shutil.disk_usage(directory).free
    except OSError as trouble:
        return Failure(_fault(directory, trouble))
    if free < FREE_BYTES_NEEDED:
        megabytes = FREE_BYTES_NEEDED // 1024**2
        detail = f"{free // 1024} KB are free on the disk, {megabytes} MB are needed"
        return Failure(ReportFault(path=str(directory), detail=detail))
    return Success(None)


def free_names(directory: Path, stem: str, suffix: str) -> Iterator[Path]:
    """The name itself, then `-2`, `-3`...: two runs in one second both keep their records."""
    yield directory / f"{stem}{suffix}"
    for number in count(2):
        yield directory / f"{stem}-{number}{suffix}"


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


def _published(draft: Path, names: Iterator[Path]) -> Path:
    """The first free name, which the draft now has."""
    name = next(names)
    try:
        publish(draft, name)
    except FileExistsError:
        return _published(draft, names)
    return name


def _taken_meanwhile(wanted: Mapping[Path, str]) -> Path | None:
    """The name that another process took meanwhile, or None when all files are there."""
    with ExitStack() as stack:
        drafts = {path: stack.enter_context(draft_in(path.parent)) for path in wanted}
        for path, text in wanted.items():
            write_durably(drafts[path], text.encode("utf-8"))
        take_back = stack.enter_context(ExitStack())
        for path, draft in drafts.items():
            try:
                publish(draft, path)
            except FileExistsError:
                return path
            take_back.callback(path.unlink, missing_ok=True)
        take_back.pop_all()
    return None


def _fault(path: Path, trouble: OSError) -> ReportFault:
    return ReportFault(path=str(path), detail=reason(trouble))
