"""From the rows of positions, account values and orders to one account; pure, in any order."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from rebalancer_adapters.ib.ledger import (
    BASE,
    CASH,
    STOCKS,
    Ledger,
    contradiction,
    sizing_cash,
    sweep_difference,
    to_ledger,
    usd_rate,
)
from rebalancer_adapters.ib.numbers import to_amount
from rebalancer_adapters.ib.raw_rows import (
    AccountRow,
    OpenOrderRow,
    OrderRow,
    PositionRow,
    StatusRow,
)
from rebalancer_adapters.ib.translate import to_open_order, to_position
from rebalancer_core.values.account import AccountSnapshot, CashBalance, OpenOrder, Position
from rebalancer_core.values.faults import IncompleteData, LedgerContradiction
from rebalancer_core.values.instruments import USD, AccountId, is_managed
from rebalancer_core.values.money import ZERO

Values = dict[tuple[str, str], str]


def to_snapshot(
    account_id: AccountId,
    *,
    as_of: datetime,
    positions: tuple[PositionRow, ...],
    values: tuple[AccountRow, ...],
    orders: tuple[OpenOrderRow, ...] | None,
) -> AccountSnapshot | IncompleteData | LedgerContradiction:
    """The snapshot that these rows make, whatever their order, or what is missing in them.

    `orders` is None where the gateway lists none to a program.
    """
    incomplete = _foreign_rows(account_id, positions, values)
    if incomplete is not None:
        return incomplete
    held = _positions(account_id, positions)
    if isinstance(held, IncompleteData):
        return held
    own = tuple(row for row in values if not row.model)
    by_tag = {(row.tag, row.currency): row.value for row in own}
    ledger = to_ledger(own)
    cash = _cash(account_id, ledger)
    if isinstance(cash, IncompleteData):
        return cash
    worth = _net_liquidation(account_id, by_tag)
    if isinstance(worth, IncompleteData):
        return worth
    stocks = _stock_value(account_id, ledger, held)
    if isinstance(stocks, IncompleteData):
        return stocks
    contradicting = contradiction(account_id, ledger, worth.amount, worth.currency)
    if contradicting is not None:
        return contradicting
    return AccountSnapshot(
        account_id=account_id,
        as_of=as_of,
        base_currency=worth.currency,
        cash=cash,
        positions=held,
        open_orders=tuple(o for o in to_open_orders(orders or ()) if o.account_id == account_id),
        open_orders_visible=orders is not None,
        account_type=by_tag.get(("AccountType", ""), ""),
        stock_market_value_usd=stocks,
        sweep_difference_usd=sweep_difference(ledger),
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
    account_id: AccountId, positions: tuple[PositionRow, ...], values: tuple[AccountRow, ...]
) -> IncompleteData | None:
    nameless = {row.account for row in positions if not row.account}
    strangers = nameless | {row.account for row in values} - {account_id}
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


def _cash(account_id: AccountId, ledger: Ledger) -> tuple[CashBalance, ...] | IncompleteData:
    """Cash by real currency; an account without one ledger row was not read completely."""
    cash: list[CashBalance] = []
    for currency in ledger.cash_currencies():
        amount = sizing_cash(ledger, currency)
        if amount is None:
            text = ledger.text(CASH, currency)
            told = "missing" if text is None else repr(text)
            detail = f"{CASH} in {currency or 'no currency'} is {told}"
            return IncompleteData(account_id=account_id, detail=detail)
        rate = None if currency == USD else usd_rate(ledger, currency)
        cash.append(CashBalance(currency=currency, amount=amount, usd_rate=rate))
    if not cash:
        return IncompleteData(account_id=account_id, detail="no cash balance in any currency")
    return tuple(cash)


def _net_liquidation(account_id: AccountId, values: Values) -> CashBalance | IncompleteData:
    """What the whole account is worth, in its base currency."""
    if values.get(("AccountReady", ""), "true").lower() == "false":
        return IncompleteData(account_id=account_id, detail="the broker says AccountReady = false")
    named = [
        (currency, text)
        for (tag, currency), text in values.items()
        if tag == "NetLiquidation" and currency not in {BASE, ""}
    ]
    amount = to_amount(named[0][1]) if len(named) == 1 else None
    if amount is None:
        detail = f"net liquidation is given {len(named)} times" if len(named) != 1 else named[0][1]
        return IncompleteData(account_id=account_id, detail=f"no net liquidation: {detail}")
    return CashBalance(currency=named[0][0], amount=amount)


def _stock_value(
    account_id: AccountId, ledger: Ledger, held: tuple[Position, ...]
) -> Decimal | IncompleteData:
    """The ledger's USD stocks in dollars; none or blank is 0 only where no USD stock is held."""
    text = ledger.text(STOCKS, USD)
    amount = to_amount(text or "")
    if amount is not None:
        return amount
    if not text and not any(is_managed(p.security_type, p.currency) for p in held):
        return ZERO
    detail = f"{STOCKS} in {USD} is {'missing' if text is None else repr(text)}"
    return IncompleteData(account_id=account_id, detail=detail)
