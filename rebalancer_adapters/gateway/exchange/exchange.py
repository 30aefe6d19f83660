"""The exchange: takes, works, amends and cancels orders, and tells what happened, step by step.

The steps of an order are those of the recordings: openOrder and status PreSubmitted, execution,
openOrder and status Filled, openOrder with the commission, commission report.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from rebalancer_adapters.gateway.book import Book, OrderRecord, Status
from rebalancer_adapters.gateway.clock import Clock
from rebalancer_adapters.gateway.exchange.checks import CheckedOrder, check_order
from rebalancer_adapters.gateway.exchange.events import (
    AccountMoved,
    CommissionKnown,
    ExchangeEvent,
    Executed,
    Notice,
    OrderEcho,
    Preview,
    StatusReport,
)
from rebalancer_adapters.gateway.exchange.funds import preview_margins
from rebalancer_adapters.gateway.exchange.matching import fill_price, part_quantity
from rebalancer_adapters.gateway.exchange.refusal import Refusal
from rebalancer_adapters.gateway.exchange.tasks import Tasks
from rebalancer_adapters.gateway.market import Instrument, Market
from rebalancer_adapters.gateway.requests.values import PlaceOrder
from rebalancer_adapters.gateway.scenario import (
    Director,
    Effect,
    Event,
    Fill,
    Reject,
    Remark,
    Rest,
)

Publish = Callable[[ExchangeEvent], None]

_READ_ONLY = Refusal(
    321,
    "Error validating request.-'bw' : cause - The API interface is currently in Read-Only mode.",
)
_DUPLICATE = Refusal(103, "Duplicate order id")
_MISMATCH = Refusal(105, "Order being modified does not match original order")


class Exchange:
    """Works the orders of all clients in one book."""

    def __init__(
        self,
        market: Market,
        book: Book,
        *,
        clock: Clock,
        director: Director,
        tasks: Tasks,
        publish: Publish,
    ) -> None:
        self._market = market
        self._book = book
        self._clock = clock
        self._director = director
        self._tasks = tasks
        self._publish = publish
        self._work_of: dict[int, asyncio.Task[None]] = {}
        self._price_moves: dict[int, asyncio.Event] = {}
        market.listen(self._price_moved)

    def place(self, client_id: int, request: PlaceOrder) -> None:
        """A new order, an amendment of a working one, or a what-if order."""
        known = self._book.order_of(client_id, request.order_id)
        refusal = self._refusal(request, known)
        if refusal is not None:
            self._refuse(client_id, request, refusal)
            return
        checked = check_order(self._market, self._book, request.contract, request.terms)
        if isinstance(checked, Refusal):
            self._refuse(client_id, request, checked)
        elif request.terms.what_if:
            self._preview(client_id, request, checked)
        elif known is not None:
            self._amend(known, checked)
        else:
            self._accept(client_id, request, checked)

    def cancel(self, client_id: int, order_id: int) -> None:
        """Cancel an own order: status Cancelled, then 202; 10147 and 10148 when impossible."""
        order = self._book.order_of(client_id, order_id)
        if order is None:
            text = f"OrderId {order_id} that needs to be cancelled is not found."
            self._notify(client_id, order_id, Refusal(10147, text))
        elif order.is_done:
            state = order.status.value
            text = f"OrderId {order_id} that needs to be cancelled cannot be cancelled, "
            self._notify(client_id, order_id, Refusal(10148, f"{text}state: {state}."))
        else:
            self._cancel(order)

    def cancel_all(self) -> None:
        """Cancel the working orders of all clients."""
        for order in self._book.orders:
            if not order.is_done:
                self._cancel(order)

    def _refusal(self, request: PlaceOrder, known: OrderRecord | None) -> Refusal | None:
        if self._market.practices.read_only_api:
            return _READ_ONLY
        if known is None or request.terms.what_if:
            return None
        if known.is_done:
            return _DUPLICATE
        asked = (request.terms.action, request.terms.account or known.account)
        same_type = request.terms.order_type == known.order_type
        return None if asked == (known.side, known.account) and same_type else _MISMATCH

    def _preview(self, client_id: int, request: PlaceOrder, checked: CheckedOrder) -> None:
        order = self._draft(client_id, request, checked)
        margins = preview_margins(self._market, self._book, checked.instrument, checked.terms)
        self._publish(Preview(order=order, margins=None))
        self._publish(Preview(order=order, margins=margins))

    def _amend(self, known: OrderRecord, checked: CheckedOrder) -> None:
        order = self._book.amend(known.perm_id, checked.terms)
        self._publish(OrderEcho(order=order))
        self._publish(StatusReport(order=order))
        self._price_moved(checked.instrument)

    def _accept(self, client_id: int, request: PlaceOrder, checked: CheckedOrder) -> None:
        terms = checked.terms
        effects = self._director.effects(
            Event(
                is_order=True,
                message_id=3,
                client_id=client_id,
                account=terms.account,
                symbol=checked.instrument.symbol,
                side=terms.action,
            )
        )
        rejection = next((each for each in effects if isinstance(each, Reject)), None)
        if rejection is not None:
            self._refuse(client_id, request, Refusal(rejection.code, rejection.text))
            return
        order = self._book.accept(self._draft(client_id, request, checked))
        self._publish(OrderEcho(order=order))
        self._publish(StatusReport(order=order))
        remarks = (Refusal(each.code, each.text) for each in effects if isinstance(each, Remark))
        for warning in (*checked.warnings, *remarks):
            self._notify(client_id, order.order_id, warning, order)
        self._work_of[order.perm_id] = self._tasks.start(self._work(order, effects))

    async def _work(self, order: OrderRecord, effects: tuple[Effect, ...]) -> None:
        await self._wait_for_open(order)
        if any(isinstance(each, Rest) for each in effects):
            self._set_status(order.perm_id, Status.SUBMITTED)
            return
        usual = Fill(after_seconds=self._market.practices.fill_delay_seconds)
        parts = tuple(each for each in effects if isinstance(each, Fill)) or (usual,)
        whole = sum(part.share for part in parts) >= 1
        for number, part in enumerate(parts, start=1):
            if part.after_seconds > 0:
                if self._book.order(order.perm_id).status is Status.PRE_SUBMITTED:
                    self._set_status(order.perm_id, Status.SUBMITTED)
                await self._clock.sleep(part.after_seconds)
            await self._fill_part(order.perm_id, part, completes=whole and number == len(parts))

    async def _wait_for_open(self, order: OrderRecord) -> None:
        hours = self._market.hours
        now = self._clock.now()
        extended = order.terms.outside_rth and hours.is_trading(now)
        if extended or hours.is_liquid(now):
            return
        opens = hours.next_liquid_open(now)
        self._notify(order.client_id, order.order_id, self._held_text(order, opens), order)
        await self._clock.sleep((opens - now).total_seconds())

    def _held_text(self, order: OrderRecord, opens: datetime) -> Refusal:
        instrument = self._market.by_con_id(order.con_id)
        when = opens.astimezone(ZoneInfo(self._market.hours.time_zone))
        return Refusal(
            399,
            f"Order Message:\n{order.side} {order.quantity} {order.symbol} "
            f"{instrument.primary_exchange}\nWarning: your order will not be placed at the "
            f"exchange until {when:%Y-%m-%d %H:%M:%S} {self._market.hours.time_zone}",
        )

    async def _fill_part(self, perm_id: int, part: Fill, *, completes: bool) -> None:
        price = await self._price(perm_id, part)
        order = self._book.order(perm_id)
        quantity = part_quantity(order, part, completes=completes)
        if quantity <= 0:
            return
        execution = self._book.fill(perm_id, quantity, price, self._clock.now())
        order = self._book.order(perm_id)
        self._publish(Executed(execution=execution))
        self._publish(OrderEcho(order=order))
        self._publish(StatusReport(order=order, last_price=price))
        if order.is_done:
            paid = sum(each.commission for each in self._book.executions if each.perm_id == perm_id)
            self._publish(OrderEcho(order=order, commission=Decimal(paid)))
        self._publish(CommissionKnown(execution=execution))
        self._publish(AccountMoved(account=order.account, con_id=order.con_id))

    async def _price(self, perm_id: int, part: Fill) -> Decimal:
        if part.price is not None:
            return part.price
        while True:
            order = self._book.order(perm_id)
            instrument = self._market.by_con_id(order.con_id)
            price = fill_price(order, instrument, self._market.quote(order.con_id))
            if price is not None:
                return price
            if order.status is Status.PRE_SUBMITTED:
                self._set_status(perm_id, Status.SUBMITTED)
            moved = self._price_moves.setdefault(order.con_id, asyncio.Event())
            await moved.wait()

    def _price_moved(self, instrument: Instrument) -> None:
        moved = self._price_moves.pop(instrument.con_id, None)
        if moved is not None:
            moved.set()

    def _cancel(self, order: OrderRecord) -> None:
        work = self._work_of.pop(order.perm_id, None)
        if work is not None:
            work.cancel()
        cancelled = self._book.set_status(order.perm_id, Status.CANCELLED, self._clock.now())
        self._publish(StatusReport(order=cancelled))
        reason = Refusal(202, "Order Canceled - reason:")
        self._notify(order.client_id, order.order_id, reason, order)

    def _set_status(self, perm_id: int, status: Status) -> None:
        order = self._book.set_status(perm_id, status, self._clock.now())
        self._publish(OrderEcho(order=order))
        self._publish(StatusReport(order=order))

    def _draft(self, client_id: int, request: PlaceOrder, checked: CheckedOrder) -> OrderRecord:
        return self._book.draft(
            checked.instrument,
            checked.terms,
            client_id=client_id,
            order_id=request.order_id,
            exchange=request.contract.exchange,
            at=self._clock.now(),
        )

    def _refuse(self, client_id: int, request: PlaceOrder, refusal: Refusal) -> None:
        self._publish(
            Notice(
                client_id=client_id,
                order_id=request.order_id,
                code=refusal.code,
                text=refusal.text,
                account=request.terms.account,
                symbol=request.contract.symbol,
            )
        )

    def _notify(
        self, client_id: int, order_id: int, refusal: Refusal, order: OrderRecord | None = None
    ) -> None:
        self._publish(
            Notice(
                client_id=client_id,
                order_id=order_id,
                code=refusal.code,
                text=refusal.text,
                account=order.account if order else "",
                symbol=order.symbol if order else "",
            )
        )
