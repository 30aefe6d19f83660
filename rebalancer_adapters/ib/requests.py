"""Requests under way: each ends once, with all its rows or with a fault, in bounded time.

ib_async's own requests know no deadline, hang on error 321, and two of one kind lose an answer;
these do not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Generic, TypeVar

from rebalancer_adapters.ib.address import Retry
from rebalancer_adapters.ib.gateway_client import NumberSource
from rebalancer_core.values.faults import BrokerRefused, BrokerSilent, ImpossibleAnswer, LinkLost

Row = TypeVar("Row")
RequestFault = BrokerSilent | BrokerRefused | ImpossibleAnswer | LinkLost
Send = Callable[[], None]


# Error 100: more messages a second than the gateway takes; it drops what came beyond.
TOO_FAST = 100


async def retried(
    ask: Callable[[], Awaitable[tuple[Row, ...] | RequestFault]], retry: Retry
) -> tuple[Row, ...] | RequestFault:
    """The answer; while the gateway drops the question for its rate, of the next attempt."""
    answer = await ask()
    for pause in retry.pauses():
        if not isinstance(answer, BrokerRefused) or answer.code != TOO_FAST:
            return answer
        await asyncio.sleep(pause)
        answer = await ask()
    return answer


class Pending(Generic[Row]):
    """One question: rows gather until its end marker, its refusal or the end of the link."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows: list[Row] = []
        self._outcome: asyncio.Future[RequestFault | None] = (
            asyncio.get_running_loop().create_future()
        )

    @property
    def is_over(self) -> bool:
        """Whether an end marker or a fault came."""
        return self._outcome.done()

    @property
    def is_unanswered(self) -> bool:
        """Whether nothing came of it yet."""
        return not self._rows and not self.is_over

    def add(self, row: Row) -> None:
        """Keep one row of the answer."""
        self._rows.append(row)

    def forget(self) -> None:
        """Drop the rows so far: they belong to an earlier question."""
        self._rows.clear()

    def end(self, fault: RequestFault | None = None) -> None:
        """The end marker came, or `fault` says why there will be none. Only the first counts."""
        if not self._outcome.done():
            self._outcome.set_result(fault)

    def refuse(self, code: int, text: str) -> None:
        """The broker answered with an error."""
        self.end(BrokerRefused(request=self._name, code=code, text=text))

    def spoil(self, detail: str) -> None:
        """A part of the answer could not be read."""
        self.end(ImpossibleAnswer(request=self._name, answer=detail))

    async def answer(self, send: Send, seconds: float) -> tuple[Row, ...] | RequestFault:
        """Send the question and wait: every row, or the reason why they are not all there."""
        try:
            send()
            fault = await asyncio.wait_for(asyncio.shield(self._outcome), seconds)
        except TimeoutError:
            fault = BrokerSilent(request=self._name, seconds=seconds)
        except ConnectionError as error:
            fault = LinkLost(detail=str(error) or "not connected")
            self.end(fault)
        return tuple(self._rows) if fault is None else fault


class Channel(Generic[Row]):
    """Questions whose answers carry no id: one at a time, and late answers are told apart."""

    def __init__(self, name: str, pushed: Callable[[Row], None] | None = None) -> None:
        self.name = name
        self._pushed = pushed
        self._lock = asyncio.Lock()
        self._pending: Pending[Row] | None = None
        self._owed = 0

    async def ask(self, send: Send, seconds: float) -> tuple[Row, ...] | RequestFault:
        """The rows of one question, after the questions before it."""
        async with self._lock:
            pending = Pending[Row](self.name)
            self._pending = pending
            try:
                return await pending.answer(send, seconds)
            finally:
                # An end marker that is still due must not end the next question half answered.
                self._owed += 0 if pending.is_over else 1
                self._pending = None

    def add(self, row: Row) -> None:
        """One row; without a question under way it is pushed: a live update, and no answer."""
        if self._pending is not None:
            self._pending.add(row)
        elif self._pushed is not None:
            self._pushed(row)

    def end(self) -> None:
        """The end marker, of this question or of one that was given up."""
        if self._owed:
            self._owed -= 1
            if self._pending is not None:
                self._pending.forget()
        elif self._pending is not None:
            self._pending.end()

    def refuse(self, code: int, text: str) -> bool:
        """Whether a question was under way, which this error now ends."""
        if self._pending is None:
            return False
        self._pending.refuse(code, text)
        return True

    def dropped(self, text: str) -> None:
        """Something was dropped for its rate (100): this question, where nothing came of it."""
        if self._pending is not None and self._pending.is_unanswered:
            self._pending.refuse(TOO_FAST, text)

    def spoil(self, detail: str) -> bool:
        """Whether a question was under way, whose answer is not whole any more."""
        if self._pending is None or self._pending.is_over:
            return False
        # Its end marker is still to come, and must not end the next question.
        self._owed += 1
        self._pending.spoil(detail)
        return True

    def drop(self, detail: str) -> None:
        """The link is gone."""
        if self._pending is not None:
            self._pending.end(LinkLost(detail=detail))


class Numbered(Generic[Row]):
    """Questions whose answers carry the id of the question."""

    def __init__(self) -> None:
        self._pending: dict[int, Pending[Row]] = {}

    async def ask(
        self, name: str, numbers: NumberSource, send: Callable[[int], None], seconds: float
    ) -> tuple[Row, ...] | RequestFault:
        """The rows of one question, which `send` sends under the id it is given."""
        try:
            request_id = numbers.getReqId()
        except ConnectionError as error:
            return LinkLost(detail=str(error))
        pending = Pending[Row](name)
        self._pending[request_id] = pending
        try:
            return await pending.answer(partial(send, request_id), seconds)
        finally:
            del self._pending[request_id]

    def add(self, request_id: int, row: Row) -> bool:
        """Whether this id is under way; then the row is kept."""
        pending = self._pending.get(request_id)
        if pending is not None:
            pending.add(row)
        return pending is not None

    def end(self, request_id: int) -> bool:
        """Whether this id was under way; then its answer is complete."""
        pending = self._pending.get(request_id)
        if pending is not None:
            pending.end()
        return pending is not None

    def refuse(self, request_id: int, code: int, text: str) -> bool:
        """Whether this id was under way; then the error ends it, whatever the code."""
        pending = self._pending.get(request_id)
        if pending is not None:
            pending.refuse(code, text)
        return pending is not None

    def dropped(self, text: str) -> None:
        """Something was dropped for its rate (100): these questions, where nothing came of them."""
        for pending in self._pending.values():
            if pending.is_unanswered:
                pending.refuse(TOO_FAST, text)

    def spoil(self, request_id: int, detail: str) -> bool:
        """Whether this id was under way; then its answer is not whole any more."""
        pending = self._pending.get(request_id)
        if pending is not None:
            pending.spoil(detail)
        return pending is not None

    def drop(self, detail: str) -> None:
        """The link is gone."""
        for pending in self._pending.values():
            pending.end(LinkLost(detail=detail))
