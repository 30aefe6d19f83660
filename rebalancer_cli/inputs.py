"""Loads settings.ini and every portfolios.csv it names; all problems of all files at once.

A wrong file of one account's own fails that account, unless no account has a valid one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen
from returns.result import Failure, Result, Success

from rebalancer_adapters.ground.problems import Problem, sentence
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_cli.portfolio_files import portfolio_files, problems_of, unknown_symbols
from rebalancer_core.application.types import AccountInputs, Inputs, UnfitAccount
from rebalancer_core.planning.targets import blended_targets
from rebalancer_core.values.results import Failed, unwrap_or_failed


@frozen(kw_only=True)
class LocatedInputs(Inputs):
    """Valid inputs with their places on this computer; `problems` are of the `unfit` accounts."""

    settings: Settings
    problems: tuple[Problem, ...] = ()


def load_inputs(
    path: Path, environment: Mapping[str, str], flags: Flags
) -> Result[LocatedInputs, tuple[Problem, ...]]:
    """Both files with environment and flags applied; warnings come along with valid inputs.

    A failure has every problem of every file: settings.ini or the shared file is wrong, or the
    file of every account.
    """
    settings = unwrap_or_failed(load_settings(path, environment, flags))
    if isinstance(settings, Failed):
        return Failure(settings.error)
    files = portfolio_files(settings)
    wrong = tuple(each for file in files.values() for each in problems_of(file))
    unfit = tuple(
        UnfitAccount(
            number=number,
            account_id=account.account_id,
            why="; ".join(map(sentence, problems)),
            portfolios_file=str(account.portfolios_path),
        )
        for number, account in enumerate(settings.accounts, start=1)
        if (problems := problems_of(files[account.portfolios_path]))
    )
    own = {each.account_id for each in settings.accounts if each.has_own_portfolios}
    if len(unfit) == len(settings.accounts) or any(e.account_id not in own for e in unfit):
        return Failure((*settings.warnings, *wrong))
    accounts = tuple(
        AccountInputs(
            number=number,
            settings=account,
            portfolios=file.portfolios,
            targets=blended_targets(file.portfolios, settings.blend),
            portfolios_file=str(account.portfolios_path),
            portfolios_sha256=file.sha256,
            has_own_portfolios=account.has_own_portfolios,
            places=file.places,
        )
        for number, account in enumerate(settings.accounts, start=1)
        if not isinstance(file := files[account.portfolios_path], Failed)
    )
    warnings = tuple(map(sentence, (*settings.warnings, *unknown_symbols(settings, files))))
    return Success(
        LocatedInputs(
            settings=settings,
            accounts=accounts,
            warnings=warnings,
            unfit=unfit,
            problems=wrong,
        )
    )
