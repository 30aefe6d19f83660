"""Market files: TOML in, a `Market` out, or every problem of the file at once.

Keys (fixtures/markets/ has commented samples):
  [gateway]  snapshot_end_seconds, fill_delay_seconds, commission_per_share, commission_minimum,
             read_only_api, ledger_prefix (as in [settings])
  [settings] the switches of docs/gateway-settings.md
  [clock]    start, an instant such as 2026-11-20T15:00:00Z; absent: the present time
  [hours]    always = true, or liquid = "0930-1600", trading = "0400-2000", closed = [dates];
             time_zone
  [rates]    US dollars for one unit of a currency: CAD = "0.71"
  [[instruments]] symbol, con_id, primary_exchange, currency, security_type, stock_type, name,
             isin, last, bid, ask, close, data, last_age_seconds, min_tick, and for options
             local_symbol, multiplier, last_trade_date, strike, right
  [[accounts]] id, base_currency, type, cash, positions = [{symbol, quantity, average_cost}]
Numbers are read exactly, bare or in quotes.
"""

import re
from decimal import Decimal
from pathlib import Path

from rebalancer_adapters.gateway.market.accounts import AccountSetup
from rebalancer_adapters.gateway.market.file_sections import (
    read_account,
    read_hours,
    read_instrument,
    read_practices,
    read_settings,
)
from rebalancer_adapters.gateway.market.instruments import Instrument
from rebalancer_adapters.gateway.market.market import Market
from rebalancer_adapters.gateway.market.quotes import Quote
from rebalancer_adapters.gateway.market.toml_table import TomlTable, read_toml

_CURRENCY = re.compile(r"[A-Z]{3}")


class MarketFileError(Exception):
    """The market file cannot be used; `problems` names each place and its fix."""

    def __init__(self, path: Path, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(f"{path.name}: {problem}" for problem in problems))
        self.problems = problems


def load_market(path: Path) -> Market:
    """The market of a file; MarketFileError with every problem when it cannot be used."""
    content = read_toml(path)
    if isinstance(content, str):
        raise MarketFileError(path, (content,))
    problems: list[str] = []
    market = _read_market(TomlTable("", content, problems))
    if problems:
        raise MarketFileError(path, tuple(problems))
    return market


def _read_market(file: TomlTable) -> Market:
    gateway = file.table("gateway")
    practices = read_practices(gateway)
    settings = read_settings(file.table("settings"), gateway)
    clock = file.table("clock")
    start = clock.instant("start")
    clock.finish()
    hours = read_hours(file.table("hours"))
    rates = file.table("rates").numbers()
    quoted = [read_instrument(table) for table in file.tables("instruments")]
    instruments = [instrument for instrument, _ in quoted]
    accounts = [read_account(table, instruments) for table in file.tables("accounts")]
    file.finish()
    _check_whole(file, quoted, accounts, rates)
    return Market(
        quoted,
        accounts,
        hours=hours,
        rates=rates,
        practices=practices,
        settings=settings,
        start=start,
    )


def _check_whole(
    file: TomlTable,
    quoted: list[tuple[Instrument, Quote]],
    accounts: list[AccountSetup],
    rates: dict[str, Decimal],
) -> None:
    if not accounts:
        file.report("accounts", "there is none", "add at least one [[accounts]]")
    _check_unique(file, "con_id", [str(instrument.con_id) for instrument, _ in quoted])
    _check_unique(file, "accounts.id", [setup.account for setup in accounts])
    used = {instrument.currency for instrument, _ in quoted}
    for setup in accounts:
        used |= {setup.base_currency, *setup.cash}
    for currency in sorted(used - {"USD"} - set(rates)):
        file.report("rates", f"{currency} has no rate", f'add {currency} = "0.71" to [rates]')
    for currency, rate in rates.items():
        if rate <= 0 or not _CURRENCY.fullmatch(currency):
            file.report(f"rates.{currency}", "is not a rate", 'write it as CAD = "0.71"')


def _check_unique(file: TomlTable, key: str, values: list[str]) -> None:
    for value in sorted({each for each in values if values.count(each) > 1}):
        file.report(key, f"{value} appears twice", "give each its own")
