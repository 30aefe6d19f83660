"""Messages about orders: status, executions, commissions, completed orders.

Constants that no one chose here (display size, share allocation, unset doubles) stand where the
recordings of real TWS have them.
"""

from decimal import Decimal

from rebalancer_adapters.gateway.book import ExecutionRecord, OrderRecord, Status
from rebalancer_adapters.gateway.market import Instrument
from rebalancer_adapters.gateway.messages.accounts import multiplier_text
from rebalancer_adapters.gateway.messages.message import (
    UNSET_DOUBLE,
    UNSET_INTEGER,
    Message,
    number_text,
    price_text,
    time_text,
)

_NO_PARENT = "9223372036854775807"


def order_status(order: OrderRecord, last_price: Decimal | None) -> Message:
    """Message 3: what became of an order so far."""
    fields = (
        "3",
        str(order.order_id),
        order.status.value,
        number_text(order.filled),
        number_text(order.remaining),
        number_text(order.average_price),
        str(order.perm_id),
        str(order.terms.parent_id),
        number_text(last_price or Decimal(0)),
        str(order.client_id),
        "",  # why held
        "0",  # market cap price
    )
    return Message(
        fields=fields, account=order.account, symbol=order.symbol, status=order.status.value
    )


def execution_details(
    version: int, req_id: int, execution: ExecutionRecord, instrument: Instrument, time_zone: str
) -> Message:
    """Message 11: one execution; `req_id` is -1 when nobody asked, since 178 with a revision."""
    fields = (
        "11",
        str(req_id),
        str(execution.order_id),
        str(instrument.con_id),
        instrument.symbol,
        instrument.security_type,
        instrument.last_trade_date,
        number_text(instrument.strike) if instrument.strike else "0.0",
        instrument.right,
        multiplier_text(instrument),
        execution.exchange,
        instrument.currency,
        instrument.local_symbol,
        instrument.trading_class,
        execution.exec_id,
        time_text(execution.at, time_zone),
        execution.account,
        execution.exchange,
        execution.side,
        number_text(execution.quantity),
        number_text(execution.price),
        str(execution.perm_id),
        str(execution.client_id),
        "0",  # liquidation
        number_text(execution.cumulative),
        number_text(round(execution.average_price, 8)),
        execution.order_ref,
        "",  # economic value rule
        "",  # economic value multiplier
        "",  # model code
        "2",  # liquidity was removed
        *(("0",) if version >= 178 else ()),
    )
    return Message(fields=fields, account=execution.account, symbol=execution.symbol)


def executions_end(req_id: int) -> Message:
    """Message 55: all executions of the request were sent."""
    return Message(fields=("55", "1", str(req_id)))


def commission_report(execution: ExecutionRecord) -> Message:
    """Message 59: the commission of one execution; profit only where a position was closed."""
    profit = execution.realized_pnl
    fields = (
        "59",
        "1",
        execution.exec_id,
        number_text(execution.commission),
        execution.commission_currency,
        UNSET_DOUBLE if profit is None else number_text(round(profit, 6)),
        UNSET_DOUBLE,  # yield
        "",  # redemption date
    )
    return Message(fields=fields, account=execution.account, symbol=execution.symbol)


def open_orders_end() -> Message:
    """Message 53: all open orders of the request were sent."""
    return Message(fields=("53", "1"))


def completed_orders_end() -> Message:
    """Message 102: all completed orders were sent."""
    return Message(fields=("102",))


def completed_order(
    version: int, order: OrderRecord, instrument: Instrument, time_zone: str
) -> Message:
    """Message 101: a done order, without order id and client id, its total quantity 0."""
    filled = number_text(order.filled)
    ended = f"Filled Size: {filled}" if order.status is Status.FILLED else "Cancelled by Trader"
    fields = (
        "101",
        *contract_fields(instrument, order.exchange),
        order.side,
        "0",  # total quantity: TWS gives the filled quantity further below only
        order.order_type,
        price_text(order.terms.limit_price),
        price_text(order.terms.aux_price),
        order.terms.tif,
        "",  # OCA group
        order.account,
        "",  # open or close
        "0",  # origin
        order.order_ref,
        str(order.perm_id),
        "1" if order.terms.outside_rth else "0",
        *("0", "0", ""),  # hidden, discretionary amount, good after time
        *([""] * (3 if version >= 177 else 4)),  # group, method, percentage, before 177 profile
        *([""] * 5),  # model code .. settling firm
        *("0", "", "-1"),  # short sale slot, location, exempt code
        *([""] * 5),  # starting price .. stock range
        *(UNSET_INTEGER, "0", "0", "", "3", "0", "", "0"),  # display size .. volatility type
        *("None", "", "0", "0", "0", ""),  # delta neutral
        *("0", "0", "", "", ""),  # continuous update .. combo legs description
        *("0", "0", "0"),  # combo legs, order combo legs, smart routing parameters
        *(UNSET_INTEGER, UNSET_INTEGER, "", ""),  # scale, hedge type
        *("", "IB", "0", "0"),  # clearing account and intent, not held, delta neutral contract
        *algo_fields(order),
        *("0", order.status.value, "0", "0", "0"),  # solicited, status, random .., conditions
        *(UNSET_DOUBLE, UNSET_DOUBLE, "0", "1", "0", ""),  # trail stop .. auto cancel date
        filled,
        *(UNSET_INTEGER, "0", "Not an insider or substantial shareholder", "0", "0", _NO_PARENT),
        time_text(order.done_at or order.submitted_at, time_zone),
        ended,
        *([""] * 5 if version >= 170 else ()),
    )
    return Message(
        fields=fields, account=order.account, symbol=order.symbol, status=order.status.value
    )


def contract_fields(instrument: Instrument, exchange: str) -> tuple[str, ...]:
    """The eleven contract fields of order messages; right is `?` and strike 0 for stocks."""
    return (
        str(instrument.con_id),
        instrument.symbol,
        instrument.security_type,
        instrument.last_trade_date,
        number_text(instrument.strike),
        instrument.right or "?",
        multiplier_text(instrument),
        exchange,
        instrument.currency,
        instrument.local_symbol,
        instrument.trading_class,
    )


def algo_fields(order: OrderRecord) -> tuple[str, ...]:
    """The algorithm with its parameters, one blank field when there is none."""
    if not order.terms.algo_strategy:
        return ("",)
    params = order.terms.algo_params
    pairs = (text for pair in params for text in pair)
    return (order.terms.algo_strategy, str(len(params)), *pairs)
