"""Account values as the settings let them out: with the prefix or without, rounded or to the cent.

Source: TWS 10.47, "Prepend $LEDGER- prefix to per-currency account values", and the setting "Round
Account values to nearest whole number".
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from attrs import evolve

from rebalancer_adapters.gateway.book.account_rows import LEDGER_PREFIX, Row, prefixed
from rebalancer_adapters.gateway.settings import GatewaySettings, LedgerPrefix

_AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}")
_RATIOS = frozenset({"ExchangeRate", "Leverage-S"})


def told_summary(rows: Iterable[Row], settings: GatewaySettings) -> tuple[Row, ...]:
    """The rows of the whole account."""
    return tuple(map(_rounded, rows)) if settings.round_account_values else tuple(rows)


def told_ledger(rows: Iterable[Row], settings: GatewaySettings) -> tuple[Row, ...]:
    """The rows of the currencies, under the tags of this gateway."""
    plain = told_summary(rows, settings)
    match settings.ledger_prefix:
        case LedgerPrefix.OFF:
            return plain
        case LedgerPrefix.ON:
            return tuple(map(prefixed, plain))
        case LedgerPrefix.BOTH:
            return (*plain, *map(prefixed, plain))


def _rounded(row: Row) -> Row:
    if row.tag.removeprefix(LEDGER_PREFIX) in _RATIOS or not _AMOUNT.fullmatch(row.value):
        return row
    return evolve(row, value=f"{Decimal(row.value).quantize(Decimal(1), ROUND_HALF_UP):f}")
