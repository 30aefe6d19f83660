"""The exchange: takes, amends and cancels the orders of all clients, and tells what happened."""

from rebalancer_adapters.gateway.book import Book, OrderRecord
from rebalancer_adapters.gateway.clock import Clock
from rebalancer_adapters.gateway.exchange.checks import CheckedOrder, check_order
from rebalancer_adapters.gateway.exchange.dialogs import UNTIL_ANSWERED, Dialogs
from rebalancer_adapters.gateway.exchange.events import (
    OrderEcho,
    Preview,
    Publish,
    StatusReport,
    notice,
)
from rebalancer_adapters.gateway.exchange.funds import preview_margins
from rebalancer_adapters.gateway.exchange.link import BrokerLink
from rebalancer_adapters.gateway.exchange.refusal import Refusal
from rebalancer_adapters.gateway.exchange.work import Work
from rebalancer_adapters.gateway.market import Market
from rebalancer_adapters.gateway.requests.values import PlaceOrder
from rebalancer_adapters.gateway.scenario import (
    Effect,
    Event,
    FaultScheduler,
    ForeignOrder,
    Hold,
    Kind,
    Lose,
    Reject,
    Remark,
)
from rebalancer_adapters.gateway.terms import OrderTerms

READ_ONLY = Refusal(
    321,
    "Error validating request.-'bW' : cause - The API interface is currently in Read-Only mode.",
)
_DUPLICATE = Refusal(103, "Duplicate order id")
_TOO_SMALL = Refusal(321, "Error validating request.-'bI' : cause - Invalid order size.")
_MISMATCH = Refusal(105, "Order being modified does not match original order")
NOT_CONNECTED = Refusal(504, "Not connected")


class Exchange:
    """The order desk behind every session."""

    def __init__(
        self,
        market: Market,
        book: Book,
        *,
        clock: Clock,
        scheduler: FaultScheduler,
        work: Work,
        publish: Publish,
        link: BrokerLink,
        dialogs: Dialogs,
    ) -> None:
        self._market = market
        self._book = book
        self._clock = clock
        self._scheduler = scheduler
        self._work = work
        self._publish = publish
        self._link = link
        self._dialogs = dialogs
        self._is_asked_once = False

    @property
    def outage(self) -> tuple[int, str] | None:
        """The code and text of an outage that is under way."""
        return self._link.lost

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
        elif known is not None and (checked.terms.quantity or 0) <= known.filled:
            self._refuse(client_id, request, _TOO_SMALL)
        elif known is not None:
            self._amend(known, checked)
        else:
            self._accept(client_id, request, checked)

    def cancel(self, client_id: int, order_id: int) -> None:
        """Cancel an own order: status Cancelled, then 202; 10147 and 10148 when impossible."""
        order = self._book.order_of(client_id, order_id)
        if order is None:
            text = f"OrderId {order_id} that needs to be cancelled is not found."
            self._publish(notice(client_id, order_id, Refusal(10147, text)))
        elif order.is_done:
            text = (
                f"OrderId {order_id} that needs to be cancelled cannot be cancelled, "
                f"state: {order.status.value}."
            )
            self._publish(notice(client_id, order_id, Refusal(10148, text)))
        else:
            self._work.cancel(order)

    def place_foreign(self, foreign: ForeignOrder) -> None:
        """Work an order of a client that is not here; what it says is not checked."""
        limit = foreign.limit_price
        terms = OrderTerms(
            action=foreign.side,
            quantity=foreign.quantity,
            order_type="MKT" if limit is None else "LMT",
            limit_price=limit,
            tif="GTC",
            account=foreign.account,
            order_ref=foreign.order_ref,
        )
        draft = self._book.draft(
            self._market.instrument(foreign.symbol),
            terms,
            client_id=foreign.client_id,
            order_id=self._book.next_order_id(foreign.client_id),
            exchange="SMART",
            at=self._clock.now(),
        )
        self._work.start(self._book.accept(draft), ())

    def cancel_all(self) -> None:
        """Cancel the working orders of all clients."""
        for order in self._book.orders:
            if not order.is_done:
                self._work.cancel(order)

    def _refusal(self, request: PlaceOrder, known: OrderRecord | None) -> Refusal | None:
        if self._market.settings.read_only_api:
            return READ_ONLY
        if not self._link.is_up:
            return NOT_CONNECTED
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
        self._work.look_again(checked.instrument)

    def _accept(self, client_id: int, request: PlaceOrder, checked: CheckedOrder) -> None:
        effects = self._scheduler.effects(
            Event(
                kind=Kind.ORDER,
                message_id=3,
                client_id=client_id,
                account=checked.terms.account,
                symbol=checked.instrument.symbol,
                side=checked.terms.action,
                algo=checked.terms.algo,
            )
        )
        rejection = next((each for each in effects if isinstance(each, Reject)), None)
        held = next((each for each in effects if isinstance(each, Hold)), self._question(checked))
        if any(isinstance(each, Lose) for each in effects):
            return
        if rejection is not None:
            self._refuse(client_id, request, Refusal(rejection.code, rejection.text))
        elif held is not None:
            self._dialogs.hold(
                held.seconds, lambda: self._enter(client_id, request, checked, effects)
            )
        else:
            self._enter(client_id, request, checked, effects)

    def _question(self, checked: CheckedOrder) -> Hold | None:
        """ "Market Order Confirmation", which TWS asks once where no precaution is bypassed."""
        if self._market.settings.bypass_order_precautions or self._is_asked_once:
            return None
        if checked.terms.order_type != "MKT":
            return None
        self._is_asked_once = True
        return Hold(seconds=UNTIL_ANSWERED)

    def _enter(
        self,
        client_id: int,
        request: PlaceOrder,
        checked: CheckedOrder,
        effects: tuple[Effect, ...],
    ) -> None:
        order = self._book.accept(self._draft(client_id, request, checked))
        self._publish(OrderEcho(order=order))
        self._publish(StatusReport(order=order))
        for warning in checked.warnings:
            self._publish(notice(client_id, order.order_id, warning, order))
        for each in effects:
            if isinstance(each, Remark):
                self._remark(order, each)
        self._work.start(order, effects)

    def _remark(self, order: OrderRecord, remark: Remark) -> None:
        said = notice(order.client_id, order.order_id, Refusal(remark.code, remark.text), order)
        if remark.after_seconds:
            self._work.later(remark.after_seconds, lambda: self._publish(said))
        else:
            self._publish(said)

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
        self._publish(notice(client_id, request.order_id, refusal))
