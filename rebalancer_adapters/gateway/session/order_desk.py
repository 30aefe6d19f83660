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
from rebalancer_adapters.gateway.session.execution_filter import is_wanted
from rebalancer_adapters.gateway.session.floor import Floor
from rebalancer_adapters.gateway.session.line import Line

OrderEvent = OrderEcho | StatusReport | Executed | CommissionKnown | Preview | Notice


class OrderDesk:
    """Passes orders to the exchange and reports back."""

    def __init__(self, floor: Floor, line: Line) -> None:
        self._floor = floor
        self._line = line

    def handle(self, request: OrderRequest) -> None:
        exchange = self._floor.exchange
        match request:
            case PlaceOrder():
                exchange.place(self._line.client_id, request)
            case CancelOrder():
                exchange.cancel(self._line.client_id, request.order_id)
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

    def report(self, event: OrderEvent) -> None:
        """Tell the client what the exchange says about one of its orders."""
        self._line.send(evolve(self._message(event), tag=UNASKED))

    def _message(self, event: OrderEvent) -> Message:
        version = self._line.version
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
        for order in self._floor.book.orders:
            own = order.client_id == self._line.client_id
            if not order.is_done and (own or not own_only):
                self._line.send(
                    self._message(OrderEcho(order=order)), self._message(StatusReport(order=order))
                )
        self._line.send(say.open_orders_end())

    def _send_completed_orders(self) -> None:
        for order in self._floor.book.orders:
            if order.is_done:
                instrument = self._instrument(order)
                self._line.send(
                    say.completed_order(
                        self._line.version, order, instrument, self._floor.time_zone
                    )
                )
        self._line.send(say.completed_orders_end())

    def _send_executions(self, request: RequestExecutions) -> None:
        for execution in self._floor.book.execution_reports:
            instrument = self._floor.market.by_con_id(execution.con_id)
            if is_wanted(execution, instrument, request.filter, self._floor.time_zone):
                self._line.send(
                    self._execution(request.req_id, execution), say.commission_report(execution)
                )
        self._line.send(say.executions_end(request.req_id))

    def _execution(self, req_id: int, execution: ExecutionRecord) -> Message:
        instrument = self._floor.market.by_con_id(execution.con_id)
        return say.execution_details(
            self._line.version, req_id, execution, instrument, self._floor.time_zone
        )

    def _instrument(self, order: OrderRecord) -> Instrument:
        return self._floor.market.by_con_id(order.con_id)
