"""What the accounts are to hold, as far as their files can be read: every symbol a run would ask.

An account whose portfolios file is not valid has no targets here.
"""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.application.doctor.computer import PortfoliosFile
from rebalancer_core.planning.targets import blended_targets
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.policy import TradingHours
from rebalancer_core.values.portfolios import Weight
from rebalancer_core.values.settings import AccountSettings, RunSettings


@frozen(kw_only=True)
class AccountTargets:
    """The target weights of one account, also those of 0, and the hours in which it trades."""

    account_id: AccountId
    weights: tuple[Weight, ...]
    hours: TradingHours

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Every target, also those that are to be sold."""
        return tuple(weight.symbol for weight in self.weights)

    @property
    def bought(self) -> tuple[Symbol, ...]:
        """The targets that a run may buy."""
        return tuple(weight.symbol for weight in self.weights if weight.fraction)


def targets_of(
    settings: RunSettings, accounts: tuple[tuple[AccountSettings, PortfoliosFile], ...]
) -> tuple[AccountTargets, ...]:
    """The targets of each account, blended as a run does."""
    return tuple(
        AccountTargets(
            account_id=account.account_id,
            weights=blended_targets(file.models, settings.blend).weights if file.models else (),
            hours=account.rebalance.trading_hours,
        )
        for account, file in accounts
    )


def all_symbols(accounts: tuple[AccountTargets, ...]) -> tuple[Symbol, ...]:
    """Every target of every account, once, by name."""
    return tuple(sorted({symbol for account in accounts for symbol in account.symbols}))
