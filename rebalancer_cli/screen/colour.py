"""Colour repeats what the words say already; it is added last, and only where it is wanted."""

from __future__ import annotations

import re

import click

# The words that carry a meaning; states only where they end a line or a part of it, so that the
# names of columns stay plain.
_COLOURS = {
    "BUY": "green",
    "SELL": "magenta",
    "REFUSED": "red",
    "Warning": "yellow",
    "LIVE - REAL MONEY": "red",
    "PAPER": "cyan",
}
_STATES = {
    "Filled": "green",
    "PartiallyFilled": "yellow",
    "Cancelled": "yellow",
    "Skipped": "yellow",
    "Submitted": "red",
    "Rejected": "red",
    "Unknown": "red",
}
_WORDS = re.compile(
    rf"\b(?:(?:{'|'.join(_COLOURS)})\b|(?:{'|'.join(_STATES)})(?=,|$))", re.MULTILINE
)


def coloured(text: str) -> str:
    """`text` with its states in colour, for a terminal that shows it (not with NO_COLOR)."""
    colours = _COLOURS | _STATES
    return _WORDS.sub(lambda word: click.style(word[0], fg=colours[word[0]], bold=True), text)
