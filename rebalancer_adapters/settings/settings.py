"""Everything settings.ini says, typed: what the loader makes and the wiring reads.

A class of one section declares its keys: a field is the key of its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from rebalancer_adapters.ground.problems import Problem
from rebalancer_adapters.settings.grammars import word
from rebalancer_adapters.settings.key import spelt
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.policy import ConfirmMode
from rebalancer_core.values.settings import AccountSettings, RunSettings


@frozen(kw_only=True)
class Flags:
    """What the command line says about settings; None, False or empty where it says nothing.

    `csv` is relative to the working directory and takes the place of `[accounts] path`; the
    `path` of an `[account:ID]` stays. `accounts` is a subset of `[accounts] ids`; `strict` makes
    every warning an error.
    """

    confirm_mode: ConfirmMode | None = None
    parallel_accounts: bool = False
    csv: Path | None = None
    accounts: tuple[str, ...] = ()
    read_only: bool = False
    strict: bool = False


@frozen(kw_only=True)
class PortfoliosFile:
    """`[accounts] path`: the file of every account that names no other."""

    path: Path = Path("portfolios.csv")


@frozen(kw_only=True)
class LocatedAccount(AccountSettings):
    """One account with the file that its portfolios come from: its own, or the shared one."""

    portfolios_path: Path
    has_own_portfolios: bool


@frozen(kw_only=True)
class IoSettings:
    """`[io]`; the paths of valid settings are absolute.

    An empty `state_dir` is the folder that the system keeps for programs' state (platformdirs).
    """

    report_dir: Path = Path("reports")
    log_level: str = spelt("INFO", word("DEBUG", "INFO", "WARNING", "ERROR"))
    log_format: str = spelt("text", word("text", "json"))
    state_dir: Path = Path()


@frozen(kw_only=True)
class EffectiveValue:
    """One value with its origin, for `validate-config --effective`.

    `scope` is empty for a value of the whole run, else the account id; `origin` is `default`,
    `file:line`, `environment REBALANCE_...` or `--flag`.
    """

    scope: str
    section: str
    key: str
    value: str
    origin: str


@frozen(kw_only=True)
class Settings(RunSettings):
    """One valid settings.ini with environment and flags applied.

    `effective` lists every value with its origin; `warnings` are about the file and stop nothing.
    `symbol_places` are where the section of each symbol begins.
    """

    path: Path
    accounts: tuple[LocatedAccount, ...]
    io: IoSettings
    effective: tuple[EffectiveValue, ...]
    warnings: tuple[Problem, ...] = ()
    symbol_places: Mapping[Symbol, str] = field(factory=dict)
