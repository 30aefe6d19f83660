"""Tables of text whose remarks stand beside or below their rows, never cut."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from attrs import frozen

_GAP = "  "
_INDENT = "    "


@frozen(kw_only=True)
class Grid:
    """A table: its head (names, then a rule) and one line a row."""

    head: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def width(self) -> int:
        """Characters of its longest line."""
        return max(map(len, (*self.head, *self.lines)))

    def room_beside(self, width: int) -> int:
        """Characters left for remarks beside the table in a window of `width`; maybe negative."""
        return width - self.width - len(_GAP)


def grid(names: Sequence[str], sides: str, rows: Sequence[Sequence[str]]) -> Grid:
    """The table of `rows`; `sides` has an `l` or `r` for each column. Names may be two lines."""
    depth = max(name.count("\n") for name in names) + 1
    above = list(zip(*(_lines(name, depth) for name in names), strict=True))
    lines = _aligned(sides, [*above, *rows])
    rule = "-" * max(map(len, lines))
    return Grid(head=(*lines[:depth], rule), lines=tuple(lines[depth:]))


def _aligned(sides: str, rows: Sequence[Sequence[str]]) -> list[str]:
    """A line a row, its cells as wide as the widest of their column."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        _GAP.join(
            cell.rjust(width) if side == "r" else cell.ljust(width)
            for cell, side, width in zip(row, sides, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def with_remarks_beside(table: Grid, name: str, remarks: Sequence[str], width: int) -> str:
    """A last column `name`, wrapped to the room there is."""
    room = table.room_beside(width)
    rule = "-" * min(room, max(map(len, (name, *remarks))))
    *names, ruled = table.head
    rows = (
        _beside(table, line if number == 0 else "", part)
        for line, remark in zip(table.lines, remarks, strict=True)
        for number, part in enumerate(textwrap.wrap(remark, room) or [""])
    )
    head = (*names[:-1], _beside(table, names[-1], name), _beside(table, ruled, rule))
    return "\n".join((*head, *rows))


def with_remarks_below(table: Grid, remarks: Sequence[str], width: int) -> str:
    """Each remark below its row, indented and wrapped."""
    rows = (
        part
        for line, remark in zip(table.lines, remarks, strict=True)
        for part in (
            line.rstrip(),
            *textwrap.wrap(remark, width, initial_indent=_INDENT, subsequent_indent=_INDENT),
        )
    )
    return "\n".join((*table.head, *rows))


def _beside(table: Grid, line: str, text: str) -> str:
    return f"{line.ljust(table.width)}{_GAP}{text}".rstrip()


def _lines(name: str, depth: int) -> list[str]:
    """The lines of a name, blank ones in front so that it stands on the rule."""
    lines = name.split("\n")
    return [""] * (depth - len(lines)) + lines
