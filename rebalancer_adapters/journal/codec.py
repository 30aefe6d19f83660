"""The core's values as JSON text and back, exactly; text that is not exactly so is refused."""

from __future__ import annotations

import json
from typing import TypeVar

from rebalancer_adapters.ground.json_values import time_text_with_offset
from rebalancer_adapters.ground.problems import Problem
from rebalancer_adapters.ground.strict_json import (
    exact_converter,
    parse_json,
    structure,
    tag_union,
)
from rebalancer_core.orders.events import OrderEvent, OwnActed, Resolved
from rebalancer_core.values.flow import FLOW_NAMES, Flow

T = TypeVar("T")

_CONVERTER = exact_converter(write_time=time_text_with_offset)
# A renamed class keeps the name under which journals have its events.
_NAMES_ON_DISK = {OwnActed: "OwnAct", Resolved: "Settled"}
tag_union(_CONVERTER, OrderEvent, tag="kind", names=_NAMES_ON_DISK)
tag_union(_CONVERTER, Flow, tag="kind", names=FLOW_NAMES)


class UnreadableError(ValueError):
    """A text that is not the JSON of the value it should be."""


def to_text(value: object) -> str:
    """The JSON of a core value on one line of ASCII: numbers as decimal text, times in UTC.

    Raises ValueError for a number that is not finite and for a time without its zone.
    """
    return json.dumps(
        _CONVERTER.unstructure(value), sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def from_text(text: str, kind: type[T]) -> T:
    """The `kind` whose JSON `text` is; raises UnreadableError where it is not exactly that."""
    value = parse_json(text, "")
    read = (value,) if isinstance(value, Problem) else structure(_CONVERTER, value, kind, "")
    if isinstance(read, tuple):
        why = "; ".join(f"{each.key}: {each.problem}".removeprefix(": ") for each in read)
        raise UnreadableError(f"no {kind.__name__} is in it: {why}")
    return read
