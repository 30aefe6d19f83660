"""The order desk: the only place from which an order can leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

from returns.result import Failure, Result, Success

from rebalancer_adapters.ib.evidence import gather_evidence
from rebalancer_adapters.ib.gateway_client import GatewayClient
from rebalancer_adapters.ib.library import Order, TagValue
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.market_data import to_contract
from rebalancer_adapters.ib.numbers import to_wire_quantity
from rebalancer_core.messages import explain
from rebalancer_core.orders.events import BrokerFact, OrderRef
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.values.faults import BrokerFault, BrokerRefused, LinkLost
from rebalancer_core.values.instruments import AccountId, Listing
from rebalancer_core.values.margin import WhatIf, WhatIfRefused
from rebalancer_core.values.plan import PlannedOrder, Side
from rebalancer_core.values.policy import AlgoPreference

# Our own refusals carry no code of the broker: it was never asked.
_OURS = 0
# For all orders of a plan together: the preview waits for it.
_WHAT_IF_SECONDS = 5.0
# Half of what a second takes, so that nothing waits long behind them.
_WHAT_IFS_AT_ONCE = 20


class OrderClient(GatewayClient, Protocol):
    """A client that can also send and cancel orders."""

    def placeOrder(self, order_id: int, contract: object, order: Order, /) -> None:  # noqa: N802 - the library's name
        """Answered by openOrder and orderStatus, or an error under this number."""
        ...

    def cancelOrder(self, order_id: int, /) -> None:  # noqa: N802 - the library's name
        """Answered by orderStatus and error 202, or 161, 10147, 10148."""
        ...


def _nothing() -> None:
    """Nobody watches."""


class IbWhatIfs:
    """The what-if port over one open session: it asks, and has no way to send an order."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._client: OrderClient = link.ib.client

    async def what_if(
        self, account_id: AccountId, orders: tuple[PlannedOrder, ...], style: OrderStyle
    ) -> tuple[WhatIf, ...]:
        clock = asyncio.get_running_loop().time
        until = clock() + min(_WHAT_IF_SECONDS, self._link.timeout_seconds)
        answers: list[WhatIf] = []
        while len(answers) < len(orders) and self._is_open_to(account_id) and clock() < until:
            some = orders[len(answers) :][:_WHAT_IFS_AT_ONCE]
            left = until - clock()
            answers += await asyncio.gather(
                *(self._what_if(account_id, each, style, left) for each in some)
            )
        return (*answers, *(None for _ in orders[len(answers) :]))

    async def _what_if(
        self, account_id: AccountId, about: PlannedOrder, style: OrderStyle, seconds: float
    ) -> WhatIf:
        """Asked under a number of its own, which no order ever gets."""
        question = to_question(account_id, about, style)
        contract = to_contract(
            Listing(con_id=about.con_id, symbol=about.symbol, primary_exchange="")
        )

        def send(order_id: int) -> None:
            self._client.placeOrder(order_id, contract, question)

        name = f"what-if of {about.symbol}"
        answer = await self._link.inbox.margins.ask(name, self._client, send, seconds)
        if isinstance(answer, tuple):
            return answer[0] if answer else None
        self._link.inbox.notices.append(explain(answer))
        if isinstance(answer, BrokerRefused):
            return WhatIfRefused(code=answer.code, text=answer.text)
        return None

    def _is_open_to(self, account_id: AccountId) -> bool:
        return self._link.inbox.trouble is None and account_id in self._link.accounts


class IbOrderDesk(IbWhatIfs):
    """The order port over one open session that may trade.

    `handed` is called when the library has an order and the loop has had no turn since.
    """

    def __init__(self, link: Link, handed: Callable[[], None] = _nothing) -> None:
        super().__init__(link)
        self._handed = handed
        self._log = link.inbox.orders
        self._reserved: dict[OrderRef, int] = {}

    @property
    def closed_gate(self) -> str:
        return self._link.inbox.closed_gate

    def reserve(self, order_ref: OrderRef, at_least: int) -> Result[int, BrokerFault]:
        try:
            self._client.updateReqId(at_least)
            self._reserved[order_ref] = self._client.getReqId()
        except ConnectionError as error:
            return Failure(LinkLost(detail=str(error)))
        return Success(self._reserved[order_ref])

    def adopt(self, order_ref: OrderRef, order_id: int | None = None) -> None:
        self._log.adopt(order_ref, order_id)

    async def submit(self, ticket: OrderTicket) -> Result[None, BrokerFault]:
        refusal = self._refusal(ticket)
        if refusal is not None:
            return Failure(refusal)
        try:
            order_id = self._reserved.pop(ticket.order_ref, None) or self._client.getReqId()
            self._log.handed(order_id, ticket.order_ref)
            contract = to_contract(_listing(ticket))
            self._client.placeOrder(order_id, contract, to_order(ticket))
        except ConnectionError as error:
            # ib_async checks the connection before it takes the first byte.
            self._log.withdraw(ticket.order_ref)
            return Failure(LinkLost(detail=str(error)))
        self._handed()
        # The loop gets its turn, so that the bytes go before anything else is done.
        await asyncio.sleep(0)
        return Success(None)

    async def cancel(self, order_ref: OrderRef) -> Result[None, BrokerFault]:
        order_id = self._log.order_id(order_ref)
        if order_id is None:
            return Failure(_refused(order_ref, "it was not placed under this client id"))
        try:
            self._client.cancelOrder(order_id)
        except ConnectionError as error:
            return Failure(LinkLost(detail=str(error)))
        return Success(None)

    async def facts(self, wait_seconds: float) -> tuple[BrokerFact, ...]:
        return await self._log.take(wait_seconds)

    async def evidence(
        self, account_id: AccountId, *, needs_completed: bool = True
    ) -> Result[tuple[BrokerFact, ...], BrokerFault]:
        answer = await gather_evidence(self._link, account_id, needs_completed=needs_completed)
        return Success(answer) if isinstance(answer, tuple) else Failure(answer)

    def _refusal(self, ticket: OrderTicket) -> BrokerFault | None:
        if self._link.inbox.trouble is not None:
            return self._link.inbox.trouble
        if ticket.account_id not in self._link.accounts:
            known = ", ".join(self._link.accounts)
            return _refused(ticket.order_ref, f"{ticket.account_id} is not among {known}")
        if self._log.is_submitted(ticket.order_ref):
            return _refused(ticket.order_ref, "duplicate order reference")
        return None


def to_order(ticket: OrderTicket) -> Order:
    """The order as ib_async writes it on the wire: DAY, explicit account, reference (R 6.1.5).

    DAY is stated because the gateway else says 10349, which ib_async takes for a cancel. MIDPRICE
    goes without a price cap; Adaptive is an algo on a market order (R 6.3.1).
    """
    order = _day_order(ticket.account_id, ticket.side, ticket.quantity, ticket.style)
    order.orderRef = ticket.order_ref
    return order


def to_question(account_id: AccountId, order: PlannedOrder, style: OrderStyle) -> Order:
    """The same order as a what-if; nameless, so that it can be taken for no order of ours."""
    question = _day_order(account_id, order.side, order.quantity, style)
    question.whatIf = True
    return question


def _day_order(account_id: AccountId, side: Side, quantity: Decimal, style: OrderStyle) -> Order:
    order = Order(
        action=side.value,
        totalQuantity=to_wire_quantity(quantity),
        orderType="MKT",
        tif="DAY",
        account=account_id,
        outsideRth=style.outside_rth,
        transmit=True,
    )
    _apply(style, order)
    return order


def _apply(style: OrderStyle, order: Order) -> None:
    match style.algo:
        case AlgoPreference.ADAPTIVE:
            order.algoStrategy = "Adaptive"
            order.algoParams = [TagValue("adaptivePriority", style.priority.value)]
        case AlgoPreference.MIDPRICE:
            order.orderType = "MIDPRICE"
        case AlgoPreference.NONE:
            pass


def _listing(ticket: OrderTicket) -> Listing:
    return Listing(
        con_id=ticket.con_id, symbol=ticket.symbol, primary_exchange=ticket.primary_exchange
    )


def _refused(order_ref: OrderRef, why: str) -> BrokerRefused:
    return BrokerRefused(request=f"order {order_ref}", code=_OURS, text=f"not sent: {why}")
