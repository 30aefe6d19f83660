"""A sentence, and the account that it is about."""

from __future__ import annotations

from rebalancer_core.values.instruments import AccountId


def of_account(account_id: AccountId, sentence: str) -> str:
    """The sentence, after the account that it is about."""
    return f"{account_id}: {sentence}"
