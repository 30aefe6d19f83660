"""Cash that is not USD: no figure counts it, but what is owed counts for the leverage cap."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.values.account import AccountSnapshot, CashBalance
from rebalancer_core.values.instruments import USD
from rebalancer_core.values.money import ZERO, product

# The ledger's total over all currencies is not a currency.
_LEDGER_TOTAL = "BASE"


def foreign_cash(snapshot: AccountSnapshot) -> tuple[CashBalance, ...]:
    """Cash that is not USD, left out of everything, sorted by currency."""
    return tuple(
        sorted(
            (b for b in snapshot.cash if b.currency not in {USD, _LEDGER_TOTAL} and b.amount),
            key=_currency,
        )
    )


def debts(snapshot: AccountSnapshot) -> tuple[Decimal, ...]:
    """Foreign cash that is owed, as USD above 0, where its rate is known."""
    return tuple(
        product(balance.amount.copy_negate(), balance.usd_rate)
        for balance in foreign_cash(snapshot)
        if balance.amount < ZERO and balance.usd_rate is not None
    )


def debts_of_unknown_rate(snapshot: AccountSnapshot) -> tuple[CashBalance, ...]:
    """Foreign cash that is owed and of which nobody says what it is in USD."""
    return tuple(b for b in foreign_cash(snapshot) if b.amount < ZERO and b.usd_rate is None)


def _currency(balance: CashBalance) -> str:
    return balance.currency
