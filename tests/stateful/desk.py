"""One session of a client: it hears what the line lets through, and puts orders on their way."""

from __future__ import annotations

from collections import deque

from rebalancer_core.orders.events import BrokerFact, LinkDown, OrderRef
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.faults import BrokerFault, BrokerRefused, LinkLost
from rebalancer_core.values.plan import Side
from tests.stateful.book_order import InFlight, listed
from tests.stateful.broker import Broker

LOST = LinkLost(detail="the socket closed")
# Buys are fitted to prices of the last ten seconds, and leave within ten more.
_PRICES_AT_MOST_SECONDS_OLD = 20


class Desk:
    """One session of a client that may trade."""

    def __init__(self, broker: Broker, client_id: int) -> None:
        self._broker = broker
        self._client_id = client_id
        self._told: deque[BrokerFact] = deque()
        self.is_closed = False
        self._next_order_id = broker.next_order_id

    @property
    def closed_gate(self) -> str:
        """Why nothing may leave."""
        if self.is_closed:
            return LOST.detail
        return "cut off from the broker" if self._broker.line.is_cut_off else ""

    def owns(self, order_ref: OrderRef) -> bool:
        """Whether live messages of the order come here: only its own client hears them."""
        order = self._broker.book.get(order_ref)
        return order is None or order.client_id == self._client_id

    def hear(self, fact: BrokerFact) -> None:
        """A message came in."""
        self._told.append(fact)

    def close(self) -> None:
        """The socket is gone."""
        self.is_closed = True
        self._told.append(LinkDown(detail="the socket closed", closed=True))

    def reserve(self, at_least: int) -> int:
        """Numbers are given in the order of the calls."""
        self._next_order_id = max(self._next_order_id, at_least) + 1
        return self._next_order_id - 1

    def submit(self, ticket: OrderTicket) -> BrokerFault | None:
        """It is on its way."""
        if self.is_closed:
            return LOST
        self._broker.count(1)
        self._broker.sent_after[ticket.order_ref] = self._broker.restarts
        price, looked_at = self._broker.looked_at[ticket.con_id]
        is_old = self._broker.seconds - looked_at > _PRICES_AT_MOST_SECONDS_OLD
        assert ticket.side is Side.SELL or not is_old, "a buy left at an old price"
        self._broker.asked_at[ticket.order_ref] = price
        self._broker.in_flight.append(InFlight(ticket, self._next_order_id - 1, self._client_id))
        return None

    def cancel(self, order_ref: OrderRef) -> BrokerFault | None:
        """Its cancel is on its way, where this client placed it."""
        if self.is_closed:
            return LOST
        if not self.owns(order_ref):
            why = "not placed under this client id"
            return BrokerRefused(request=f"order {order_ref}", code=0, text=why)
        self._broker.count(1)
        self._broker.cancels.append(order_ref)
        return None

    def facts(self, wait_seconds: float) -> tuple[BrokerFact, ...]:
        """What came in, after the wait."""
        self._broker.seconds += max(wait_seconds, 0.01)
        told = tuple(self._told)
        self._told.clear()
        return told

    def evidence(self) -> tuple[BrokerFact, ...] | BrokerFault:
        """The lists, unless it is cut off."""
        if self.is_closed or self._broker.line.is_cut_off:
            return LOST
        self._broker.count(3)
        # One socket: what was sent before the question comes in before it.
        while self._broker.in_flight:
            self._broker.receive()
        return listed(self._broker.book.values())


def connect(broker: Broker, client_id: int = 42) -> Desk:
    """A new session; messages are counted for each."""
    broker.sent_at.clear()
    desk = Desk(broker, client_id)
    broker.line.session = desk
    return desk
