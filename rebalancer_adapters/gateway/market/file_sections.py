"""The sections of a market file, one reader each; problems go into the table's list."""

import re
from datetime import time
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import evolve

from rebalancer_adapters.gateway.market.accounts import AccountSetup, HoldingSetup
from rebalancer_adapters.gateway.market.hours import Hours, Session
from rebalancer_adapters.gateway.market.instruments import Instrument
from rebalancer_adapters.gateway.market.market import Practices
from rebalancer_adapters.gateway.market.quotes import DataLine, Quote
from rebalancer_adapters.gateway.market.toml_table import TomlTable
from rebalancer_adapters.gateway.settings import (
    BadSetting,
    GatewaySettings,
    changed,
    read_setting,
    toml_text,
)

_OLDER_SWITCHES = ("read_only_api", "ledger_prefix")
_ACCOUNT = re.compile(r"[A-Z]{1,4}[0-9]{4,10}")
_SESSION = re.compile(r"([0-2][0-9][0-5][0-9])-([0-2][0-9][0-5][0-9])")


def read_practices(table: TomlTable) -> Practices:
    """[gateway]: how it behaves where real gateways differ."""
    usual = Practices()
    practices = Practices(
        snapshot_end_seconds=table.number("snapshot_end_seconds", usual.snapshot_end_seconds),
        fill_delay_seconds=table.number("fill_delay_seconds", usual.fill_delay_seconds),
        commission_per_share=table.number("commission_per_share", usual.commission_per_share),
        commission_minimum=table.number("commission_minimum", usual.commission_minimum),
    )
    for name in _OLDER_SWITCHES:
        table.has(name)
    table.finish()
    return practices


def read_settings(table: TomlTable, older: TomlTable) -> GatewaySettings:
    """[settings]: the switches; two of them may still stand in [gateway], and yield to these."""
    values: dict[str, object] = {}
    for name in _OLDER_SWITCHES:
        if older.has(name):
            given = toml_text(older.flag(name, default=False)) or ""
            values[name] = read_setting(name, given)
    for name in table.keys:
        text = toml_text(table.value(name))
        value = read_setting(name, repr(table.value(name)) if text is None else text)
        if isinstance(value, BadSetting):
            table.report(name, value.problem, value.fix)
        else:
            values[name] = value
    return changed(GatewaySettings(), values)


def read_hours(table: TomlTable) -> Hours:
    """[hours]: always open, or the sessions of a working day."""
    time_zone = table.text("time_zone", "US/Eastern")
    always = table.flag("always", default=False)
    liquid = _read_session(table, "liquid", "0930-1600")
    trading = _read_session(table, "trading", "0400-2000")
    closed = table.dates("closed")
    table.finish()
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        table.report("time_zone", f"{time_zone!r} is unknown", 'write one such as "US/Eastern"')
    if always:
        return Hours(time_zone=time_zone)
    return Hours(time_zone=time_zone, liquid=liquid, trading=trading, closed=closed)


def read_instrument(table: TomlTable) -> tuple[Instrument, Quote]:
    """[[instruments]]: bid and ask lie a cent around last, close equals last, unless given."""
    symbol = table.text("symbol")
    security_type = table.choice("security_type", ("STK", "OPT"), "STK")
    usual_multiplier = Decimal(100 if security_type == "OPT" else 1)
    instrument = Instrument(
        symbol=symbol,
        con_id=table.integer("con_id"),
        primary_exchange=table.text("primary_exchange"),
        currency=table.text("currency", "USD"),
        security_type=security_type,
        stock_type=table.text("stock_type", "ETF"),
        name=table.text("name", symbol or "?"),
        local_symbol=table.text("local_symbol", symbol or "?"),
        trading_class=table.text("trading_class", symbol or "?"),
        min_tick=table.number("min_tick", Decimal("0.01")),
        multiplier=table.number("multiplier", usual_multiplier, minimum=1),
        last_trade_date=table.text("last_trade_date", ""),
        strike=table.number("strike", Decimal(0)),
        right=table.choice("right", ("C", "P", ""), ""),
    )
    if table.has("isin"):
        instrument = evolve(instrument, isin=table.text("isin"))
    last = table.number("last")
    cent = Decimal("0.01")
    quote = Quote(
        last=last,
        bid=table.number("bid", max(last - cent, Decimal(0))),
        ask=table.number("ask", last + cent),
        close=table.number("close", last),
        last_age_seconds=table.number("last_age_seconds", Decimal(1)),
        data=DataLine(table.choice("data", tuple(line.value for line in DataLine), "live")),
    )
    table.finish()
    if quote.bid > quote.ask:
        table.report("bid", f"{quote.bid} is above ask {quote.ask}", "write bid <= ask")
    return instrument, quote


def read_account(table: TomlTable, instruments: list[Instrument]) -> AccountSetup:
    """[[accounts]]: cash by currency and the positions held at the start."""
    account = table.text("id")
    if account and not _ACCOUNT.fullmatch(account):
        table.report("id", f"{account!r} is not an account id", 'write one such as "DU111111"')
    setup = AccountSetup(
        account=account,
        base_currency=table.text("base_currency", "USD"),
        is_margin=table.choice("type", ("margin", "cash"), "margin") == "margin",
        cash=table.table("cash").numbers(),
        holdings=tuple(_read_holding(entry, instruments) for entry in table.tables("positions")),
    )
    table.finish()
    return setup


def _read_holding(table: TomlTable, instruments: list[Instrument]) -> HoldingSetup:
    symbol = table.text("symbol")
    named = [each for each in instruments if symbol in (each.local_symbol, each.symbol)]
    exact = [each for each in named if each.local_symbol == symbol]
    found = exact or named
    if symbol and len(found) != 1:
        fix = "add the instrument" if not found else "use its local_symbol"
        table.report("symbol", f"{symbol} names {len(found)} instruments, need 1", fix)
    holding = HoldingSetup(
        con_id=found[0].con_id if found else 0,
        quantity=table.number("quantity", minimum=None),
        average_cost=table.number("average_cost", Decimal(0)),
    )
    table.finish()
    return holding


def _read_session(table: TomlTable, key: str, default: str) -> Session:
    text = table.text(key, default)
    found = _SESSION.fullmatch(text)
    if found is None or not _is_session(found.group(1), found.group(2)):
        table.report(key, f"{text!r} is not a session", f'write it as "{default}"')
        found = _SESSION.fullmatch(default)
    opens, closes = found.groups() if found else ("0000", "2359")
    return Session(opens=_time(opens), closes=_time(closes))


def _is_session(opens: str, closes: str) -> bool:
    return opens < closes <= "2359"


def _time(text: str) -> time:
    return time(int(text[:2]), int(text[2:]))
