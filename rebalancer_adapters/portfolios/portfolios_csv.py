"""portfolios.csv becomes one model portfolio a column, or every problem at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from attrs import frozen
from returns.result import Failure, Result, Success

from rebalancer_adapters.ground.exact_sum import exact_parts
from rebalancer_adapters.ground.file_text import read_text
from rebalancer_adapters.ground.problems import Problem, in_file_order, place_in
from rebalancer_adapters.portfolios.csv_text import Line, delimiters_in, row, written_lines
from rebalancer_adapters.portfolios.header import Header, parse_header
from rebalancer_adapters.portfolios.rows import Holding, parse_row
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.money import CENT, HUNDRED, ONE, ZERO, plain, rounded
from rebalancer_core.values.portfolios import Blend, ModelPortfolio, Weight

_TOLERANCE = Decimal("0.01")
_MOST_ROWS = 5_000


@frozen(kw_only=True)
class LoadedPortfolios:
    """One portfolio for each model of the blend, in its order; `sha256` of the file's bytes.

    `places` are file, line and column of each symbol but CASH.
    """

    portfolios: tuple[ModelPortfolio, ...]
    sha256: str
    places: Mapping[Symbol, str]


def load_portfolios(path: Path, blend: Blend) -> Result[LoadedPortfolios, tuple[Problem, ...]]:
    """The model portfolios of `path`, weights as fractions that sum to exactly 1, or problems."""
    file = read_text(path)
    if isinstance(file, Problem):
        return Failure((file,))
    return portfolios_from_text(file.text, file.name, blend, file.sha256)


def portfolios_from_text(
    text: str, file: str, blend: Blend, sha256: str = ""
) -> Result[LoadedPortfolios, tuple[Problem, ...]]:
    """As `load_portfolios` for a text already read; `file` names it in problems."""
    lines = written_lines(text)
    header = _header(lines, blend, file)
    if isinstance(header, Problem):
        return Failure((header,))
    rows = tuple(_rows(lines, header, file))
    problems = in_file_order(
        (
            *header.problems,
            *(problem for each in rows for problem in each.problems),
            *_check_twice(rows),
            *_check_size(lines, file, header),
            *_check_sums(rows, header),
        )
    )
    if problems:
        return Failure(problems)
    portfolios = tuple(_portfolio(share.name, rows) for share in blend.shares)
    places = {each.symbol: each.place for each in rows if each.symbol and not each.is_cash}
    return Success(LoadedPortfolios(portfolios=portfolios, sha256=sha256, places=places))


def _header(lines: Sequence[Line], blend: Blend, file: str) -> Header | Problem:
    names = tuple(share.name for share in blend.shares)
    if not lines:
        fix = f"begin with: {', '.join(('ETF', *names))}"
        return Problem(place=place_in(file, 1, 1), key="", problem="the file is empty", fix=fix)
    delimiter = _delimiter(lines[0], file)
    if isinstance(delimiter, Problem):
        return delimiter
    cells = row(lines[0], delimiter, file)
    return cells if isinstance(cells, Problem) else parse_header(cells, names, file)


def _delimiter(line: Line, file: str) -> str | Problem:
    kinds = delimiters_in(line.text)
    if len(kinds) > 1:
        named = ", ".join("tab" if each == "\t" else f"`{each}`" for each in kinds)
        problem = f"the header mixes delimiters: {named}"
        place = place_in(file, line.number, 1)
        return Problem(place=place, key="", problem=problem, fix="use one of them throughout")
    return kinds[0] if kinds else ","


def _rows(lines: Sequence[Line], header: Header, file: str) -> Iterable[Holding]:
    delimiter = (delimiters_in(lines[0].text) or (",",))[0]
    for line in lines[1 : _MOST_ROWS + 1]:
        yield parse_row(row(line, delimiter, file), header, delimiter, file)


def _check_twice(rows: Sequence[Holding]) -> Iterable[Problem]:
    first: dict[str, Holding] = {}
    for each in rows:
        if each.symbol is None:
            continue
        earlier = first.setdefault(each.identity, each)
        if earlier is not each:
            problem = f"duplicate symbol, first on line {earlier.line}"
            if earlier.symbol != each.symbol:
                problem += f" as {earlier.symbol}"
            yield Problem(
                place=each.place, key=each.symbol, problem=problem, fix="keep one of them"
            )


def _check_size(lines: Sequence[Line], file: str, header: Header) -> Iterable[Problem]:
    if len(lines) == 1:
        problem, fix = "no ETF is listed", "add a line for each ETF"
        yield Problem(place=place_in(file, header.line, 1), key="", problem=problem, fix=fix)
    if len(lines) > _MOST_ROWS + 1:
        place = place_in(file, lines[_MOST_ROWS + 1].number, 1)
        problem = f"more than {_MOST_ROWS:,} rows"
        yield Problem(place=place, key="", problem=problem, fix="is it the right file?")


def _check_sums(rows: Sequence[Holding], header: Header) -> Iterable[Problem]:
    complete = {
        name: sum((each.percents[name] for each in rows), ZERO)
        for name in header.models
        if rows and all(name in each.percents for each in rows)
    }
    fractions = all(abs(total - ONE) <= _TOLERANCE for total in complete.values())
    fix = (
        "these seem to be fractions; write 60 for 0.6"
        if fractions
        else "change the weights; CASH counts, and makes up the rest"
    )
    for name, total in complete.items():
        if abs(total - HUNDRED) > _TOLERANCE:
            problem = f"sums to {_figure(total)} %, need 100 ± {_TOLERANCE}"
            yield Problem(place=header.places[name], key=name, problem=problem, fix=fix)


def _portfolio(name: str, rows: Sequence[Holding]) -> ModelPortfolio:
    assets = sorted(
        ((each.symbol, each.percents[name]) for each in rows if each.symbol and not each.is_cash),
    )
    cash = sum((each.percents[name] for each in rows if each.is_cash), ZERO)
    parts = exact_parts([*(percent for _, percent in assets), cash], len(assets) if cash else None)
    weights = zip(assets, parts[:-1], strict=True)
    return ModelPortfolio(
        name=name,
        weights=tuple(Weight(symbol=symbol, fraction=part) for (symbol, _), part in weights),
        cash=parts[-1],
    )


def _figure(total: Decimal) -> str:
    short = rounded(total, CENT)
    return str(short) if short == total else plain(total)
