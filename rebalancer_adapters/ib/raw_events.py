"""The gateway's messages, caught before ib_async makes anything of them.

ib_async calls a live order cancelled upon many a notice and forgets answers it did not expect.
It gets only the answers to what it asked itself while connecting.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar

from rebalancer_adapters.ib.gateway_client import GatewayClient
from rebalancer_adapters.ib.inbox import Inbox
from rebalancer_adapters.ib.library import (
    IB,
    CommissionReport,
    Contract,
    ContractDescription,
    ContractDetails,
    Execution,
    Order,
    OrderState,
    Wrapper,
)
from rebalancer_adapters.ib.pacing import PacedClient
from rebalancer_adapters.ib.raw_rows import (
    AccountRow,
    ExecutionRow,
    OrderRow,
    PositionRow,
    StatusRow,
)
from rebalancer_adapters.ib.requests import TOO_FAST


class RawWrapper(Wrapper):
    """Writes every message into the inbox."""

    def __init__(self, ib: IB, inbox: Inbox) -> None:
        super().__init__(ib)
        self._inbox = inbox

    def error(self, request_id: int, code: int, text: str, _reject_json: str) -> None:
        self._inbox.error(request_id, code, text)
        if code == TOO_FAST and isinstance(self.ib.client, PacedClient):
            self._inbox.slowed_down(self.ib.client.slow_down())

    def connectionClosed(self) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.closed("the gateway closed the connection")
        super().connectionClosed()  # type: ignore[no-untyped-call]  # it has no annotations

    def currentTime(self, time: int) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.server_time.add(time)
        self._inbox.server_time.end()

    def position(
        self, account: str, contract: Contract, quantity: float, average_cost: float
    ) -> None:
        row = PositionRow(
            account=account, contract=contract, quantity=quantity, average_cost=average_cost
        )
        self._inbox.positions.add(row)

    def positionEnd(self) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.positions.end()
        super().positionEnd()  # type: ignore[no-untyped-call]  # it has no annotations

    def positionMulti(  # noqa: N802 - ib_async calls it
        self,
        request_id: int,
        account: str,
        _model: str,
        contract: Contract,
        quantity: float,
        average_cost: float,
    ) -> None:
        row = PositionRow(
            account=account, contract=contract, quantity=quantity, average_cost=average_cost
        )
        self._inbox.position_of(request_id, row)

    def positionMultiEnd(self, request_id: int) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.positions_of.end(request_id)

    def accountUpdateMulti(  # noqa: N802, PLR0917 - ib_async calls it
        self, request_id: int, account: str, model: str, tag: str, val: str, currency: str
    ) -> None:
        row = AccountRow(account=account, tag=tag, value=val, currency=currency, model=model)
        self._inbox.account_value(request_id, row)

    def accountUpdateMultiEnd(self, request_id: int) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.account_values.end(request_id)

    def openOrder(  # noqa: N802 - ib_async calls it
        self, order_id: int, contract: Contract, order: Order, state: OrderState
    ) -> None:
        # Orders and requests share one run of numbers. Other clients count their own, which may
        # begin near the end of all numbers.
        client: GatewayClient = self.ib.client
        if order.clientId == self._inbox.client_id:
            client.updateReqId(order_id + 1)
        if order.whatIf:
            self._inbox.what_if(order_id, state)
        else:
            row = OrderRow(contract=contract, order=order, status=state.status)
            self._inbox.open_orders.add(row)
            self._inbox.orders.open_order(row)

    def openOrderEnd(self) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.open_orders.end()
        super().openOrderEnd()  # type: ignore[no-untyped-call]  # it has no annotations

    def orderStatus(  # noqa: N802, PLR0917 - ib_async calls it
        self,
        order_id: int,
        status: str,
        filled: float,
        remaining: float,
        average_price: float,
        perm_id: int,
        _parent_id: int,
        _last_price: float,
        client_id: int,
        why_held: str,
        _cap_price: float = 0.0,
    ) -> None:
        row = StatusRow(
            order_id=order_id,
            client_id=client_id,
            perm_id=perm_id,
            status=status,
            filled=filled,
            remaining=remaining,
            average_price=average_price,
            why_held=why_held,
        )
        self._inbox.open_orders.add(row)
        self._inbox.orders.status(row)

    def execDetails(self, request_id: int, contract: Contract, execution: Execution) -> None:  # noqa: N802 - ib_async calls it
        row = ExecutionRow(contract=contract, execution=execution)
        if self._inbox.executions.add(request_id, row):
            self._inbox.orders.learn(execution)
        else:
            self._inbox.orders.execution(execution, contract.conId)

    def execDetailsEnd(self, request_id: int) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.executions.end(request_id)
        super().execDetailsEnd(request_id)

    def commissionReport(self, report: CommissionReport) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.orders.commission(report)

    def completedOrder(self, contract: Contract, order: Order, state: OrderState) -> None:  # noqa: N802 - ib_async calls it
        row = OrderRow(contract=contract, order=order, status=state.status)
        self._inbox.completed_orders.add(row)
        self._inbox.orders.completed(row)

    def completedOrdersEnd(self) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.completed_orders.end()

    def contractDetails(self, request_id: int, details: ContractDetails) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.contract_details.add(request_id, details)

    def bondContractDetails(self, request_id: int, details: ContractDetails) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.contract_details.add(request_id, details)

    def contractDetailsEnd(self, request_id: int) -> None:  # noqa: N802 - ib_async calls it
        self._inbox.contract_details.end(request_id)

    def symbolSamples(self, request_id: int, descriptions: list[ContractDescription]) -> None:  # noqa: N802 - ib_async calls it
        for description in descriptions:
            self._inbox.symbol_samples.add(request_id, description)
        self._inbox.symbol_samples.end(request_id)

    def marketDataType(self, request_id: int, data_type: int) -> None:  # noqa: N802 - ib_async calls it
        if request_id in self._inbox.ticks:
            self._inbox.ticks[request_id].data_type(data_type)

    def priceSizeTick(self, request_id: int, tick_type: int, price: float, size: float) -> None:  # noqa: N802 - ib_async calls it
        if request_id in self._inbox.ticks:
            self._inbox.ticks[request_id].price(tick_type, price, size)

    def tickSize(self, request_id: int, tick_type: int, size: float) -> None:  # noqa: N802 - ib_async calls it
        if request_id in self._inbox.ticks:
            self._inbox.ticks[request_id].size(tick_type, size)

    def tickGeneric(self, request_id: int, tick_type: int, value: float) -> None:  # noqa: N802 - ib_async calls it
        if request_id in self._inbox.ticks:
            self._inbox.ticks[request_id].generic(tick_type, value)

    def tickString(self, request_id: int, tick_type: int, value: str) -> None:  # noqa: N802 - ib_async calls it
        if request_id in self._inbox.ticks:
            self._inbox.ticks[request_id].text(tick_type, value)

    def tickSnapshotEnd(self, request_id: int) -> None:  # noqa: N802 - ib_async calls it
        if request_id in self._inbox.ticks:
            self._inbox.ticks[request_id].end()

    def tickReqParams(  # noqa: N802 - ib_async calls it
        self, request_id: int, _min_tick: float, _exchange: str, _permissions: int
    ) -> None:
        """Price steps and routing of a request: market orders need neither."""


# Whose connection is opened or heard: asyncio hands it on to all that comes over that socket.
HEARD: ContextVar[Inbox | None] = ContextVar("HEARD", default=None)


class DamageListener(logging.Handler):
    """Hears ib_async say that it could not read a message, which it only logs.

    Of two sessions in one process each hears of its own messages.
    """

    _SOURCES = ("ib_async.Decoder", "ib_async.wrapper")

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(level=logging.ERROR)
        self._inbox = inbox

    def emit(self, record: logging.LogRecord) -> None:
        if HEARD.get() not in (None, self._inbox):
            return
        self._inbox.damaged(record.getMessage().splitlines()[0][:200])

    def start(self) -> None:
        """Listen until `stop`."""
        for source in self._SOURCES:
            logging.getLogger(source).addHandler(self)

    def stop(self) -> None:
        """Listen no more."""
        for source in self._SOURCES:
            logging.getLogger(source).removeHandler(self)
