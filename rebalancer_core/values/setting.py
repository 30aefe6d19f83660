"""What a field says of its key in settings.ini: its default, and for a number its limits."""

from __future__ import annotations

from typing import TypeVar

from attrs import field, frozen

T = TypeVar("T")

# Where the metadata of a field keeps its limits.
LIMITS = "limits"


@frozen(kw_only=True)
class Limits:
    """What a number may be, from `least` to `most` inclusive, as settings.ini writes them.

    `above_least` leaves `least` itself out; `unit` says in few words what is counted.
    """

    least: str
    most: str
    above_least: bool
    unit: str


def setting(default: T, *, least: str, most: str, above_least: bool = False, unit: str = "") -> T:
    """A field of an attrs class that a key of its name sets to a number within limits.

    >>> from decimal import Decimal
    >>> from attrs import fields
    >>> @frozen
    ... class Rules:
    ...     band_bps: Decimal = setting(Decimal(50), least="0", most="10000", unit="bps")
    >>> Rules().band_bps, fields(Rules).band_bps.metadata[LIMITS].most
    (Decimal('50'), '10000')
    """
    limits = Limits(least=least, most=most, above_least=above_least, unit=unit)
    metadata: dict[str, Limits] = {LIMITS: limits}
    return field(default=default, metadata=metadata)
