"""One line of portfolios.csv: a symbol and its percentage in each model, or what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.ground.problems import Problem, Wrong, place_in
from rebalancer_adapters.portfolios.cells import percentage, same_symbol, symbol
from rebalancer_adapters.portfolios.csv_text import Cell, Row
from rebalancer_adapters.portfolios.header import Header
from rebalancer_core.values.instruments import CASH, Symbol
from rebalancer_core.values.money import ZERO


@frozen(kw_only=True)
class Holding:
    """One line as read: `percents` by model holds only the cells that could be read."""

    line: int
    place: str
    symbol: Symbol | None
    percents: Mapping[str, Decimal]
    problems: tuple[Problem, ...]

    @property
    def is_cash(self) -> bool:
        """Whether this is the line of CASH, the only one that may be negative."""
        return self.symbol == CASH

    @property
    def identity(self) -> str:
        """What two lines about one symbol share, however they spell it."""
        return same_symbol(self.symbol) if self.symbol else ""


def parse_row(cells: Row | Problem, header: Header, delimiter: str, file: str) -> Holding:
    """The holding that a line names, with every problem of its cells."""
    if isinstance(cells, Problem):
        return Holding(line=0, place=cells.place, symbol=None, percents={}, problems=(cells,))
    place = place_in(file, cells.line)
    named = _symbol(cells, header, place)
    name = None if named is None or isinstance(named, Problem) else named
    own = (named,) if isinstance(named, Problem) else ()
    shape = _check_shape(cells, header, delimiter, place)
    read = {} if shape else _percents(cells, header, name, place)
    wrong = tuple(each for each in read.values() if isinstance(each, Problem))
    return Holding(
        line=cells.line,
        place=place_in(place, cells.cells[header.etf or 0].column if not shape else 1),
        symbol=name,
        percents={model: each for model, each in read.items() if not isinstance(each, Problem)},
        problems=(*own, *shape, *wrong),
    )


def _symbol(cells: Row, header: Header, place: str) -> Symbol | Problem | None:
    if header.etf is None or header.etf >= len(cells.cells):
        return None
    cell = cells.cells[header.etf]
    parsed = symbol(cell.text)
    if isinstance(parsed, Wrong):
        return _problem(place, cell, "ETF", parsed)
    return parsed


def _check_shape(cells: Row, header: Header, delimiter: str, place: str) -> tuple[Problem, ...]:
    beyond = next((cell for cell in cells.cells[header.width :] if cell.text), None)
    if beyond:
        hint = "write the decimal point as ." if delimiter == "," else "remove it"
        problem = f"{beyond.text!r} stands beyond the last column"
        return (_problem(place, beyond, "", Wrong(problem=problem, fix=hint)),)
    if len(cells.cells) < header.width:
        problem = f"the line ends after {len(cells.cells)} of {header.width} columns"
        fix = "a blank cell needs its delimiter too"
        return (_problem(place, cells.cells[-1], "", Wrong(problem=problem, fix=fix)),)
    return ()


def _percents(
    cells: Row, header: Header, name: Symbol | None, place: str
) -> dict[str, Decimal | Problem]:
    return dict(_each_percent(cells, header, name, place))


def _each_percent(
    cells: Row, header: Header, name: Symbol | None, place: str
) -> Iterable[tuple[str, Decimal | Problem]]:
    for model, index in sorted(header.models.items(), key=lambda item: item[1]):
        cell = cells.cells[index]
        parsed = percentage(cell.text)
        about = f"{model}/{name}" if name else model
        if isinstance(parsed, Wrong):
            yield model, _problem(place, cell, about, parsed)
        elif parsed < ZERO and name is not None and name != CASH:
            problem = f"{cell.text} is negative, and this program does not sell short"
            wrong = Wrong(problem=problem, fix="only CASH may be negative (margin)")
            yield model, _problem(place, cell, about, wrong)
        else:
            yield model, parsed


def _problem(place: str, cell: Cell, key: str, wrong: Wrong) -> Problem:
    return wrong.at(place_in(place, cell.column), key)
