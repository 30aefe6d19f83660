"""The header of portfolios.csv: ETF and exactly the models of the blend, in any order and case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from rebalancer_adapters.ground.near_miss import near_miss
from rebalancer_adapters.ground.problems import Problem, place_in
from rebalancer_adapters.portfolios.csv_text import Cell, Row

_ETF = "etf"
_NAME = "name"


@frozen(kw_only=True)
class Header:
    """Where each column stands, from 0: `etf`, and `models` by name as the blend writes it.

    Columns of comments are in neither.

    `width` counts the named columns; `places` are the header cells of the models.
    """

    line: int
    etf: int | None
    models: Mapping[str, int]
    places: Mapping[str, str]
    width: int
    problems: tuple[Problem, ...]


def parse_header(row: Row, models: tuple[str, ...], file: str) -> Header | Problem:
    """The columns with all their problems, or one problem when this is not a header at all."""
    width = max((n for n, cell in enumerate(row.cells, start=1) if cell.text), default=0)
    cells = row.cells[:width]
    known = {_ETF: "ETF", **{name.casefold(): name for name in models}}
    first: dict[str, int] = {}
    for index, cell in enumerate(cells):
        if cell.text.casefold() in known:
            first.setdefault(cell.text.casefold(), index)
    if not first:
        return _no_header(row, models, file)
    found = {known[name]: index for name, index in first.items() if name != _ETF}
    places = {name: _place(file, row, cells[index]) for name, index in found.items()}
    missing = tuple(known[name] for name in known if name not in first)
    wrong = (
        problem
        for index, cell in enumerate(cells)
        for problem in _check_cell(cell, _place(file, row, cell), index, first, missing)
    )
    return Header(
        line=row.line,
        etf=first.get(_ETF),
        models=found,
        places=places,
        width=width,
        problems=(*_check_missing(missing, place_in(file, row.line, 1)), *wrong),
    )


def _check_cell(
    cell: Cell, place: str, index: int, first: Mapping[str, int], missing: tuple[str, ...]
) -> Iterable[Problem]:
    name = cell.text.casefold()
    if not name:
        yield _problem(place, "", "the column has no name", "name the model, or remove the column")
    elif name not in first and not _is_comment(name):
        near = near_miss(cell.text, missing)
        fix = f"did you mean {near}?" if near else "remove it, or list it in [models]"
        yield _problem(place, cell.text, "no model of [models] has this name", fix)
    elif first.get(name, index) != index:
        yield _problem(place, cell.text, "duplicate column", "keep one of them")


def _is_comment(name: str) -> bool:
    """Whether a column is for people only (R 2.3.17): `Name`, or one that begins with `#`."""
    return name == _NAME or name.startswith("#")


def _check_missing(missing: tuple[str, ...], place: str) -> Iterable[Problem]:
    for name in missing:
        fix = "name the column of symbols ETF" if name == "ETF" else f"add a column {name}"
        yield _problem(place, name, "the column is missing", fix)


def _no_header(row: Row, models: tuple[str, ...], file: str) -> Problem:
    fix = f"begin with: {', '.join(('ETF', *models))} (separated by `,`, `;` or a tab)"
    return _problem(place_in(file, row.line, 1), "", "the first line is not a header", fix)


def _place(file: str, row: Row, cell: Cell) -> str:
    return place_in(file, row.line, cell.column)


def _problem(place: str, key: str, problem: str, fix: str) -> Problem:
    return Problem(place=place, key=key, problem=problem, fix=fix)
