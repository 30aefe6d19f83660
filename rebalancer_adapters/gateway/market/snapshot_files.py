"""A market from a saved snapshot: the user's own accounts and prices, to rehearse on.

It reads what `rebalance snapshot --json` wrote, by itself: nothing of the program is shared. US
stocks and ETFs, US dollars and their prices go in, and the market never closes; the rest is left
out, and `left_out` says so.
"""

import json
from decimal import Decimal
from pathlib import Path

from attrs import frozen

from rebalancer_adapters.gateway.market.accounts import AccountSetup, HoldingSetup
from rebalancer_adapters.gateway.market.files import MarketFileError
from rebalancer_adapters.gateway.market.instruments import Instrument
from rebalancer_adapters.gateway.market.market import Market, Practices
from rebalancer_adapters.gateway.market.quotes import Quote
from rebalancer_adapters.gateway.market.toml_table import TomlTable, exact_number

_SCHEMA = 1
_DOLLARS = "USD"
_CENT = Decimal("0.01")
# Snapshots do not say where a stock is listed. Any US exchange will do here.
_EXCHANGE = "ARCA"
_SNAPSHOT_END_SECONDS = Decimal("0.2")
_FILL_SECONDS = Decimal("0.5")


@frozen(kw_only=True)
class SnapshotMarket:
    """The market, and a sentence for each thing of the snapshot that is not in it."""

    market: Market
    left_out: tuple[str, ...]


def market_from_snapshot(path: Path) -> SnapshotMarket:
    """The market that a snapshot file describes; MarketFileError when it cannot be used."""
    content = _read_json(path)
    if isinstance(content, str):
        raise MarketFileError(path, (content,))
    problems: list[str] = []
    left_out: list[str] = []
    market = _read_market(TomlTable("", content, problems), left_out)
    if problems:
        raise MarketFileError(path, tuple(problems))
    return SnapshotMarket(market=market, left_out=tuple(left_out))


def _read_json(path: Path) -> dict[str, object] | str:
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        return "is not UTF-8 -> save it as UTF-8"
    except json.JSONDecodeError as error:
        return f"is no JSON file: {error}"
    if not isinstance(content, dict) or content.get("schema") != _SCHEMA:
        return f"is not a snapshot of schema {_SCHEMA} -> make it with rebalance snapshot --json"
    return content


def _read_market(file: TomlTable, left_out: list[str]) -> Market:
    priced = dict(
        pair for table in file.tables("quotes") if (pair := _quoted(table, left_out)) is not None
    )
    accounts = [_account(table, priced, left_out) for table in file.tables("accounts")]
    if not accounts:
        file.report("accounts", "there is none", "save a snapshot that has one")
    practices = Practices(
        snapshot_end_seconds=_SNAPSHOT_END_SECONDS, fill_delay_seconds=_FILL_SECONDS
    )
    return Market(priced.values(), accounts, practices=practices)


def _quoted(table: TomlTable, left_out: list[str]) -> tuple[int, tuple[Instrument, Quote]] | None:
    symbol, con_id = table.text("symbol"), table.integer("con_id")
    if not table.has("price"):
        left_out.append(f"{symbol} has no price in the snapshot")
        return None
    return con_id, _listed(symbol, con_id, table.number("price"))


def _listed(symbol: str, con_id: int, price: Decimal) -> tuple[Instrument, Quote]:
    instrument = Instrument(
        symbol=symbol,
        con_id=con_id,
        primary_exchange=_EXCHANGE,
        currency=_DOLLARS,
        name=symbol,
        local_symbol=symbol,
        trading_class=symbol,
    )
    bid = max(price - _CENT, price / 2)
    return instrument, Quote(bid=bid, ask=price + _CENT, last=price, close=price)


def _account(
    table: TomlTable, priced: dict[int, tuple[Instrument, Quote]], left_out: list[str]
) -> AccountSetup:
    account = table.text("account_id")
    cash = table.table("cash").numbers()
    left_out += [f"{account}: {amount} {code}" for code, amount in cash.items() if code != _DOLLARS]
    left_out += [f"{account}: an open order" for _ in table.entries("open_orders")]
    holdings = (_holding(account, each, priced, left_out) for each in table.tables("positions"))
    return AccountSetup(
        account=account,
        base_currency=_DOLLARS,
        cash={_DOLLARS: cash.get(_DOLLARS, Decimal(0))},
        holdings=tuple(each for each in holdings if each is not None),
    )


def _holding(
    account: str,
    table: TomlTable,
    priced: dict[int, tuple[Instrument, Quote]],
    left_out: list[str],
) -> HoldingSetup | None:
    symbol, con_id = table.text("symbol"), table.integer("con_id")
    quantity = table.number("quantity", minimum=None)
    kind, currency = table.text("security_type"), table.text("currency")
    if con_id not in priced or (kind, currency) != ("STK", _DOLLARS):
        left_out.append(f"{account}: {quantity:f} {symbol} ({kind}, {currency})")
        return None
    cost = exact_number(table.text("average_cost", "0")) or priced[con_id][1].last
    return HoldingSetup(con_id=con_id, quantity=quantity, average_cost=cost)
