"""Colour repeats what the words say already; it is added last, and only where it is wanted."""

from __future__ import annotations

import re

import click

# The words that carry a state, as whole words.
_COLOURS = {
    "BUY": "green",
    "SELL": "magenta",
    "Filled": "green",
    "PartiallyFilled": "yellow",
    "Cancelled": "yellow",
    "Skipped": "yellow",
    "Rejected": "red",
    "Unknown": "red",
    "REFUSED": "red",
    "Warning": "yellow",
    "LIVE - REAL MONEY": "red",
    "PAPER": "cyan",
}
_WORDS = re.compile(r"\b(?:" + "|".join(map(re.escape, _COLOURS)) + r")\b")


def coloured(text: str) -> str:
    """`text` with its states in colour, for a terminal that shows it (not with NO_COLOR)."""
    return _WORDS.sub(lambda word: click.style(word[0], fg=_COLOURS[word[0]], bold=True), text)
