"""One key of settings.ini: where it stands, what it may say, what it is when nobody says."""

from __future__ import annotations

from enum import Enum
from typing import Generic, TypeVar

from attrs import frozen

from rebalancer_adapters.settings.grammars import Grammar

T_co = TypeVar("T_co", covariant=True)


@frozen
class Key(Generic[T_co]):
    """One key: `default` is its value where nobody says otherwise."""

    section: str
    name: str
    default: T_co
    grammar: Grammar[T_co]

    @property
    def default_text(self) -> str:
        """The default as settings.ini would write it."""
        return setting_text(self.default)


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
