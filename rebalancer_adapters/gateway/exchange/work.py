"""Working orders: waiting for the open and the price, filling part by part, cancelling.

The steps of a fill are those of the recordings: execution, openOrder and status Filled, openOrder
with the commission, commission report.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from attrs import evolve

from rebalancer_adapters.gateway.book import Book, OrderRecord, Status
from rebalancer_adapters.gateway.clock import Clock
from rebalancer_adapters.gateway.exchange.events import (
    AccountMoved,
    CommissionKnown,
    Executed,
    OrderEcho,
    Publish,
    StatusReport,
    notice,
)
from rebalancer_adapters.gateway.exchange.matching import fill_price, part_quantity
from rebalancer_adapters.gateway.exchange.refusal import Refusal
from rebalancer_adapters.gateway.exchange.tasks import Tasks
from rebalancer_adapters.gateway.market import Instrument, Market
from rebalancer_adapters.gateway.market.market import told_zone
from rebalancer_adapters.gateway.scenario import (
    BrokerCancel,
    Correct,
    CrossCancel,
    Effect,
    Fill,
    Inactivate,
    Rest,
)
from rebalancer_adapters.gateway.time_zones import zone_of


class Work:
    """The orders that are being worked, one task each."""

    def __init__(
        self, market: Market, book: Book, *, clock: Clock, tasks: Tasks, publish: Publish
    ) -> None:
        self._market = market
        self._book = book
        self._clock = clock
        self._tasks = tasks
        self._publish = publish
        self._running: dict[int, asyncio.Task[None]] = {}
        self._crossings: dict[int, CrossCancel] = {}
        self._price_moves: dict[int, asyncio.Event] = {}
        market.listen(self.look_again)

    def start(self, order: OrderRecord, effects: tuple[Effect, ...]) -> None:
        """Work an accepted order to its end, or as far as the effects let it go."""
        for each in effects:
            if isinstance(each, CrossCancel):
                self._crossings[order.perm_id] = each
        self._running[order.perm_id] = self._tasks.start(self._work(order, effects))

    def later(self, seconds: Decimal, action: Callable[[], None]) -> None:
        """Do something when that many seconds have passed."""

        async def wait_and_act() -> None:
            await self._clock.sleep(seconds)
            action()

        self._tasks.run(wait_and_act())

    def cancel(self, order: OrderRecord) -> None:
        """End a working order, with what it has filled so far; or fill it across the cancel."""
        running = self._running.pop(order.perm_id, None)
        if running is not None:
            running.cancel()
        crossing = self._crossings.pop(order.perm_id, None)
        if crossing is None:
            self._end(order.perm_id, Refusal(202, "Order Canceled - reason:"))
        else:
            self._answer_falsely(order, crossing)
            self._tasks.run(self._fill_across(order.perm_id, crossing))

    def look_again(self, instrument: Instrument) -> None:
        """The price or an order has changed: resting orders may meet the market now."""
        moved = self._price_moves.pop(instrument.con_id, None)
        if moved is not None:
            moved.set()

    async def _work(self, order: OrderRecord, effects: tuple[Effect, ...]) -> None:
        try:
            await self._fill(order, effects)
        finally:
            self._running.pop(order.perm_id, None)

    async def _fill(self, order: OrderRecord, effects: tuple[Effect, ...]) -> None:
        for each in effects:
            if isinstance(each, Inactivate) and not await self._revived(order, each):
                return
        await self._wait_for_open(order)
        if _rests(effects):
            self._set_status(order.perm_id, Status.SUBMITTED)
        else:
            await self._fill_parts(order, effects)
        for each in effects:
            if isinstance(each, BrokerCancel):
                await self._cancel_at_broker(order.perm_id, each)
            elif isinstance(each, Correct):
                await self._correct(order.perm_id, each)

    async def _fill_parts(self, order: OrderRecord, effects: tuple[Effect, ...]) -> None:
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
        self._publish(notice(order.client_id, order.order_id, self._held_text(order, opens), order))
        await self._clock.sleep((opens - now).total_seconds())

    def _held_text(self, order: OrderRecord, opens: datetime) -> Refusal:
        instrument = self._market.by_con_id(order.con_id)
        zone = told_zone(self._market)
        when = opens.astimezone(zone_of(zone))
        return Refusal(
            399,
            f"Order Message:\n{order.side} {order.quantity} {order.symbol} "
            f"{instrument.primary_exchange}\nWarning: your order will not be placed at the "
            f"exchange until {when:%Y-%m-%d %H:%M:%S} {zone or 'UTC'}",
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

    async def _revived(self, order: OrderRecord, how: Inactivate) -> bool:
        """Make the order Inactive, and wait for its revival, when there is to be one."""
        now = self._clock.now()
        inactive = self._book.set_status(
            order.perm_id, Status.INACTIVE, now, may_revive=how.code is None
        )
        self._publish(OrderEcho(order=inactive))
        self._publish(StatusReport(order=inactive))
        if how.code is not None:
            refusal = Refusal(how.code, how.text)
            self._publish(notice(order.client_id, order.order_id, refusal, order))
        if how.revives_after_seconds is None:
            return False
        await self._clock.sleep(how.revives_after_seconds)
        self._set_status(order.perm_id, Status.SUBMITTED)
        return True

    async def _cancel_at_broker(self, perm_id: int, how: BrokerCancel) -> None:
        await self._clock.sleep(how.after_seconds)
        if not self._book.order(perm_id).is_done:
            self._end(perm_id, Refusal(how.code, how.text) if how.code else None)

    async def _correct(self, perm_id: int, how: Correct) -> None:
        await self._clock.sleep(how.after_seconds)
        executed = [each for each in self._book.executions if each.perm_id == perm_id]
        if not executed:
            return
        last = executed[-1]
        corrected = self._book.correct(last.exec_id, quantity=how.quantity, price=how.price)
        self._publish(Executed(execution=corrected))
        self._publish(CommissionKnown(execution=corrected))
        self._publish(AccountMoved(account=corrected.account, con_id=corrected.con_id))

    def _answer_falsely(self, order: OrderRecord, crossing: CrossCancel) -> None:
        """What the client hears of its cancel, while the book goes on working the order."""
        if crossing.answer == "10148":
            text = (
                f"OrderId {order.order_id} that needs to be cancelled cannot be cancelled, "
                "state: Filled."
            )
            refusal = Refusal(10148, text)
            self._publish(notice(order.client_id, order.order_id, refusal, order))
            return
        self._publish(StatusReport(order=evolve(order, status=Status(crossing.answer))))
        if crossing.answer == Status.CANCELLED:
            refusal = Refusal(202, "Order Canceled - reason:")
            self._publish(notice(order.client_id, order.order_id, refusal, order))

    async def _fill_across(self, perm_id: int, crossing: CrossCancel) -> None:
        await self._clock.sleep(crossing.after_seconds)
        part = Fill(share=crossing.share, price=crossing.price)
        await self._fill_part(perm_id, part, completes=crossing.share >= 1)
        if not self._book.order(perm_id).is_done:
            self._end(perm_id, Refusal(202, "Order Canceled - reason:"))

    def _end(self, perm_id: int, reason: Refusal | None) -> None:
        """Cancel what is left of an order and say so: the status first, then the reason."""
        cancelled = self._book.set_status(perm_id, Status.CANCELLED, self._clock.now())
        self._publish(StatusReport(order=cancelled))
        if reason is not None:
            said = notice(cancelled.client_id, cancelled.order_id, reason, cancelled)
            self._publish(said)

    def _set_status(self, perm_id: int, status: Status) -> None:
        order = self._book.set_status(perm_id, status, self._clock.now())
        self._publish(OrderEcho(order=order))
        self._publish(StatusReport(order=order))


def _rests(effects: tuple[Effect, ...]) -> bool:
    """Whether the order waits: it is told to, or its fill waits for the cancel."""
    kinds = {type(each) for each in effects}
    return Rest in kinds or (CrossCancel in kinds and Fill not in kinds)
