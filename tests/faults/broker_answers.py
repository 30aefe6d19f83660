"""Forty-five broker codes about an order in six states: 270 cases."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from rebalancer_adapters.gateway import (
    BrokerCancel,
    Fill,
    Inactivate,
    Reject,
    Remark,
    Scenario,
    on_orders,
)
from tests.faults.case import ORDERS, Case, codes
from tests.support import UNTIL_RELEASED
from tests.support.timing import IMPATIENT

# The kinds of the policy, written down here a second time on purpose.
KIND_OF_CODE: Mapping[int, str] = MappingProxyType(
    {
        **dict.fromkeys((2100, 2102, 2104, 2137, 2158, 10167, 10349), "notice"),
        **dict.fromkeys((399, 404, 2109), "held"),
        **dict.fromkeys((110, 200, 201, 203, 321, 382, 383, 387, 388), "refusal"),
        **dict.fromkeys((412, 434, 435, 442, 451, 460, 10052, 10243, 10268), "refusal"),
        202: "cancelled",
        **dict.fromkeys((161, 10147, 10148), "cancel failed"),
        **dict.fromkeys((103, 104, 105), "duplicate"),
        **dict.fromkeys((504, 1300), "socket"),
        2103: "link",
        100: "pacing",
        **dict.fromkeys((101, 354, 10197), "market data"),
        326: "connection",
        **dict.fromkeys((19999, 777), "unlisted"),
    }
)
# These befall the first order (IEF): nothing proves what became of it, so no second one follows.
# The others befall the last (SPY).
_PUZZLES = frozenset({"duplicate", "pacing", "unlisted"})
_HALF = Decimal("0.5")
_SOON, _LATER, _LAST = Decimal("0.1"), Decimal("0.2"), Decimal("0.4")
_TEXT = "as the case says"


def _unanswered(code: int) -> Scenario:
    symbol = "IEF" if KIND_OF_CODE[code] in _PUZZLES else "SPY"
    return on_orders(Reject(code=code, text=_TEXT), symbol=symbol, last=1)


def _acknowledged(code: int) -> Scenario:
    return on_orders(Remark(code=code, text=_TEXT), Fill(after_seconds=_LATER), symbol="SPY")


def _half_filled(code: int) -> Scenario:
    halves = (Fill(share=_HALF), Fill(after_seconds=_LATER))
    return on_orders(*halves, Remark(code=code, text=_TEXT, after_seconds=_SOON), symbol="SPY")


def _filled(code: int) -> Scenario:
    return on_orders(Fill(), Remark(code=code, text=_TEXT, after_seconds=_SOON), symbol="SPY")


def _inactive(code: int) -> Scenario:
    return on_orders(Inactivate(code=code, text=_TEXT), symbol="SPY")


def _cancelled(code: int) -> Scenario:
    end = BrokerCancel(after_seconds=_SOON, code=code, text=_TEXT)
    return on_orders(Fill(share=_HALF), end, symbol="SPY")


STATES: Mapping[str, Callable[[int], Scenario]] = MappingProxyType(
    {
        "instead of an acknowledgement": _unanswered,
        "acknowledged, fills later": _acknowledged,
        "half filled, the rest later": _half_filled,
        "filled": _filled,
        "inactive": _inactive,
        "half filled, cancelled by the broker": _cancelled,
    }
)
# The other order goes on whatever becomes of the one; it keeps the run alive for late words.
_OTHER = on_orders(Fill(after_seconds=_LAST), symbol="IEF")
# Where that word is the end of the session, the other is filled behind it.
_AFTER_THE_RUN = on_orders(Fill(after_seconds=UNTIL_RELEASED), symbol="IEF")


def answer_cases() -> tuple[Case, ...]:
    """Every code in every state."""
    return tuple(
        _case(code, kind, state) for code, kind in KIND_OF_CODE.items() for state in STATES
    )


def _case(code: int, kind: str, state: str) -> Case:
    exits, expects = _expected(kind, state)
    return Case(
        family="code",
        name=f"{code} ({kind}), {state}",
        scenario=STATES[state](code) + (_AFTER_THE_RUN if kind == "socket" else _OTHER),
        keys=IMPATIENT.troubled,
        exits=exits,
        orders=(1 if kind in _PUZZLES else ORDERS, ORDERS),
        expects=expects,
    )


def _expected(kind: str, state: str) -> tuple[frozenset[int], str]:
    match state:
        case _ if kind == "socket":
            return codes(7), "the session is over, every open order unknown; then recovered"
        case "instead of an acknowledgement" if kind in {"refusal", "cancelled"}:
            return codes(6), "that order failed, the other is filled"
        case "instead of an acknowledgement":
            return codes(7), "unknown, to recovery too; a person closes it"
        case "inactive" if kind == "refusal":
            return codes(6), "rejected, the other is filled"
        case "inactive" | "half filled, cancelled by the broker":
            return codes(6), "ended on the broker's word, its fills kept"
        case _ if kind == "cancelled" and state != "filled":
            return codes(0, 6), "a false word never hides a fill for long"
        case _:
            return codes(0), "filled, whatever the code says"
