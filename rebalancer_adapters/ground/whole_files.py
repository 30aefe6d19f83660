"""Records of a run as whole files: trouble is a fault that names the file, never an exception."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from rebalancer_adapters.ground.durable_files import draft_in, publish, reason, write_durably
from rebalancer_core.values.faults import ReportFault

# Reports and log of a run with many accounts take well under a megabyte.
FREE_BYTES_NEEDED = 10 * 1024 * 1024
# The longest report name, so that the proof also covers the length of the path.
_PROBE = "rebalance_probe_" + "x" * 40


def write_whole(directory: Path, stem: str, suffix: str, text: str) -> Path | ReportFault:
    """Write `text` as UTF-8 to `directory/stem+suffix`, or to the next free `stem-2`, `stem-3`...

    Comes back with the path taken. On any trouble of the file system (full, read-only, vanished)
    nothing is left under a report's name and the fault names the file.
    """
    wanted = directory / f"{stem}{suffix}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with draft_in(directory) as draft:
            write_durably(draft, text.encode("utf-8", errors="backslashreplace"))
            return _published(draft, free_names(directory, stem, suffix))
    except OSError as trouble:
        return ReportFault(path=str(wanted), detail=reason(trouble))


def write_new(path: Path, text: str) -> ReportFault | None:
    """Write `text` as UTF-8 to `path` and to no other name; a fault where a file is there already.

    On any trouble nothing is left under that name.
    """
    try:
        with draft_in(path.parent) as draft:
            write_durably(draft, text.encode("utf-8"))
            publish(draft, path)
    except OSError as trouble:
        return ReportFault(path=str(path), detail=reason(trouble))
    return None


def prove_writable(directory: Path) -> ReportFault | None:
    """None when a file can be written, made durable, renamed and deleted in `directory` now.

    Creates the directory where it is missing. Too little free space is a fault too.
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


def _published(draft: Path, names: Iterator[Path]) -> Path:
    """The first free name, which the draft now has."""
    name = next(names)
    try:
        publish(draft, name)
    except FileExistsError:
        return _published(draft, names)
    return name
