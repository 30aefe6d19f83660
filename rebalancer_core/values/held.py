"""What an account holds, as a model portfolio in percent."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.values.instruments import AccountId, Symbol


@frozen(kw_only=True)
class HeldWeight:
    """One holding: the ETF's name as the broker has it, and its weight in percent."""

    symbol: Symbol
    name: str
    percent: Decimal


@frozen(kw_only=True)
class HeldModel:
    """An account's holdings, the largest first; `weights` and `cash_percent` sum to exactly 100.

    `left_out` are holdings that no model can name: they are kept, as everything unlisted.
    """

    account_id: AccountId
    weights: tuple[HeldWeight, ...]
    cash_percent: Decimal
    left_out: tuple[Symbol, ...] = ()
