"""Text of others never steers the terminal, and prints on a cp1252 console too."""

from __future__ import annotations

import re

# ECMA-48: operating system commands (titles, links) up to their end, control sequences, and the
# two-character escapes.
_ESCAPES = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
_CONSOLE = "cp1252"


def console_text(text: str) -> str:
    """`text` on one line, without escape sequences and control characters, `?` for what a
    Windows console cannot print."""
    visible = "".join(
        character if character.isprintable() else " " for character in _ESCAPES.sub("", text)
    )
    return " ".join(visible.split()).encode(_CONSOLE, errors="replace").decode(_CONSOLE)
