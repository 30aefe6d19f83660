"""Twelve phases of a run, nine ways for the link to fail in each: 108 cases."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from attrs import frozen

from rebalancer_adapters.gateway import (
    Cut,
    Drip,
    Garbage,
    HalfFrame,
    Mute,
    Outage,
    Restart,
    Scenario,
    Stall,
    on_messages,
)
from rebalancer_adapters.gateway.scenario import UNASKED, MessageEffect
from tests.faults.case import ORDERS, SHARES, Case, codes


@frozen(kw_only=True)
class Phase:
    """The `count`th message of this number is the one that meets the fault."""

    name: str
    message_id: int
    count: int = 1
    has_orders: bool = False


PHASES = (
    Phase(name="start-up: next order id", message_id=9),
    Phase(name="start-up: accounts of the login", message_id=15),
    Phase(name="start-up: open orders end", message_id=53),
    Phase(name="snapshot: positions end", message_id=62),
    Phase(name="snapshot: account values end", message_id=74),
    Phase(name="snapshot: open orders end", message_id=53, count=2),
    Phase(name="contracts: details end", message_id=52),
    Phase(name="prices: first tick", message_id=1),
    Phase(name="orders: echo of the first", message_id=5, has_orders=True),
    Phase(name="orders: status of the first", message_id=3, has_orders=True),
    Phase(name="monitoring: first execution", message_id=11, has_orders=True),
    Phase(name="monitoring: completed orders end", message_id=102, has_orders=True),
)
FAULTS: Mapping[str, MessageEffect] = MappingProxyType(
    {
        "reset": Cut(),
        "closed": Cut(reset=False),
        "half a frame": HalfFrame(),
        "garbage": Garbage(hexadecimal="ffffffff00deadbeef"),
        "byte by byte": Drip(),
        "silent for ever": Stall(),
        "one message lost": Mute(),
        "outage of the broker": Outage(seconds=Decimal("0.5")),
        "restart of the gateway": Restart(seconds=Decimal("0.3")),
    }
)
_PASSING = frozenset({"outage of the broker", "restart of the gateway"})
_HARMLESS = frozenset({"byte by byte"})
# A lost message that something else makes up for: another tick, another word on the order.
_SPARE = frozenset(
    {
        "prices: first tick",
        "orders: echo of the first",
        "orders: status of the first",
        "monitoring: first execution",
        "monitoring: completed orders end",
    }
)


def link_cases() -> tuple[Case, ...]:
    """Every phase with every fault."""
    return tuple(_case(phase, fault) for phase in PHASES for fault in FAULTS)


def _case(phase: Phase, fault: str) -> Case:
    exits, orders, expects = _expected(phase, fault)
    return Case(
        family="link",
        name=f"{phase.name}: {fault}",
        scenario=_scenario(phase, FAULTS[fault]),
        holds=SHARES,
        exits=exits,
        orders=orders,
        expects=expects,
    )


def _scenario(phase: Phase, effect: MessageEffect) -> Scenario:
    return on_messages(
        effect,
        message_id=phase.message_id,
        tag=UNASKED if phase.message_id in {3, 5, 11} else None,
        first=phase.count,
        last=phase.count,
    )


def _expected(phase: Phase, fault: str) -> tuple[frozenset[int], tuple[int, int], str]:
    if fault in _HARMLESS or (fault == "one message lost" and phase.name in _SPARE):
        return codes(0), (ORDERS, ORDERS), "all is traded and reported"
    if phase.has_orders:
        return _expected_with_orders_out(phase, fault)
    if fault == "outage of the broker":
        return codes(0, 4), (0, ORDERS), "nothing on half an answer"
    return codes(4), (0, 0), "nothing is sent: the data are incomplete"


def _expected_with_orders_out(
    phase: Phase, fault: str
) -> tuple[frozenset[int], tuple[int, int], str]:
    match phase.name:
        case "monitoring: completed orders end":
            return codes(0), (ORDERS, ORDERS), "all was filled and told before"
        case _ if fault in _PASSING:
            return codes(0, 6, 7), (1, ORDERS), "no order twice; what is unknown is recovered"
        case "monitoring: first execution":
            return codes(6, 7), (1, 1), "the fill is kept, the buy is not sent"
        case _:
            return codes(7), (1, 1), "the sell is unknown, the buy is not sent; then recovered"
