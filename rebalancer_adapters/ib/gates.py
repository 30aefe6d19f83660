"""Gates: codes of the gateway after which no order may leave, and what opens each gate again.

A code closes its gate whatever it is about: an order, a request or nothing in particular.
"""

from __future__ import annotations

from attrs import define, field, frozen

from rebalancer_core.orders.events import LinkDown, LinkUp

_CUT_OFF = frozenset({1100, 2110, 10182})
_RESTORED = frozenset({1101, 1102})
_SOCKET_GONE = frozenset({504, 1300})
_FARM_BROKEN, _FARM_OK = 2103, 2104


@frozen(kw_only=True)
class _BrokenFarm:
    """A broken market data farm; `number` counts the breaks of the session from 1."""

    number: int
    detail: str


@define
class Gates:
    """The gates of one session, all open at first.

    Cut off from the broker (1100, 2110, 10182): until 1101 or 1102. The socket is gone (504,
    1300): for good, only a new connection helps. A market data farm is broken (2103): until 2104
    of the same farm, or fresh live ticks.
    """

    _socket: str = field(default="", init=False)
    _broker: str = field(default="", init=False)
    _farms: dict[str, _BrokenFarm] = field(factory=dict, init=False)
    _breaks: int = field(default=0, init=False)
    _changes: int = field(default=0, init=False)

    @property
    def cut_off(self) -> str:
        """Why nothing reaches the broker, or an empty string."""
        return self._socket or self._broker

    @property
    def socket_gone(self) -> str:
        """Why this session is over, or an empty string."""
        return self._socket

    @property
    def stale_prices(self) -> str:
        """Why prices may be stale, or an empty string."""
        if not self._farms:
            return ""
        details = "; ".join(farm.detail for farm in self._farms.values())
        return f"prices may be stale: {details}"

    @property
    def breaks(self) -> int:
        """How many breaks of farms were heard so far."""
        return self._breaks

    @property
    def changes(self) -> int:
        """How often the link to the broker was said to break or to be back."""
        return self._changes

    def hear(self, code: int, text: str) -> LinkDown | LinkUp | None:
        """Close or open what this code is about; what orders must be told of it, if anything.

        A broken farm makes no order doubtful: orders hear nothing of it.
        """
        self._changes += code in _CUT_OFF | _RESTORED | _SOCKET_GONE
        if code == _FARM_BROKEN:
            self._breaks += 1
            self._farms[_farm(text)] = _BrokenFarm(number=self._breaks, detail=_detail(text))
        elif code == _FARM_OK:
            self._farms.pop(_farm(text), None)
        return None if self._socket else self._hear_link(code, text)

    def opened_by_ticks(self, breaks: int) -> None:
        """Fresh live ticks came to requests that were sent after the first `breaks` breaks."""
        self._farms = {name: farm for name, farm in self._farms.items() if farm.number > breaks}

    def _hear_link(self, code: int, text: str) -> LinkDown | LinkUp | None:
        if code in _SOCKET_GONE:
            self._socket = f"error {code}: {text}"
            return LinkDown(detail=self._socket, closed=True)
        if code in _CUT_OFF and not self._broker:
            self._broker = f"error {code}: {text}"
            return LinkDown(detail=self._broker, closed=False)
        if code in _RESTORED:
            self._broker = ""
            return LinkUp(code=code)
        return None


def _farm(text: str) -> str:
    """The farm that a text such as `Market data farm connection is broken:usfarm` names.

    TWS words its texts in the user's language. A text that names no farm stands for itself: then
    no 2104 opens the gate.

    >>> _farm("Market data farm connection is OK:usfarm.nj"), _farm("broken")
    ('usfarm.nj', 'broken')
    """
    return text.rpartition(":")[2].strip() or text


def _detail(text: str) -> str:
    name = _farm(text)
    if name == text:
        return f"error {_FARM_BROKEN}: {text}"
    return f"market data farm {name} is broken ({_FARM_BROKEN})"
