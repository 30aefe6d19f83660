"""A broker with an honest book whose messages can be lost, late or doubled; time is a number.

Nothing here waits: who asks is answered at once. `ports` has the same as the ports of the core.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from attrs import define, evolve, field, frozen

from rebalancer_core.market.pricing import quote
from rebalancer_core.orders.events import (
    BrokerFact,
    Completed,
    ErrorReported,
    Executed,
    LinkDown,
    LinkUp,
    OrderRef,
    OrderSeen,
    StatusReported,
)
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.safety.buy_fit import MarketNow
from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    DataType,
    MarketObservation,
    Position,
)
from rebalancer_core.values.faults import BrokerFault, BrokerRefused, LinkLost
from rebalancer_core.values.instruments import (
    ConId,
    Listing,
    Session,
    Symbol,
)
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Side
from rebalancer_core.values.policy import PricingPolicy, SafetyPolicy, TradingHours
from tests.support.plan_factory import ACCOUNT

CONTRACTS = tuple(map(ConId, range(1, 7)))
USUAL_PRICE = Decimal(10)
COMMISSION = Decimal(1)
# Buys are fitted to prices of the last ten seconds, and leave within ten more.
_PRICES_AT_MOST_SECONDS_OLD = 20
LOST = LinkLost(detail="the socket closed")
_MORNING = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@define
class BookOrder:
    """One order as the broker has it; `status` is the broker's word, empty until it is accepted.

    `untold` are shares that no message has told yet.
    """

    ticket: OrderTicket
    order_id: int
    client_id: int
    perm_id: int
    status: str = ""
    fills: list[Executed] = field(factory=list)
    untold: Decimal = ZERO

    @property
    def filled(self) -> Decimal:
        return sum((fill.shares for fill in self.fills), ZERO)

    @property
    def is_working(self) -> bool:
        return self.status == "Submitted"

    @property
    def may_fill(self) -> Decimal:
        """Shares that may still come of it."""
        return self.ticket.quantity - self.filled if self.status in {"", "Submitted"} else ZERO


@frozen
class InFlight:
    """An order on its way to the gateway."""

    ticket: OrderTicket
    order_id: int
    client_id: int


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
        self.late: list[BrokerFact] = []
        self.is_muted = False
        self.is_late = False
        self.is_cut_off = False
        self.said: list[BrokerFact] = []
        self._desk: Desk | None = None
        self._numbers = 0

    def now(self) -> datetime:
        """Its clock."""
        return _MORNING + timedelta(seconds=self.seconds)

    def connect(self, client_id: int = 42) -> Desk:
        """A new session; messages are counted for each."""
        self.sent_at.clear()
        self._desk = Desk(self, client_id)
        return self._desk

    def disconnect(self, arrived: int) -> None:
        """The socket closes; of what was on its way only the first `arrived` orders came in."""
        for _ in range(min(arrived, len(self.in_flight))):
            self.receive()
        self.in_flight.clear()
        self.cancels.clear()
        self.late.clear()
        self.is_muted = self.is_late = self.is_cut_off = False
        if self._desk is not None:
            self._desk.close()
        self._desk = None

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
        self.tell(_seen(order))
        self.tell(_status(order))

    def reject(self, order: BookOrder, code: int) -> None:
        """It is refused, and dead."""
        order.status = "Rejected"
        self.tell(ErrorReported(order_ref=order.ticket.order_ref, code=code, text="refused"))

    def confuse(self, order: BookOrder, code: int) -> None:
        """A code that sounds like an end; the order goes on as before."""
        self.tell(ErrorReported(order_ref=order.ticket.order_ref, code=code, text="a notice"))

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
        self.tell(fill)
        self.tell(_status(order))

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
        self.tell(new)

    def process_cancel(self) -> None:
        """The next cancel comes in."""
        ref = self.cancels.popleft()
        order = self.book.get(ref)
        if order is None:
            self.tell(ErrorReported(order_ref=ref, code=10147, text="not found"))
            return
        if order.status not in {"Submitted", ""}:
            self.tell(ErrorReported(order_ref=ref, code=10148, text="it is done"))
            return
        order.status = "Cancelled"
        self.tell(_status(order))
        self.tell(ErrorReported(order_ref=ref, code=202, text="Order Canceled - reason:"))

    def process_cancels(self) -> None:
        """All of them come in."""
        while self.cancels:
            self.process_cancel()

    def fill_unheard(self, order: BookOrder, shares: Decimal) -> None:
        """A fill that crosses a cancel: for now the lists alone tell it, not even a status."""
        was_late, self.is_late = self.is_late, True
        before = order.filled
        self.fill(order, shares)
        order.untold += order.filled - before
        self.is_late = was_late

    def tell(self, fact: BrokerFact) -> None:
        """Say it to the session, as far as the line allows."""
        self.said.append(fact)
        if self._desk is None or self.is_muted or self.is_cut_off:
            return
        if not isinstance(fact, LinkDown | LinkUp) and not self._desk.owns(fact.order_ref):
            return
        if self.is_late:
            self.late.append(fact)
        else:
            self._desk.hear(fact)

    def catch_up(self) -> None:
        """What was late is said now."""
        late, self.late, self.is_late = self.late, [], False
        for order in self.book.values():
            order.untold = ZERO
        for fact in late:
            self.tell(fact)

    def count(self, messages: int) -> None:
        """Messages of the client, by the second in which they came; a strict gateway counts."""
        self.sent_at = [at for at in self.sent_at if self.seconds - at < 1]
        self.sent_at += [self.seconds] * messages

    def announce(self, fact: LinkDown | LinkUp) -> None:
        """Tell the session of the gateway's link to the broker."""
        self.is_cut_off = isinstance(fact, LinkDown)
        if self._desk is not None:
            self._desk.hear(fact)

    def lists(self) -> tuple[BrokerFact, ...]:
        """Executions, open and completed orders, as they are."""
        facts: list[BrokerFact] = []
        for order in self.book.values():
            facts.extend(order.fills)
            if order.is_working:
                facts.extend((_seen(order), _status(order)))
            if order.status in {"Filled", "Cancelled"}:
                facts.append(_completed(order))
        return tuple(facts)

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
        """Live prices without a spread; the previous close is the usual price."""
        self.looked_at |= {con_id: (self.prices[con_id], self.seconds) for con_id in con_ids}
        seen = tuple(
            MarketObservation(
                con_id=con_id,
                symbol=Symbol(f"S{con_id}"),
                observed_at=self.now(),
                bid=self.prices[con_id],
                ask=self.prices[con_id],
                last=self.prices[con_id],
                last_at=self.now(),
                close=USUAL_PRICE,
                data_type=DataType.LIVE,
            )
            for con_id in con_ids
        )
        return MarketNow(
            now=self.now(),
            hours=TradingHours.RTH,
            listings=tuple(_LISTINGS[con_id] for con_id in con_ids),
            quotes=tuple(
                quote(
                    each,
                    pricing=PricingPolicy(),
                    safety=SafetyPolicy(),
                    now=self.now(),
                    for_trading=True,
                )
                for each in seen
            ),
            observations=seen,
        )

    def _move(self, fill: Executed, shares: Decimal) -> None:
        sign = 1 if fill.side is Side.BUY else -1
        self.holdings[fill.con_id] += sign * shares
        self.cash -= sign * shares * fill.price


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
        return "cut off from the broker" if self._broker.is_cut_off else ""

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
        if self.is_closed or self._broker.is_cut_off:
            return LOST
        self._broker.count(3)
        # One socket: what was sent before the question comes in before it.
        while self._broker.in_flight:
            self._broker.receive()
        return self._broker.lists()


def _listing(con_id: ConId) -> Listing:
    always = Session(opens=_MORNING - timedelta(days=1), closes=_MORNING + timedelta(days=365))
    return Listing(
        con_id=con_id,
        symbol=Symbol(f"S{con_id}"),
        primary_exchange="ARCA",
        liquid_sessions=(always,),
        trading_sessions=(always,),
    )


_LISTINGS = {con_id: _listing(con_id) for con_id in CONTRACTS}


def _seen(order: BookOrder) -> OrderSeen:
    return OrderSeen(
        order_ref=order.ticket.order_ref,
        account_id=order.ticket.account_id,
        perm_id=order.perm_id,
        status=order.status,
        quantity=order.ticket.quantity,
    )


def _status(order: BookOrder) -> StatusReported:
    told = order.filled - order.untold
    return StatusReported(
        order_ref=order.ticket.order_ref,
        status=order.status,
        filled=told,
        remaining=order.ticket.quantity - told,
        average_price=order.ticket.price,
        perm_id=order.perm_id,
    )


def _completed(order: BookOrder) -> Completed:
    return Completed(
        order_ref=order.ticket.order_ref,
        account_id=order.ticket.account_id,
        perm_id=order.perm_id,
        status=order.status,
        filled=order.filled,
    )
