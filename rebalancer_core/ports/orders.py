"""Orders as they leave the program, and what comes back."""

from __future__ import annotations

from typing import Protocol

from returns.result import Result

from rebalancer_core.orders.events import BrokerFact, OrderRef
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.margin import WhatIf
from rebalancer_core.values.plan import PlannedOrder


class WhatIfPort(Protocol):
    """Asks what an order would do, and orders nothing."""

    async def what_if(
        self, account_id: AccountId, orders: tuple[PlannedOrder, ...], style: OrderStyle
    ) -> tuple[WhatIf, ...]:
        """What each order alone would do to the account's margin, in the order asked.

        An error of the broker is an answer, too; None where none comes in a few seconds. Nothing
        is ordered, so it takes orders that nobody has approved yet.
        """
        ...


class OrderPort(WhatIfPort, Protocol):
    """Sends orders and tells what the broker said of them, raw and in order."""

    @property
    def closed_gate(self) -> str:
        """Why no order may leave for now: cut off from the broker, prices broken; else empty.

        `submit` fails meanwhile.
        """
        ...

    def reserve(self, order_ref: OrderRef, at_least: int) -> Result[int, BrokerFault]:
        """The order id that `submit` will use for this order: unused, and not below `at_least`."""
        ...

    def adopt(self, order_ref: OrderRef, order_id: int | None = None) -> None:
        """Tell the facts of an order of an earlier run, too.

        With the `order_id` that this client gave it, it can be cancelled although the gateway
        never named it.
        """
        ...

    async def submit(self, ticket: OrderTicket) -> Result[None, BrokerFault]:
        """Hand one order to the gateway. A failure means that it was certainly not sent.

        It comes back once the bytes had the chance to leave.
        """
        ...

    async def cancel(self, order_ref: OrderRef) -> Result[None, BrokerFault]:
        """Ask for the cancel of one of this session's own orders."""
        ...

    async def facts(self, wait_seconds: float) -> tuple[BrokerFact, ...]:
        """What came in since the last call; waits up to `wait_seconds` for the first fact."""
        ...

    async def evidence(
        self, account_id: AccountId, *, needs_completed: bool = True
    ) -> Result[tuple[BrokerFact, ...], BrokerFault]:
        """Executions, open orders of all clients and completed orders of one account, asked anew.

        Success only when all three came complete; only orders this program placed are in it.
        Without `needs_completed` also where the gateway does not answer with completed orders:
        then that an order is in no list proves nothing.
        """
        ...
