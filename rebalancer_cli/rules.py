"""Whether the inputs of a saved plan are still what they were when it was made."""

from __future__ import annotations

import hashlib
import json

from rebalancer_adapters.settings.keys import SYMBOL_PREFIX
from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli.changed_inputs import (
    AccountsGone,
    ChangedInput,
    EnvironmentChanged,
    PortfoliosChanged,
    SettingsChanged,
)
from rebalancer_cli.inputs import LocatedInputs
from rebalancer_core.application.types import AccountInputs
from rebalancer_core.reconcile.saved_plan import SavedPlan
from rebalancer_core.values.instruments import AccountId

# What decides about trades. Where the gateway is and where records go may differ.
_DECIDING = frozenset({"models", "rebalance", "pricing", "execution", "safety"})


def rules_sha256(settings: Settings, accounts: frozenset[AccountId]) -> str:
    """SHA-256 of every value that decides about these accounts' trades, whatever it comes from.

    The hash of the settings file says nothing about the environment, nor about defaults.
    """
    scopes = {"", *accounts}
    rules = sorted(
        (each.scope, each.section, each.key, each.value)
        for each in settings.effective
        if _decides(each.section) and each.scope in scopes
    )
    return hashlib.sha256(json.dumps(rules).encode("ascii")).hexdigest()


def _decides(section: str) -> bool:
    return section in _DECIDING or section.startswith(SYMBOL_PREFIX)


def changed_inputs(saved: SavedPlan, inputs: LocatedInputs) -> tuple[ChangedInput, ...]:
    """Each input that is not what the plan was made from; empty while all are."""
    ids = frozenset(account.plan.account_id for account in saved.accounts)
    known = {account.settings.account_id: account for account in inputs.accounts}
    unfit = {each.account_id: each.portfolios_file for each in inputs.unfit}
    gone = sorted(ids - known.keys() - unfit.keys())
    if gone:
        return (AccountsGone(account_ids=tuple(gone)),)
    wrong = tuple(dict.fromkeys(path for account, path in unfit.items() if account in ids))
    if wrong:
        return tuple(PortfoliosChanged(path=path) for path in wrong)
    return (
        *_changed_settings(saved, inputs.settings, ids),
        *_changed_portfolios(saved, known),
    )


def _changed_settings(
    saved: SavedPlan, settings: Settings, ids: frozenset[AccountId]
) -> tuple[SettingsChanged | EnvironmentChanged, ...]:
    if settings.sha256 != saved.settings_sha256:
        return (SettingsChanged(path=settings.path),)
    if rules_sha256(settings, ids) != saved.rules_sha256:
        return (EnvironmentChanged(),)
    return ()


def _changed_portfolios(
    saved: SavedPlan, known: dict[AccountId, AccountInputs]
) -> tuple[PortfoliosChanged, ...]:
    changed = (
        known[each.plan.account_id].portfolios_file
        for each in saved.accounts
        if known[each.plan.account_id].portfolios_sha256 != each.portfolios_sha256
    )
    return tuple(PortfoliosChanged(path=path) for path in dict.fromkeys(changed))
