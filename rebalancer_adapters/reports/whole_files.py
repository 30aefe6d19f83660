"""A file appears under its name complete and durable, or it does not appear; none is replaced."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from rebalancer_core.reporting.faults import ReportFault

# Reports and log of a run with many accounts take well under a megabyte.
FREE_BYTES_NEEDED = 10 * 1024 * 1024
# How some network file systems say that they know no such thing.
_NO_DIRECTORY_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})
# The longest report name, so that the proof also covers the length of the path.
_PROBE = "rebalance_probe_" + "x" * 40


def write_whole(directory: Path, stem: str, suffix: str, text: str) -> Path | ReportFault:
    """Write `text` as UTF-8 to `directory/stem+suffix`, or to the next free `stem-2`, `stem-3`...

    Comes back with the path taken. On any trouble of the file system (full, read-only, vanished)
    nothing is left under a report's name and the fault names the file.
    """
    wanted = directory / f"{stem}{suffix}"
    draft = directory / f".{stem}.{secrets.token_hex(4)}.tmp"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        try:
            _write_durably(draft, text.encode("utf-8", errors="backslashreplace"))
            return _publish(draft, free_names(directory, stem, suffix))
        finally:
            draft.unlink(missing_ok=True)
    except OSError as trouble:
        return ReportFault(path=str(wanted), detail=reason(trouble))


def write_new(path: Path, text: str) -> ReportFault | None:
    """Write `text` as UTF-8 to `path` and to no other name; a fault where a file is there already.

    On any trouble nothing is left under that name.
    """
    draft = path.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        try:
            _write_durably(draft, text.encode("utf-8"))
            _rename_durably(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as trouble:
        return ReportFault(path=str(path), detail=reason(trouble))
    return None


def prove_writable(directory: Path) -> ReportFault | None:
    """None when a file can be written, made durable, renamed and deleted in `directory` now.

    Creates the directory where it is missing (SPEC 7.4). Too little free space is a fault too.
    """
    proof = write_whole(directory, f"{_PROBE}{secrets.token_hex(4)}", ".csv", "proof\n" * 1024)
    if isinstance(proof, ReportFault):
        return ReportFault(path=str(directory), detail=proof.detail)
    try:
        proof.unlink()
        free = shutil.disk_usage(directory).free
    except OSError as trouble:
        return ReportFault(path=str(directory), detail=reason(trouble))
    if free < FREE_BYTES_NEEDED:
        megabytes = FREE_BYTES_NEEDED // 1024**2
        detail = f"{free // 1024} KB are free on the disk, {megabytes} MB are needed"
        return ReportFault(path=str(directory), detail=detail)
    return None


def free_names(directory: Path, stem: str, suffix: str) -> Iterator[Path]:
    """The name itself, then `-2`, `-3`...: two runs in one second both keep their records."""
    yield directory / f"{stem}{suffix}"
    for number in count(2):
        yield directory / f"{stem}-{number}{suffix}"


def reason(trouble: OSError) -> str:
    """The system's word for what went wrong."""
    return trouble.strerror or str(trouble) or type(trouble).__name__


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _publish(draft: Path, names: Iterator[Path]) -> Path:
    """Give the draft the first free name, in one step that cannot replace another file."""
    name = next(names)
    try:
        _rename_durably(draft, name)
    except FileExistsError:
        return _publish(draft, names)
    return name


def _rename_durably(draft: Path, name: Path) -> None:
    _rename_without_replacing(draft, name)
    try:
        _make_names_durable(name.parent)
    except OSError:
        name.unlink(missing_ok=True)
        raise


def _rename_without_replacing(draft: Path, name: Path) -> None:
    if os.name == "nt":
        draft.rename(name)  # Windows refuses to rename onto an existing file.
        return
    try:
        name.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:
        # No hard links here (FAT, some network folders): claim the name, then fill it.
        name.open("xb").close()
        try:
            draft.replace(name)
        except OSError:
            name.unlink(missing_ok=True)
            raise


def _make_names_durable(directory: Path) -> None:
    if os.name == "nt":
        return  # Windows cannot open a directory, and its renames are journaled.
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as trouble:
        if trouble.errno not in _NO_DIRECTORY_SYNC:
            raise
    finally:
        os.close(handle)
