"""How a figure is rounded and written in a report: one function a kind of figure.

Percents have 4 decimals (60.0000), dollars 2, leverage 4, prices and quantities are as they are.
What is not known is None, which is written as nothing: never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

from attrs import frozen

from rebalancer_core.values.money import cents, in_percent, plain, rounded

Cell = str | bool | Decimal | None
Row = TypeVar("Row")

_RATIO = Decimal("0.0001")
_PRICE_STEP = Decimal("0.000001")


@frozen(kw_only=True)
class Table:
    """A report as names and cells; every row is as long as `columns`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table_of(columns: tuple[tuple[str, Callable[[Row], Cell]], ...], rows: Iterable[Row]) -> Table:
    """The table that `columns`, names with their derivations, make of `rows`.

    >>> table_of((("name", str.lower),), ("VTI", "BND")).rows
    (('vti',), ('bnd',))
    """
    return Table(
        columns=tuple(name for name, _ in columns),
        rows=tuple(tuple(cell(row) for _, cell in columns) for row in rows),
    )


def percent_cell(fraction: Decimal | None) -> Decimal | None:
    """A fraction as percent with 4 decimals.

    >>> percent_cell(Decimal("0.6"))
    Decimal('60.0000')
    """
    return None if fraction is None else _unsigned_zero(in_percent(fraction, 4))


def usd_cell(amount: Decimal | None) -> Decimal | None:
    """Dollars to the cent.

    >>> usd_cell(Decimal("-0.001"))
    Decimal('0.00')
    """
    return None if amount is None else _unsigned_zero(cents(amount))


def ratio_cell(ratio: Decimal | None) -> Decimal | None:
    """Leverage with 4 decimals.

    >>> ratio_cell(Decimal("1.23456"))
    Decimal('1.2346')
    """
    return None if ratio is None else _unsigned_zero(rounded(ratio, _RATIO))


def price_cell(price: Decimal | None) -> Decimal | None:
    """Dollars a share as they are; an average that never ends, to 6 decimals.

    >>> price_cell(Decimal("27.815")), price_cell(Decimal(100) / 3)
    (Decimal('27.815'), Decimal('33.333333'))
    """
    if price is None:
        return None
    short = rounded(price, _PRICE_STEP)
    return price if price == short else short


def quantity_cell(shares: Decimal) -> Decimal:
    """Shares (or dollars of CASH) without trailing zeros.

    >>> quantity_cell(Decimal("12.5000"))
    Decimal('12.5')
    """
    return Decimal(plain(shares))


def count_cell(number: int) -> Decimal:
    """How many.

    >>> count_cell(3)
    Decimal('3')
    """
    return Decimal(number)


def cell_text(cell: Cell) -> str:
    """The plain text of a cell: decimals without exponent, `true` or `false`, nothing for None.

    >>> [cell_text(c) for c in (Decimal("1E+3"), Decimal("-2.50"), True, None, "VTI")]
    ['1000', '-2.50', 'true', '', 'VTI']
    """
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case Decimal():
            return format(cell, "f")
        case str():
            return cell


def instant_text(at: datetime) -> str:
    """An instant in UTC to the second, as every report and JSON file writes it (R 9.1.1).

    >>> instant_text(datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC))
    '2026-01-02T15:04:05Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def file_time(at: datetime) -> str:
    """An instant in UTC as it stands in file names: no colon, which Windows refuses (R 9.1.1).

    >>> file_time(datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC))
    '20260102T150405Z'
    """
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _unsigned_zero(number: Decimal) -> Decimal:
    return number or abs(number)
