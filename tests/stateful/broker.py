"""A broker with an honest book whose messages can be lost, late or doubled; time is a number.

Nothing here waits: who asks is answered at once. `ports` has the same as the ports of the core.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal

from attrs import evolve

from rebalancer_core.orders.events import ErrorReported, Executed, OrderRef
from rebalancer_core.safety.buy_fit import MarketNow
from rebalancer_core.values.account import AccountSnapshot, CashBalance, Position
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Side
from tests.stateful.book_order import BookOrder, InFlight, seen, status
from tests.stateful.line import Line
from tests.stateful.market import MORNING, USUAL_PRICE, market_now
from tests.support.plan_factory import ACCOUNT

COMMISSION = Decimal(1)


class Broker:
    """The other side: what it holds is true, what it says depends on the line."""

    def __init__(self, holdings: dict[ConId, Decimal], cash: Decimal) -> None:
        self.holdings = dict(holdings)
        self.cash = cash
        self.prices = dict.fromkeys(holdings, USUAL_PRICE)
        # What nobody can foresee: a higher price behind a buy, and cash that leaves after the look.
        self.unforeseen = ZERO
        self.cash_after_buys: list[Decimal] = []
        self.looked_at: dict[ConId, tuple[Decimal, float]] = {}
        self.asked_at: dict[OrderRef, Decimal] = {}
        self.book: dict[OrderRef, BookOrder] = {}
        self.seconds = 0.0
        self.next_order_id = 1
        self.in_flight: deque[InFlight] = deque()
        self.is_asking = False
        self.dialogs: list[InFlight] = []
        self.declined: set[OrderRef] = set()
        self.restarts = 0
        self.sent_after: dict[OrderRef, int] = {}
        self.sent_at: list[float] = []
        self.cancels: deque[OrderRef] = deque()
        self.line = Line()
        self._numbers = 0

    def now(self) -> datetime:
        """Its clock."""
        return MORNING + timedelta(seconds=self.seconds)

    def disconnect(self, arrived: int) -> None:
        """The socket closes; of what was on its way only the first `arrived` orders came in."""
        for _ in range(min(arrived, len(self.in_flight))):
            self.receive()
        self.in_flight.clear()
        self.cancels.clear()
        self.line.close()

    def receive(self) -> BookOrder | None:
        """The next order comes in: its number is used, and it waits to be accepted.

        While the gateway asks its user, the order waits in a dialog instead, known to nobody.
        """
        flying = self.in_flight.popleft()
        assert flying.ticket.order_ref not in self.book, "an order was sent twice"
        if self.is_asking:
            self.dialogs.append(flying)
            return None
        assert flying.order_id >= self.next_order_id, "an order id was used twice"
        return self._enter(flying)

    def answer_yes(self) -> None:
        """The user clicks Yes in every dialog: what they hold is sent now, and works."""
        self.is_asking = False
        while self.dialogs:
            self.accept(self._enter(self.dialogs.pop(0)))

    def answer_no(self) -> None:
        """The user clicks No in every dialog."""
        self.is_asking = False
        self.declined |= {flying.ticket.order_ref for flying in self.dialogs}
        self.dialogs.clear()

    def restart(self) -> None:
        """The gateway is restarted: its dialogs die, and so does the session."""
        self.disconnect(0)
        self.is_asking = False
        self.dialogs.clear()
        self.restarts += 1

    def _enter(self, flying: InFlight) -> BookOrder:
        self._numbers += 1
        order = BookOrder(
            ticket=flying.ticket,
            order_id=flying.order_id,
            client_id=flying.client_id,
            perm_id=1000 + self._numbers,
        )
        self.book[flying.ticket.order_ref] = order
        self.next_order_id = max(self.next_order_id, flying.order_id + 1)
        return order

    def accept(self, order: BookOrder) -> None:
        """It is taken, and works."""
        order.status = "Submitted"
        self.line.tell(seen(order))
        self.line.tell(status(order))

    def reject(self, order: BookOrder, code: int) -> None:
        """It is refused, and dead."""
        order.status = "Rejected"
        self.line.tell(ErrorReported(order_ref=order.ticket.order_ref, code=code, text="refused"))

    def confuse(self, order: BookOrder, code: int) -> None:
        """A code that sounds like an end; the order goes on as before."""
        self.line.tell(ErrorReported(order_ref=order.ticket.order_ref, code=code, text="a notice"))

    def fill(self, order: BookOrder, shares: Decimal) -> None:
        """So many shares of it, or what is left."""
        self._numbers += 1
        fill = Executed(
            order_ref=order.ticket.order_ref,
            account_id=order.ticket.account_id,
            execution_id=f"0001.{self._numbers:04d}.01.01",
            con_id=order.ticket.con_id,
            side=order.ticket.side,
            shares=min(shares, order.ticket.quantity - order.filled),
            price=self.prices[order.ticket.con_id],
            at=self.now(),
        )
        order.fills.append(fill)
        self._move(fill, fill.shares)
        self.cash -= COMMISSION
        asked = self.asked_at[order.ticket.order_ref]
        if fill.side is Side.BUY:
            # A part's commission is beyond what was reserved for the whole.
            self.unforeseen += max(ZERO, (fill.price - asked) * fill.shares) + COMMISSION
            self.cash_after_buys.append(self.cash + self.unforeseen)
        if order.filled == order.ticket.quantity:
            order.status = "Filled"
        self.line.tell(fill)
        self.line.tell(status(order))

    def correct(self, order: BookOrder, shares: Decimal) -> None:
        """Its last execution is revised to so many shares, at another price."""
        old = order.fills[-1]
        head, _, revision = old.execution_id.rpartition(".")
        new = evolve(
            old,
            execution_id=f"{head}.{int(revision) + 1:02d}",
            price=old.price + 1,
            shares=min(shares, old.shares),
        )
        order.fills[-1] = new
        self._move(old, new.shares - old.shares)
        change = new.shares * (new.price - old.price)
        self.cash += -change if new.side is Side.BUY else change
        self.unforeseen += abs(change) + abs(new.shares - old.shares) * old.price
        self.line.tell(new)

    def process_cancel(self) -> None:
        """The next cancel comes in."""
        ref = self.cancels.popleft()
        order = self.book.get(ref)
        if order is None:
            self.line.tell(ErrorReported(order_ref=ref, code=10147, text="not found"))
            return
        if order.status not in {"Submitted", ""}:
            self.line.tell(ErrorReported(order_ref=ref, code=10148, text="it is done"))
            return
        order.status = "Cancelled"
        self.line.tell(status(order))
        self.line.tell(ErrorReported(order_ref=ref, code=202, text="Order Canceled - reason:"))

    def process_cancels(self) -> None:
        """All of them come in."""
        while self.cancels:
            self.process_cancel()

    def fill_unheard(self, order: BookOrder, shares: Decimal) -> None:
        """A fill that crosses a cancel: for now the lists alone tell it, not even a status."""
        was_late, self.line.is_late = self.line.is_late, True
        before = order.filled
        self.fill(order, shares)
        order.untold += order.filled - before
        self.line.is_late = was_late

    def catch_up(self) -> None:
        """What was late is said now."""
        for order in self.book.values():
            order.untold = ZERO
        self.line.catch_up()

    def count(self, messages: int) -> None:
        """Messages of the client, by the second in which they came; a strict gateway counts."""
        self.sent_at = [at for at in self.sent_at if self.seconds - at < 1]
        self.sent_at += [self.seconds] * messages

    def snapshot(self) -> AccountSnapshot:
        """Cash and positions, as they are."""
        if not self._is_buying():
            self.unforeseen = ZERO
        return AccountSnapshot(
            account_id=ACCOUNT,
            as_of=self.now(),
            base_currency="USD",
            cash=(CashBalance(currency="USD", amount=self.cash),),
            positions=tuple(
                Position(
                    con_id=con_id,
                    symbol=Symbol(f"S{con_id}"),
                    security_type="STK",
                    currency="USD",
                    quantity=shares,
                )
                for con_id, shares in self.holdings.items()
            ),
        )

    def move_price(self, con_id: ConId, price: Decimal) -> None:
        """The market moves."""
        self.prices[con_id] = price

    def move_cash(self, amount: Decimal) -> None:
        """Cash comes in or leaves, without an order."""
        self.cash += amount
        self.unforeseen += max(ZERO, -amount)

    def _is_buying(self) -> bool:
        waiting = (*self.in_flight, *self.dialogs)
        return any(flying.ticket.side is Side.BUY for flying in waiting) or any(
            order.ticket.side is Side.BUY and order.may_fill for order in self.book.values()
        )

    def market(self, con_ids: tuple[ConId, ...]) -> MarketNow:
        """Its prices; what was looked at, and when, is remembered."""
        self.looked_at |= {con_id: (self.prices[con_id], self.seconds) for con_id in con_ids}
        return market_now(self.prices, con_ids, self.now())

    def _move(self, fill: Executed, shares: Decimal) -> None:
        sign = 1 if fill.side is Side.BUY else -1
        self.holdings[fill.con_id] += sign * shares
        self.cash -= sign * shares * fill.price
