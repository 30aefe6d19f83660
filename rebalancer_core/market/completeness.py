"""The complete-input gate: positions at our prices against the broker's own ledger (R 3.5.3)."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.values.account import AccountSnapshot, Quote, Unpriced
from rebalancer_core.values.faults import LedgerMismatch
from rebalancer_core.values.instruments import is_managed
from rebalancer_core.values.money import HUNDRED, ZERO


def ledger_mismatch(
    snapshot: AccountSnapshot, quotes: tuple[Quote | Unpriced, ...], tolerance_pct: Decimal
) -> LedgerMismatch | None:
    """The mismatch, when positions x prices leave the ledger's USD stock value by more than
    `tolerance_pct` percent of it; None when they agree, when a holding has no price (planning
    stops on that), or when the snapshot carries no ledger figure (a saved one).

    Catches a missing position, a split, a wrong currency.
    """
    ledger = snapshot.stock_market_value_usd
    if ledger is None:
        return None
    prices = {q.con_id: q.price for q in quotes if isinstance(q, Quote)}
    stocks = tuple(p for p in snapshot.positions if is_managed(p.security_type, p.currency))
    if any(p.con_id not in prices for p in stocks):
        return None
    ours = sum((p.quantity * prices[p.con_id] for p in stocks), ZERO)
    if abs(ours - ledger) * HUNDRED <= tolerance_pct * abs(ledger):
        return None
    return LedgerMismatch(
        account_id=snapshot.account_id,
        positions_usd=ours,
        ledger_usd=ledger,
        tolerance_pct=tolerance_pct,
    )
