"""New files appear together, whole, under names that were free; or none of them appears."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen


@frozen(kw_only=True)
class AlreadyThere:
    """Names that are taken: nothing was written, and what stands there was not touched."""

    paths: tuple[Path, ...]


@frozen(kw_only=True)
class NotWritten:
    """The file system said no; nothing was left behind. `detail` is its word."""

    path: Path
    detail: str


def create_together(
    directory: Path, texts: Mapping[str, str]
) -> tuple[Path, ...] | AlreadyThere | NotWritten:
    """Write each text (UTF-8) under its name in `directory`, which is made where it is missing.

    Comes back with the paths, in the order of `texts`.
    """
    wanted = {directory / name: text for name, text in texts.items()}
    # A link that leads nowhere is somebody's name too.
    there = tuple(path for path in wanted if os.path.lexists(path))
    if there:
        return AlreadyThere(paths=there)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        taken = _created(wanted)
    except OSError as trouble:
        return NotWritten(path=directory, detail=trouble.strerror or str(trouble))
    return tuple(wanted) if taken is None else AlreadyThere(paths=(taken,))


def _created(wanted: Mapping[Path, str]) -> Path | None:
    """The name that another process took meanwhile, or None when all files are there."""
    drafts = {path: path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp") for path in wanted}
    made: list[Path] = []
    try:
        for path, text in wanted.items():
            _write_durably(drafts[path], text)
        for path, draft in drafts.items():
            if not _published(draft, path):
                return path
            made.append(path)
    finally:
        for leftover in (*drafts.values(), *(made if len(made) < len(wanted) else ())):
            leftover.unlink(missing_ok=True)
    return None


def _write_durably(path: Path, text: str) -> None:
    with path.open("xb") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())


def _published(draft: Path, path: Path) -> bool:
    """Whether the draft now has its name; False where that was taken first."""
    try:
        if os.name == "nt":
            draft.rename(path)  # Windows refuses to rename onto an existing file.
        else:
            _linked(draft, path)
    except FileExistsError:
        return False
    return True


def _linked(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:
        # No hard links here (FAT, some network folders): claim the name, then fill it.
        path.open("xb").close()
        try:
            draft.replace(path)
        except OSError:
            path.unlink(missing_ok=True)
            raise
