"""Any value of a frozen class, made from its annotations: no field of it can be forgotten."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, NewType, TypeVar, get_args, get_origin

import attrs
from hypothesis import strategies as st

T = TypeVar("T", bound=attrs.AttrsInstance)

_SIMPLE: Mapping[object, st.SearchStrategy[object]] = {
    Decimal: st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12
    ),
    datetime: st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 the bound has no zone by its type
    str: st.text(max_size=12),
    int: st.integers(),
    bool: st.booleans(),
    types.NoneType: st.none(),
}


def any_of(kind: type[T], given: Mapping[str, st.SearchStrategy[object]]) -> st.SearchStrategy[T]:
    """Values of an attrs class; fields named in `given` (with `Class.field`) come from there."""
    fields = attrs.fields(attrs.resolve_types(kind))
    made = {
        field.name: given.get(f"{kind.__name__}.{field.name}", _value(field.type, given))
        for field in fields
    }
    return st.builds(kind, **made)


def _value(
    kind: Any,  # noqa: ANN401 an annotation as it stands
    given: Mapping[str, st.SearchStrategy[object]],
) -> st.SearchStrategy[object]:
    if isinstance(kind, NewType):
        return _value(kind.__supertype__, given)
    if get_origin(kind) is tuple:
        return st.lists(_value(get_args(kind)[0], given), max_size=3).map(tuple)
    if isinstance(kind, types.UnionType) or get_args(kind):
        return st.one_of(*(_value(each, given) for each in get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    return _SIMPLE[kind] if kind in _SIMPLE else any_of(kind, given)
