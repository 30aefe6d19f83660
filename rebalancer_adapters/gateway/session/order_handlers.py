"""Orders of one client: what it asks about them, and what the exchange tells about them."""

from attrs import evolve

from rebalancer_adapters.gateway.book import ExecutionRecord, OrderRecord
from rebalancer_adapters.gateway.exchange.events import (
    CommissionKnown,
    Executed,
    Notice,
    OrderEcho,
    Preview,
    StatusReport,
)
from rebalancer_adapters.gateway.exchange.exchange import READ_ONLY
from rebalancer_adapters.gateway.market import Instrument
from rebalancer_adapters.gateway.messages import orders as say
from rebalancer_adapters.gateway.messages.connection import error
from rebalancer_adapters.gateway.messages.message import Message
from rebalancer_adapters.gateway.messages.open_order import open_order
from rebalancer_adapters.gateway.requests.values import (
    CancelAllOrders,
    CancelOrder,
    OrderRequest,
    PlaceOrder,
    RequestAllOpenOrders,
    RequestAutoOpenOrders,
    RequestCompletedOrders,
    RequestExecutions,
    RequestOpenOrders,
)
from rebalancer_adapters.gateway.scenario import UNASKED
from rebalancer_adapters.gateway.session.connection import Connection
from rebalancer_adapters.gateway.session.execution_filter import is_wanted
from rebalancer_adapters.gateway.session.shared import Shared

_READS = RequestExecutions  # what needs no write access
OrderEvent = OrderEcho | StatusReport | Executed | CommissionKnown | Preview | Notice


class OrderHandlers:
    """Passes orders to the exchange and reports back."""

    def __init__(self, shared: Shared, connection: Connection) -> None:
        self._shared = shared
        self._connection = connection

    def handle(self, request: OrderRequest) -> None:
        exchange = self._shared.exchange
        if self._shared.market.settings.read_only_api and not isinstance(request, _READS):
            self._refuse_writing(request)
            return
        match request:
            case PlaceOrder():
                exchange.place(self._connection.client_id, request)
            case CancelOrder():
                exchange.cancel(self._connection.client_id, request.order_id)
            case CancelAllOrders():
                exchange.cancel_all()
            case RequestOpenOrders():
                self._send_open_orders(own_only=True)
            case RequestAllOpenOrders():
                self._send_open_orders(own_only=False)
            case RequestCompletedOrders():
                self._send_completed_orders()
            case RequestExecutions():
                self._send_executions(request)
            case RequestAutoOpenOrders():
                pass  # binds manual orders of TWS; this gateway has no screen to place any

    def _refuse_writing(self, request: OrderRequest) -> None:
        """Lists of orders are refused like orders, with an error that names no request."""
        order_id = request.order_id if isinstance(request, PlaceOrder | CancelOrder) else -1
        self._connection.send_error(order_id, READ_ONLY.code, READ_ONLY.text)

    def report(self, event: OrderEvent) -> None:
        """Tell the client what the exchange says about one of its orders."""
        self._connection.send(evolve(self._message(event), tag=UNASKED))

    def _message(self, event: OrderEvent) -> Message:
        version = self._connection.version
        match event:
            case OrderEcho():
                instrument = self._instrument(event.order)
                return open_order(version, event.order, instrument, commission=event.commission)
            case StatusReport():
                return say.order_status(event.order, event.last_price)
            case Executed():
                return self._execution(-1, event.execution)
            case CommissionKnown():
                return say.commission_report(event.execution)
            case Preview():
                instrument = self._instrument(event.order)
                return open_order(version, event.order, instrument, margins=event.margins)
            case Notice():
                return error(
                    version,
                    event.order_id,
                    event.code,
                    event.text,
                    account=event.account,
                    symbol=event.symbol,
                )

    def _send_open_orders(self, *, own_only: bool) -> None:
        client_id = self._connection.client_id
        every = not own_only or client_id == self._shared.market.settings.master_client_id
        for order in self._shared.book.orders:
            if not order.is_done and (every or order.client_id == client_id):
                self._connection.send(
                    self._message(OrderEcho(order=order)), self._message(StatusReport(order=order))
                )
        self._connection.send(say.open_orders_end())

    def _send_completed_orders(self) -> None:
        for order in self._shared.book.orders:
            if order.is_done:
                instrument = self._instrument(order)
                self._connection.send(
                    say.completed_order(
                        self._connection.version, order, instrument, self._shared.told_zone
                    )
                )
        self._connection.send(say.completed_orders_end())

    def _send_executions(self, request: RequestExecutions) -> None:
        wanted = [
            each
            for each in self._shared.book.execution_reports
            if is_wanted(each, self._traded(each), request.filter, self._shared.time_zone)
        ]
        for each in wanted:
            self._connection.send(self._execution(request.req_id, each))
        self._connection.send(say.executions_end(request.req_id))
        for each in wanted:
            self._connection.send(say.commission_report(each))

    def _execution(self, req_id: int, execution: ExecutionRecord) -> Message:
        return say.execution_details(
            self._connection.version,
            req_id,
            execution,
            self._traded(execution),
            self._shared.told_zone,
        )

    def _traded(self, execution: ExecutionRecord) -> Instrument:
        return self._shared.market.by_con_id(execution.con_id)

    def _instrument(self, order: OrderRecord) -> Instrument:
        return self._shared.market.by_con_id(order.con_id)
