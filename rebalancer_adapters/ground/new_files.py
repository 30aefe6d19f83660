"""New files appear together, whole, under names that were free; or none of them appears."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from attrs import frozen

from rebalancer_adapters.ground.durable_files import draft_in, publish, reason, write_durably


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
        return NotWritten(path=directory, detail=reason(trouble))
    return tuple(wanted) if taken is None else AlreadyThere(paths=(taken,))


def _created(wanted: Mapping[Path, str]) -> Path | None:
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
