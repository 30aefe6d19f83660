"""Streams of prices that go on after they were read, and when one of them is no source any more."""

from __future__ import annotations

import asyncio

from attrs import frozen

from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.ticks import Ticks
from rebalancer_core.values.instruments import ConId


@frozen(kw_only=True)
class Stream:
    """A request for prices under its number; `link` and `breaks` as they were when it was sent."""

    number: int
    ticks: Ticks
    link: int
    breaks: int


class KeptStreams:
    """The streams of one session that go on, one a contract at most."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._streams: dict[ConId, Stream] = {}

    @property
    def count(self) -> int:
        """How many lines they take."""
        return len(self._streams)

    def serving(self, con_id: ConId, seconds: float) -> Ticks | None:
        """What a stream shows whose newest tick is so old at most; any other is ended.

        None, too, after a break of the link or of a market data farm, and while one is broken.
        """
        stream = self._streams.get(con_id)
        if stream is None:
            return None
        is_silent = self.silent_seconds(stream.ticks) > seconds
        if self._is_source(stream) and not is_silent:
            return stream.ticks
        self.end(self._streams.pop(con_id))
        return None

    def silent_seconds(self, ticks: Ticks) -> float:
        """How long ago its newest tick came."""
        return asyncio.get_running_loop().time() - ticks.heard_at

    def keep(self, con_id: ConId, stream: Stream) -> bool:
        """Whether it goes on from here: one that shows too little is asked for again."""
        if not self._is_source(stream):
            return False
        self._streams[con_id] = stream
        return True

    def end(self, stream: Stream) -> None:
        """Cancel it, unless the gateway ended it first."""
        if not stream.ticks.is_over and self._link.client.isReady():
            self._link.client.cancelMktData(stream.number)
        self._link.inbox.ticks.pop(stream.number, None)

    def end_all(self) -> None:
        """Cancel them all."""
        while self._streams:
            self.end(self._streams.popitem()[1])

    def _is_source(self, stream: Stream) -> bool:
        inbox = self._link.inbox
        is_linked = stream.link == inbox.link and stream.breaks == inbox.gates.breaks
        return is_linked and not inbox.gates.stale_prices and stream.ticks.is_whole
