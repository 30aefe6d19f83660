"""Everything a session hears: answers, ticks, facts about orders, notices, the link's state."""

from __future__ import annotations

import asyncio

from rebalancer_adapters.ib.damage import Damaged, damaged_part
from rebalancer_adapters.ib.decoder import Fields
from rebalancer_adapters.ib.gates import Gates
from rebalancer_adapters.ib.library import ContractDescription, ContractDetails, OrderState
from rebalancer_adapters.ib.order_log import OrderLog
from rebalancer_adapters.ib.raw_rows import (
    AccountRow,
    ExecutionRow,
    OpenOrderRow,
    OrderRow,
    PositionRow,
)
from rebalancer_adapters.ib.requests import TOO_FAST, Channel, Numbered
from rebalancer_adapters.ib.standing import PositionBook, ValueStream
from rebalancer_adapters.ib.ticks import Ticks
from rebalancer_adapters.ib.what_if import to_margin_effect
from rebalancer_core.messages.faults import read_only_fix
from rebalancer_core.orders.events import LinkDown
from rebalancer_core.values.faults import GateClosed, LinkLost
from rebalancer_core.values.margin import MarginEffect

_NOTICES = range(2100, 2200)
_INVALID_REQUEST = 321
_ID_IN_USE = 326
# Gateways write either where an error is about no request.
_NO_ID = frozenset({-1, 2_147_483_647})


class Inbox:
    """Collects everything one session receives: the wrapper writes, broker and order desk read."""

    def __init__(self, client_id: int) -> None:
        self.client_id = client_id
        self.server_time = Channel[int]("server time")
        self.position_book = PositionBook()
        self.positions = Channel[PositionRow]("positions", self.position_book.push)
        self.positions_of = Numbered[PositionRow]()
        self.open_orders = Channel[OpenOrderRow]("open orders")
        self.completed_orders = Channel[OrderRow]("completed orders")
        self.account_values = Numbered[AccountRow]()
        self.value_streams: dict[int, ValueStream] = {}
        self.contract_details = Numbered[ContractDetails]()
        self.symbol_samples = Numbered[ContractDescription]()
        self.executions = Numbered[ExecutionRow]()
        self.margins = Numbered[MarginEffect]()
        self.ticks: dict[int, Ticks] = {}
        self.orders = OrderLog(client_id)
        self.gates = Gates()
        self.notices: list[str] = []
        self.damage: str = ""
        self.refusal: tuple[int, str] | None = None
        self.orders_hidden: str = ""
        self.stopped = asyncio.Event()
        self._closed = ""
        self._unread = 0
        self._reading: Fields = ()

    @property
    def link(self) -> int:
        """Grows with each break of the link, its return, and each message that was not readable.

        What was subscribed before is no source any more.
        """
        return self.gates.changes + self._unread

    @property
    def trouble(self) -> LinkLost | GateClosed | None:
        """Why no order may leave now: nothing is proven any more, or prices may be stale."""
        closed = self.orders_hidden or self.gates.stale_prices
        return self.doubt or (GateClosed(detail=closed) if closed else None)

    @property
    def closed_gate(self) -> str:
        """The trouble in words, empty when there is none."""
        return self.trouble.detail if self.trouble is not None else ""

    @property
    def doubt(self) -> LinkLost | None:
        """Why answers prove nothing now: the link is down, or a message could not be read."""
        detail = self._down or self.damage
        return LinkLost(detail=detail) if detail else None

    @property
    def lost(self) -> LinkLost | None:
        """The socket is closed or the gateway is cut off from the broker, or None."""
        return LinkLost(detail=self._down) if self._down else None

    @property
    def over(self) -> LinkLost | None:
        """Why this session is over, so that only a new connection helps, or None."""
        detail = self._closed or self.gates.socket_gone
        return LinkLost(detail=detail) if detail else None

    @property
    def _down(self) -> str:
        return self._closed or self.gates.cut_off

    def account_value(self, request_id: int, row: AccountRow) -> None:
        """A row of the answer to a question, or one that is pushed since."""
        if not self.account_values.add(request_id, row) and request_id in self.value_streams:
            self.value_streams[request_id].push(row)

    def position_of(self, request_id: int, row: PositionRow) -> None:
        """A row of the answer about one account, or one that is pushed since."""
        if not self.positions_of.add(request_id, row):
            self.position_book.push(row)

    def what_if(self, order_id: int, state: OrderState) -> None:
        """An openOrder message about no order: of the two that answer, only one has figures."""
        effect = to_margin_effect(state)
        if effect is not None and self.margins.add(order_id, effect):
            self.margins.end(order_id)

    def error(self, request_id: int, code: int, text: str) -> None:
        """An error message (4): to the question, ticks or order it is about, or to the notices."""
        change = self.gates.hear(code, text)
        if change is not None:
            self.orders.link_changed(change)
        if not self._answers(request_id, code, text):
            about = "" if request_id in _NO_ID else f" (request {request_id})"
            self.notices.append(f"{code}: {text}{about}")

    def hides_orders(self, text: str) -> None:
        """The gateway refuses to show open orders (321), and with them every order of ours."""
        self.orders_hidden = f"open orders are not visible: {text}{read_only_fix(text)}"

    def slowed_down(self, messages_per_second: float) -> None:
        """The session was too fast (error 100) and sends at most so many messages now."""
        self.notices.append(
            f"error 100: this session now sends at most {messages_per_second:g} messages a second"
        )

    def reading(self, fields: Fields) -> None:
        """The message that is being read; none between two."""
        self._reading = fields

    def damaged(self, detail: str) -> None:
        """A message could not be read: what it said is missing from here on.

        Where it was about no order of this program only its own question is spoilt.
        """
        words = f"a message of the gateway could not be read: {detail}"
        self._unread += 1
        self.notices.append(words)
        part = damaged_part(self._reading, self.orders)
        if part is None:
            self.damage = self.damage or words
            self.orders.link_changed(LinkDown(detail=self.damage, closed=True))
        else:
            self._spoil(part, words)

    def closed(self, detail: str) -> None:
        """The socket is closed: nothing under way will be answered."""
        self._closed = detail
        self.stopped.set()
        for channel in (
            self.server_time,
            self.positions,
            self.positions_of,
            self.open_orders,
            self.completed_orders,
            self.account_values,
            self.contract_details,
            self.symbol_samples,
            self.executions,
            self.margins,
        ):
            channel.drop(detail)
        for ticks in self.ticks.values():
            ticks.end()
        self.orders.link_changed(LinkDown(detail=detail, closed=True))

    def _spoil(self, part: Damaged, words: str) -> None:
        for channel in (self.positions, self.open_orders, self.server_time):
            if channel.name in part.questions:
                channel.spoil(words)
        for number in part.numbers:
            for questions in (
                self.positions_of,
                self.account_values,
                self.contract_details,
                self.symbol_samples,
                self.margins,
            ):
                questions.spoil(number, words)
            if number in self.ticks:
                self.ticks[number].spoil(words)

    def _dropped(self, text: str) -> None:
        """A message was dropped, nobody says which: what nothing came of yet is asked again.

        Not a what-if: it leaves as an order does.
        """
        for question in (
            self.server_time,
            self.positions,
            self.positions_of,
            self.open_orders,
            self.completed_orders,
            self.account_values,
            self.contract_details,
            self.symbol_samples,
            self.executions,
        ):
            question.dropped(text)
        for ticks in self.ticks.values():
            if ticks.is_empty:
                ticks.fail(TOO_FAST, text)

    def _answers(self, request_id: int, code: int, text: str) -> bool:
        if request_id in _NO_ID:
            return self._answers_without_id(code, text)
        if code in _NOTICES:
            return self.orders.error(request_id, code, text)
        if request_id in self.ticks:
            self.ticks[request_id].fail(code, text)
            return True
        if request_id in self.value_streams:
            self.value_streams[request_id].is_over = True
        return (
            self.orders.error(request_id, code, text)
            or self.positions_of.refuse(request_id, code, text)
            or self.account_values.refuse(request_id, code, text)
            or self.contract_details.refuse(request_id, code, text)
            or self.symbol_samples.refuse(request_id, code, text)
            or self.executions.refuse(request_id, code, text)
            or self.margins.refuse(request_id, code, text)
        )

    def _answers_without_id(self, code: int, text: str) -> bool:
        """Refused questions without an id and refused sessions come back like this."""
        refused = code == _INVALID_REQUEST and any(
            [self.open_orders.refuse(code, text), self.completed_orders.refuse(code, text)]
        )
        if code == TOO_FAST:
            self._dropped(text)
        if code == _ID_IN_USE:
            self.refusal = (code, text)
            self.stopped.set()
        return refused
