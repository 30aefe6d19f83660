"""One key of settings.ini: where it stands, what it may say, what it is when nobody says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TypeVar

from attrs import Attribute, field, fields, frozen, resolve_types

from rebalancer_adapters.settings.grammars import (
    Grammar,
    host,
    number,
    number_or_none,
    one_of,
    path,
    switch,
    whole,
    whole_or_none,
)
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.setting import LIMITS, Limits
from rebalancer_core.values.settings import Host

T = TypeVar("T")

_GRAMMAR = "grammar"


@frozen(kw_only=True)
class Key:
    """One key; `kind` is the type of its field.

    The value is what people write: a path is a text until it is known what it is relative to.
    """

    section: str
    name: str
    default: object
    grammar: Grammar[object]
    kind: object

    @property
    def default_text(self) -> str:
        """The default as settings.ini would write it."""
        return setting_text(self.default)


def spelt(default: T, grammar: Grammar[T]) -> T:
    """A field of an attrs class that a key of its name sets to a text of this grammar."""
    return field(default=default, metadata={_GRAMMAR: grammar})


def keys_in(section: str, kind: type) -> tuple[Key, ...]:
    """The keys of a section: one for each field of the attrs class `kind`, in its order.

    >>> from rebalancer_core.values.policy import PricingPolicy
    >>> [(key.name, key.default_text) for key in keys_in("pricing", PricingPolicy)][:2]
    [('price_source', 'last'), ('fallback_to_snapshot', 'true')]
    """
    return tuple(
        Key(
            section=section,
            name=each.name,
            default=_default(each),
            grammar=_grammar(each),
            kind=each.type,
        )
        for each in fields(resolve_types(kind))
    )


def setting_text(value: object) -> str:
    """A value as settings.ini writes it.

    >>> setting_text(4002), setting_text(False), setting_text(None)
    ('4002', 'false', 'none')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case None:
            return "none"
        case _:
            return str(value)


def _default(of: Attribute[object]) -> object:
    """The default, a path as text; empty for the folder that nobody names."""
    if isinstance(of.default, Path):
        return "" if of.default == Path() else str(of.default)
    return of.default


def _grammar(of: Attribute[object]) -> Grammar[object]:
    """What the key may say: by the field's type, and by what its metadata adds to it."""
    kind: object = of.type
    special: object = of.metadata.get(_GRAMMAR)
    limits: object = of.metadata.get(LIMITS)
    if isinstance(special, Grammar):
        return special
    if kind is bool:
        return switch()
    if kind is Path:
        return path()
    if kind is Host:
        return host()
    if isinstance(kind, type) and issubclass(kind, Enum):
        return one_of(kind)
    if isinstance(limits, Limits) and kind in _NUMBERS:
        return _NUMBERS[kind](limits)
    message = f"{of.name}: a key of type {kind} needs its limits or its grammar"
    raise TypeError(message)


def _decimal(limits: Limits) -> Grammar[object]:
    return number(limits.least, limits.most, limits.unit, above_low=limits.above_least)


def _decimal_or_none(limits: Limits) -> Grammar[object]:
    above = limits.above_least
    return number_or_none(limits.least, limits.most, limits.unit, above_low=above)


def _integer(limits: Limits) -> Grammar[object]:
    return whole(int(limits.least), int(limits.most), limits.unit)


def _integer_or_none(limits: Limits) -> Grammar[object]:
    return whole_or_none(int(limits.least), int(limits.most), limits.unit)


_NUMBERS: Mapping[object, Callable[[Limits], Grammar[object]]] = {
    Decimal: _decimal,
    Decimal | None: _decimal_or_none,
    float: _decimal,
    int: _integer,
    int | None: _integer_or_none,
    ConId | None: _integer_or_none,
}
