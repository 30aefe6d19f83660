"""What only its owner may see: folders made so, and a look at those that are there.

Windows has no such permission bits: a folder there is as private as the one it lies in.
"""

from __future__ import annotations

import os
from pathlib import Path

_OWNER_ONLY = 0o700
_EVERYBODY_ELSE = 0o077


def make_private_folder(folder: Path) -> None:
    """Make `folder` and the missing ones above it, each for its owner alone; raises OSError.

    `mkdir(parents=True)` would make those above with the mode of the process. A folder that is
    there already stays as it is.
    """
    if os.name == "nt":
        folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        return
    for each in (*reversed(folder.parents), folder):
        each.mkdir(mode=_OWNER_ONLY, exist_ok=True)


def is_open_to_others(path: Path) -> bool:
    """Whether anybody but its owner has a right to `path`; False where nothing can be told."""
    try:
        return os.name != "nt" and bool(path.stat().st_mode & _EVERYBODY_ELSE)
    except OSError:
        return False
