"""Where the broker's ledger cannot be believed: facts, and the sentence about them."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import plain, usd


@frozen(kw_only=True)
class LedgerMismatch:
    """Positions x prices and the broker's own ledger differ by more than the tolerance."""

    account_id: AccountId
    positions_usd: Decimal
    ledger_usd: Decimal
    tolerance_pct: Decimal


@frozen(kw_only=True)
class LedgerFigure:
    """One figure of the broker's ledger under the name it came with."""

    name: str
    amount: Decimal


@frozen(kw_only=True)
class LedgerContradiction:
    """Two figures of the broker's ledger that must be equal and are more than `tolerance` apart.

    `rows` are those that `expected` is the sum of, amounts in `currency`.
    """

    account_id: AccountId
    currency: str
    stated: LedgerFigure
    expected: LedgerFigure
    tolerance: Decimal
    rows: tuple[LedgerFigure, ...] = ()


LedgerFault = LedgerMismatch | LedgerContradiction


def explain_ledger(error: LedgerFault) -> str:
    """The sentence for people, with every figure that it is about."""
    match error:
        case LedgerMismatch(
            account_id=account, positions_usd=ours, ledger_usd=theirs, tolerance_pct=tolerance
        ):
            return (
                f"{account}: positions x prices are {usd(ours, 2)}, the broker's ledger says "
                f"{usd(theirs, 2)} of USD stocks: {_difference(ours, theirs)} apart, more than "
                f"ledger_tolerance_pct = {plain(tolerance)}; a position, a split or a currency "
                "is wrong"
            )
        case LedgerContradiction(account_id=account, stated=stated, expected=expected):
            rows = ", ".join(f"{row.name} {row.amount:,.2f}" for row in error.rows)
            return (
                f"{account}: the broker's ledger contradicts itself: "
                f"{stated.name} is {stated.amount:,.2f} {error.currency}, but "
                f"{expected.name} is {expected.amount:,.2f} {error.currency}"
                f"{f' ({rows})' if rows else ''}, more than {error.tolerance:,.2f} apart; "
                "compare these figures with the gateway's account window"
            )


def _difference(ours: Decimal, theirs: Decimal) -> str:
    if not theirs:
        return usd(abs(ours - theirs), 2)
    return f"{abs(ours - theirs) / abs(theirs) * 100:.2f} %"
