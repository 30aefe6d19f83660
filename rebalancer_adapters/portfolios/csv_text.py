"""A delimited text as its lines say it: rows of cells, each with its place, or problems."""

from __future__ import annotations

import re

from attrs import frozen

from rebalancer_adapters.ground.file_text import is_control, lines, named_character
from rebalancer_adapters.ground.problems import Problem, place_in

DELIMITERS = (",", ";", "\t")
_QUOTE = '"'
_BLANKS = " \t"
# What a spreadsheet leaves in a cell; such a line only looks like a comment.
_SPREADSHEET_ERROR = re.compile(r"#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!)", re.IGNORECASE)


@frozen(kw_only=True)
class Cell:
    """One cell without the spaces and quotes around it; `column` counts characters from 1."""

    text: str
    column: int


@frozen(kw_only=True)
class Row:
    """The cells of one line."""

    line: int
    cells: tuple[Cell, ...]


@frozen(kw_only=True)
class Line:
    """A line that is neither blank nor a comment."""

    number: int
    text: str


def written_lines(text: str) -> tuple[Line, ...]:
    """The lines that say something: no blank ones, no comments, none of delimiters only."""
    numbered = enumerate(lines(text), start=1)
    return tuple(Line(number=number, text=line) for number, line in numbered if _says(line))


def delimiters_in(line: str) -> tuple[str, ...]:
    """The kinds of delimiter that stand outside of quotes.

    >>> delimiters_in('ETF;"a,b";c')
    (';',)
    """
    outside = "".join(line.split(_QUOTE)[::2])
    return tuple(each for each in DELIMITERS if each in outside)


def row(line: Line, delimiter: str, file: str) -> Row | Problem:
    """The cells of `line`, or the first thing in it that no cell may hold.

    >>> [cell.text for cell in row(Line(number=2, text='SPY, "60%"'), ",", "p.csv").cells]
    ['SPY', '60%']
    """
    for column, character in enumerate(line.text, start=1):
        if is_control(character):
            what = f"{named_character(character)} in the line"
            return _problem(file, line, column, what, "remove it")
    cells: list[Cell] = []
    start = 0
    while start <= len(line.text):
        cell, start = _cell(line.text, start, delimiter)
        if cell is None:
            what = "a quote opens here and does not close before the next cell"
            return _problem(file, line, start, what, "a cell is one line; remove stray quotes")
        cells.append(cell)
    return Row(line=line.number, cells=tuple(cells))


def _cell(text: str, start: int, delimiter: str) -> tuple[Cell | None, int]:
    """The cell that begins at `start` and where the next begins; None and the quote's column."""
    blanks = _BLANKS.replace(delimiter, "")
    while start < len(text) and text[start] in blanks:
        start += 1
    if text[start : start + 1] != _QUOTE:
        end = text.find(delimiter, start)
        end = len(text) if end < 0 else end
        stray = text.find(_QUOTE, start, end)
        if stray >= 0:
            return None, stray + 1
        return Cell(text=text[start:end].rstrip(blanks), column=start + 1), end + 1
    quoted = re.compile(r'"((?:[^"]|"")*)"').match(text, start)
    after = quoted.end() if quoted else start
    while after < len(text) and text[after] in blanks:
        after += 1
    if quoted is None or (after < len(text) and text[after] != delimiter):
        return None, start + 1
    inner = quoted.group(1).replace(_QUOTE * 2, _QUOTE).strip(blanks)
    return Cell(text=inner, column=start + 1), after + 1


def _says(line: str) -> bool:
    bare = line.strip(" \t,;")
    return bool(bare) and (not bare.startswith("#") or bool(_SPREADSHEET_ERROR.match(bare)))


def _problem(file: str, line: Line, column: int, problem: str, fix: str) -> Problem:
    place = place_in(file, line.number, column)
    return Problem(place=place, key="", problem=problem, fix=fix)
