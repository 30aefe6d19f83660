"""Whether a new file can be made at a place that the user names."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from rebalancer_adapters.ground.durable_files import reason


@frozen(kw_only=True)
class FileTaken:
    """There is a file already, and nothing is replaced."""


@frozen(kw_only=True)
class FolderMissing:
    """There is no folder for it."""


@frozen(kw_only=True)
class PlaceUnusable:
    """The system says no; `detail` is its word."""

    detail: str


WhyNoNewFile = FileTaken | FolderMissing | PlaceUnusable


def why_not_new(path: Path) -> WhyNoNewFile | None:
    """Why no new file can be made there; None where one can.

    It is asked before anything is read, so that nobody waits for a plan that cannot be kept.
    """
    try:
        is_taken = path.exists() or path.is_symlink()
        has_folder = path.parent.is_dir()
    except OSError as trouble:
        return PlaceUnusable(detail=reason(trouble))
    if is_taken:
        return FileTaken()
    return None if has_folder else FolderMissing()
