"""What of the inputs of a saved plan is not what it was when it was made."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from rebalancer_core.values.instruments import AccountId


@frozen(kw_only=True)
class AccountsGone:
    """Accounts of the plan that the settings do not name any more."""

    account_ids: tuple[AccountId, ...]


@frozen(kw_only=True)
class SettingsChanged:
    """The settings file is another one."""

    path: Path


@frozen(kw_only=True)
class EnvironmentChanged:
    """The settings file is the same, and the environment sets other rules."""


@frozen(kw_only=True)
class PortfoliosChanged:
    """A portfolios file is another one."""

    path: str


ChangedInput = AccountsGone | SettingsChanged | EnvironmentChanged | PortfoliosChanged
