"""Messages about accounts: values, positions, portfolio, summary."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from rebalancer_adapters.gateway.book.account_rows import LEDGER_PREFIX, Row
from rebalancer_adapters.gateway.book.records import Holding
from rebalancer_adapters.gateway.market import Instrument
from rebalancer_adapters.gateway.messages.message import Message, number_text


def account_value(account: str, row: Row) -> Message:
    """Message 6: one value of the account that this client subscribed."""
    fields = ("6", "2", row.tag, row.value, row.currency, account)
    return Message(fields=fields, account=account, tag=_plain_tag(row))


def account_time(now: datetime, time_zone: str) -> Message:
    """Message 8: hour and minute of the last update."""
    return Message(fields=("8", "1", f"{now.astimezone(ZoneInfo(time_zone)):%H:%M}"))


def account_download_end(account: str) -> Message:
    """Message 54: all values and the portfolio of the account were sent."""
    return Message(fields=("54", "1", account), account=account)


def portfolio_value(
    account: str, instrument: Instrument, holding: Holding, price: Decimal, realized: Decimal
) -> Message:
    """Message 7: one position with price and profit; it has a primary exchange, no exchange."""
    value = holding.quantity * price * instrument.multiplier
    cost = holding.quantity * holding.average_cost
    fields = (
        "7",
        "8",
        str(instrument.con_id),
        instrument.symbol,
        instrument.security_type,
        instrument.last_trade_date,
        number_text(instrument.strike),
        instrument.right or "0",
        multiplier_text(instrument),
        instrument.primary_exchange,
        instrument.currency,
        instrument.local_symbol,
        instrument.trading_class,
        number_text(holding.quantity),
        number_text(price),
        f"{value:.2f}",
        _cost_text(holding.average_cost),
        f"{value - cost:.2f}",
        f"{realized:.2f}",
        account,
    )
    return Message(fields=fields, account=account, symbol=instrument.symbol)


def account_update_multi(req_id: int, account: str, row: Row) -> Message:
    """Message 73: one value of an account; the model code is blank."""
    fields = ("73", "1", str(req_id), account, "", row.tag, row.value, row.currency)
    return Message(fields=fields, account=account, tag=_plain_tag(row))


def account_update_multi_end(req_id: int, account: str) -> Message:
    """Message 74: all values of the request were sent."""
    return Message(fields=("74", "1", str(req_id)), account=account)


def position(account: str, instrument: Instrument, holding: Holding) -> Message:
    """Message 61: one position; its exchange is where the contract is listed, not SMART."""
    fields = ("61", "3", account, *_position_fields(instrument, holding))
    return Message(fields=fields, account=account, symbol=instrument.local_symbol)


def position_multi(req_id: int, account: str, instrument: Instrument, holding: Holding) -> Message:
    """Message 71: one position of the asked account; the model code at its end is blank."""
    fields = ("71", "1", str(req_id), account, *_position_fields(instrument, holding), "")
    return Message(fields=fields, account=account, symbol=instrument.local_symbol)


def position_multi_end(req_id: int) -> Message:
    """Message 72: all positions of the request were sent."""
    return Message(fields=("72", "1", str(req_id)))


def position_end() -> Message:
    """Message 62: all positions of all accounts were sent."""
    return Message(fields=("62", "1"))


def account_summary(req_id: int, account: str, row: Row) -> Message:
    """Message 63: one value of one account, or of account `All` for ledger rows."""
    fields = ("63", "1", str(req_id), account, row.tag, row.value, row.currency)
    return Message(fields=fields, account=account, tag=row.tag)


def account_summary_end(req_id: int) -> Message:
    """Message 64: the summary was sent."""
    return Message(fields=("64", "1", str(req_id)))


def multiplier_text(instrument: Instrument) -> str:
    """Blank for stocks, 100 for US options."""
    return "" if instrument.multiplier == 1 else number_text(instrument.multiplier)


def _position_fields(instrument: Instrument, holding: Holding) -> tuple[str, ...]:
    return (
        str(instrument.con_id),
        instrument.symbol,
        instrument.security_type,
        instrument.last_trade_date,
        _strike_text(instrument),
        instrument.right,
        multiplier_text(instrument),
        instrument.primary_exchange if instrument.security_type == "STK" else "",
        instrument.currency,
        instrument.local_symbol,
        instrument.trading_class,
        number_text(holding.quantity),
        _cost_text(holding.average_cost),
    )


def _plain_tag(row: Row) -> str:
    """What a scenario's rule calls this value, with and without the prefix."""
    return row.tag.removeprefix(LEDGER_PREFIX)


def _strike_text(instrument: Instrument) -> str:
    return number_text(instrument.strike) if instrument.strike else "0.0"


def _cost_text(cost: Decimal) -> str:
    return number_text(round(cost, 8))
