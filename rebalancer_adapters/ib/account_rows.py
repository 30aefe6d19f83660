"""From the rows of positions, account values and orders to one account; pure, in any order."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from rebalancer_adapters.ib.numbers import to_amount
from rebalancer_adapters.ib.raw_rows import (
    AccountRow,
    OpenOrderRow,
    OrderRow,
    PositionRow,
    StatusRow,
)
from rebalancer_adapters.ib.translate import to_open_order, to_position
from rebalancer_core.errors import IncompleteData
from rebalancer_core.values.account import AccountSnapshot, CashBalance, OpenOrder, Position
from rebalancer_core.values.instruments import USD, AccountId, is_managed
from rebalancer_core.values.money import ZERO

# The ledger repeats every figure in the base currency under this name; it is no currency.
_BASE = "BASE"
_LEDGER_CASH = "CashBalance"
_LEDGER_STOCKS = "StockMarketValue"

Values = dict[tuple[str, str], str]


def to_snapshot(
    account_id: AccountId,
    *,
    as_of: datetime,
    managed: tuple[AccountId, ...],
    positions: tuple[PositionRow, ...],
    values: tuple[AccountRow, ...],
    orders: tuple[OpenOrderRow, ...],
) -> AccountSnapshot | IncompleteData:
    """The snapshot that these rows make, whatever their order, or what is missing in them."""
    incomplete = _foreign_rows(account_id, managed, positions, values)
    if incomplete is not None:
        return incomplete
    held = _positions(account_id, positions)
    if isinstance(held, IncompleteData):
        return held
    by_tag = {(row.tag, row.currency): row.value for row in values if not row.model}
    cash = _cash(account_id, by_tag)
    if isinstance(cash, IncompleteData):
        return cash
    base = _base_currency(account_id, by_tag)
    if isinstance(base, IncompleteData):
        return base
    stocks = _stock_value(account_id, by_tag, held)
    if isinstance(stocks, IncompleteData):
        return stocks
    return AccountSnapshot(
        account_id=account_id,
        as_of=as_of,
        base_currency=base,
        cash=cash,
        positions=held,
        open_orders=tuple(o for o in to_open_orders(orders) if o.account_id == account_id),
        account_type=by_tag.get(("AccountType", ""), ""),
        stock_market_value_usd=stocks,
    )


def to_open_orders(rows: tuple[OpenOrderRow, ...]) -> tuple[OpenOrder, ...]:
    """The working orders among these rows; of one order's several rows the last counts."""
    statuses = {
        (row.client_id, row.order_id, row.perm_id): row
        for row in rows
        if isinstance(row, StatusRow)
    }
    latest = {_key(row): row for row in rows if isinstance(row, OrderRow)}
    found = (to_open_order(row, statuses.get(key)) for key, row in latest.items())
    return tuple(order for order in found if order is not None)


def _key(row: OrderRow) -> tuple[int, int, int]:
    return (row.order.clientId, row.order.orderId, row.order.permId)


def _foreign_rows(
    account_id: AccountId,
    managed: tuple[AccountId, ...],
    positions: tuple[PositionRow, ...],
    values: tuple[AccountRow, ...],
) -> IncompleteData | None:
    strangers = {row.account for row in positions} - set(managed)
    strangers |= {row.account for row in values} - {account_id}
    if strangers:
        names = ", ".join(sorted(repr(name) for name in strangers))
        detail = f"rows came that name another account: {names}"
        return IncompleteData(account_id=account_id, detail=detail)
    return None


def _positions(
    account_id: AccountId, rows: tuple[PositionRow, ...]
) -> tuple[Position, ...] | IncompleteData:
    """By contract id, never by symbol: an option of SPY is not SPY. The last row counts."""
    own = {row.contract.conId: row for row in rows if row.account == account_id}
    held: list[Position] = []
    for con_id, row in own.items():
        position = to_position(row)
        if position is None or con_id <= 0:
            detail = f"the position in {row.contract.symbol or 'no symbol'} is not a number"
            return IncompleteData(account_id=account_id, detail=detail)
        if position.quantity:
            held.append(position)
    return tuple(held)


def _cash(account_id: AccountId, values: Values) -> tuple[CashBalance, ...] | IncompleteData:
    """Cash by real currency; an account without one ledger row was not read completely."""
    cash: list[CashBalance] = []
    for (tag, currency), text in values.items():
        if tag != _LEDGER_CASH or currency == _BASE:
            continue
        amount = to_amount(text)
        if amount is None or not currency:
            detail = f"{_LEDGER_CASH} in {currency or 'no currency'} is {text!r}"
            return IncompleteData(account_id=account_id, detail=detail)
        cash.append(CashBalance(currency=currency, amount=amount))
    if not cash:
        return IncompleteData(account_id=account_id, detail="no cash balance in any currency")
    return tuple(sorted(cash, key=_currency))


def _currency(balance: CashBalance) -> str:
    return balance.currency


def _base_currency(account_id: AccountId, values: Values) -> str | IncompleteData:
    if values.get(("AccountReady", ""), "true").lower() == "false":
        return IncompleteData(account_id=account_id, detail="the broker says AccountReady = false")
    named = [
        (currency, text)
        for (tag, currency), text in values.items()
        if tag == "NetLiquidation" and currency not in {_BASE, ""}
    ]
    if len(named) != 1 or to_amount(named[0][1]) is None:
        detail = f"net liquidation is given {len(named)} times" if len(named) != 1 else named[0][1]
        return IncompleteData(account_id=account_id, detail=f"no net liquidation: {detail}")
    return named[0][0]


def _stock_value(
    account_id: AccountId, values: Values, held: tuple[Position, ...]
) -> Decimal | IncompleteData:
    """The ledger's USD stocks in dollars; no row is zero only where no USD stock is held."""
    text = values.get((_LEDGER_STOCKS, USD))
    amount = to_amount(text) if text is not None else None
    if amount is not None:
        return amount
    if text is None and not any(is_managed(p.security_type, p.currency) for p in held):
        return ZERO
    detail = f"{_LEDGER_STOCKS} in {USD} is {'missing' if text is None else repr(text)}"
    return IncompleteData(account_id=account_id, detail=detail)
