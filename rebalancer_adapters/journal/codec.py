"""The core's values as JSON text and back, exactly; text that is not exactly so is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TypeVar, get_origin

import attrs
from cattrs import Converter
from cattrs.cols import homogenous_tuple_structure_factory
from cattrs.dispatch import StructureHook
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn
from cattrs.strategies import configure_tagged_union

from rebalancer_core.orders.events import OrderEvent
from rebalancer_core.values.money import decimal_from_text

T = TypeVar("T")


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
    try:
        return _CONVERTER.structure(json.loads(text), kind)
    except (BaseValidationError, ValueError, RecursionError) as trouble:
        raise UnreadableError(f"no {kind.__name__} is in it: {_innermost(trouble)}") from trouble


def _innermost(trouble: BaseException) -> str:
    """The first thing that did not fit, below cattrs' groups."""
    while isinstance(trouble, BaseValidationError):
        trouble = trouble.exceptions[0]
    return str(trouble) or type(trouble).__name__


def _decimal_text(number: Decimal) -> str:
    if not number.is_finite():
        message = f"{number} is no number to write down"
        raise ValueError(message)
    return format(number, "f")


def _time_text(time: datetime) -> str:
    if time.tzinfo is None:
        message = f"{time} has no zone"
        raise ValueError(message)
    return time.astimezone(UTC).isoformat()


def _decimal(value: object, _: object) -> Decimal:
    number = decimal_from_text(value) if isinstance(value, str) else None
    if number is None:
        raise UnreadableError(f"{value!r} is no decimal text")
    return number


def _time(value: object, _: object) -> datetime:
    time = datetime.fromisoformat(_text(value, _))
    if time.utcoffset() != timedelta(0):
        raise UnreadableError(f"{value!r} is not in UTC")
    return time.astimezone(UTC)


def _text(value: object, _: object) -> str:
    if not isinstance(value, str):
        raise UnreadableError(f"{value!r} is no text")
    return value


def _whole(value: object, _: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnreadableError(f"{value!r} is no whole number")
    return value


def _switch(value: object, _: object) -> bool:
    if not isinstance(value, bool):
        raise UnreadableError(f"{value!r} is neither true nor false")
    return value


def _choice(value: object, kind: type[Enum]) -> Enum:
    found = next((each for each in kind if each.value == value), None)
    if found is None:
        raise UnreadableError(f"{value!r} is no {kind.__name__}")
    return found


def _object(kind: type[T], converter: Converter) -> StructureHook:
    fields = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True)
    return _only_of(dict, fields)


def _list(kind: type[T], converter: Converter) -> StructureHook:
    return _only_of(list, homogenous_tuple_structure_factory(kind, converter))


def _only_of(shape: type, hook: StructureHook) -> StructureHook:
    """`hook` for JSON of one shape; cattrs itself would call methods that others lack."""

    def checked(value: object, kind: type[T]) -> object:
        if not isinstance(value, shape):
            raise UnreadableError(f"{value!r} is no {shape.__name__}")
        structured: object = hook(value, kind)
        return structured

    return checked


def _is_enum(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _is_tuple(kind: object) -> bool:
    origin: object = get_origin(kind)
    return origin is tuple


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(Decimal, _decimal_text)
    converter.register_unstructure_hook(datetime, _time_text)
    converter.register_structure_hook_factory(attrs.has, _object)
    converter.register_structure_hook_factory(_is_tuple, _list)
    converter.register_structure_hook_func(_is_enum, _choice)
    converter.register_structure_hook(Decimal, _decimal)
    converter.register_structure_hook(datetime, _time)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(int, _whole)
    converter.register_structure_hook(bool, _switch)
    configure_tagged_union(OrderEvent, converter, tag_name="kind")
    tagged = converter.get_structure_hook(OrderEvent)
    converter.register_structure_hook(OrderEvent, _only_of(dict, tagged))
    return converter


_CONVERTER = _converter()
