"""Numbers of the wire: a real number or None; NaN, infinity, "unset" and absurdities stop here."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal

from rebalancer_core.market.figures import is_price
from rebalancer_core.values.money import decimal_from_text

# No price, holding or account is as large: it is "unset" in other digits, or a damaged message.
_ABSURD = 10**15
# From 2000 to 2100, in seconds since 1970.
_TIMES = range(946_684_800, 4_102_444_800)


def to_number(value: float | Decimal | None) -> Decimal | None:
    """The number ib_async decoded, as it was written on the wire; None where it is none.

    >>> to_number(27.5), to_number(40.0), to_number(float("nan")), to_number(1.79e308)
    (Decimal('27.5'), Decimal('40'), None, None)
    """
    if value is None or not math.isfinite(value) or not -_ABSURD < value < _ABSURD:
        return None
    # Whole numbers lose the ".0" that only the float has.
    return Decimal(int(value)) if value == int(value) else Decimal(str(value))


def to_price(value: float | Decimal | None) -> Decimal | None:
    """A figure that can be the price of a share, or None: IBKR writes -1 and 0 where it has none.

    >>> to_price(-1.0), to_price(0.0), to_price(1e-300), to_price(471.25)
    (None, None, None, Decimal('471.25'))
    """
    number = to_number(value)
    return number if is_price(number) else None


def to_amount(text: str) -> Decimal | None:
    """An account value's text as a number; None for an empty, "unset" or odd one.

    >>> to_amount("-1250.00"), to_amount(""), to_amount("1.7976931348623157E308")
    (Decimal('-1250.00'), None, None)
    """
    amount = decimal_from_text(text.strip())
    return None if amount is None or abs(amount) >= _ABSURD else amount


def to_figure(text: str) -> Decimal | None:
    """A margin figure's text as a number: a gateway writes large ones with an exponent.

    >>> to_figure("104166.67"), to_figure("1.25E7"), to_figure("1.7976931348623157E308")
    (Decimal('104166.67'), Decimal('12500000'), None)
    """
    try:
        return to_number(float(text))
    except ValueError:
        return None


def to_instant(seconds: int) -> datetime | None:
    """Seconds since 1970 as a time, UTC; None for one that is not a time of a trade or a clock.

    >>> str(to_instant(1_767_366_000)), to_instant(0), to_instant(253_402_300_800)
    ('2026-01-02 15:00:00+00:00', None, None)
    """
    return datetime.fromtimestamp(seconds, UTC) if seconds in _TIMES else None


def to_wire_quantity(quantity: Decimal) -> float:
    """Shares as ib_async wants them: whole shares stay whole, so that "10" is sent, not "10.0".

    >>> to_wire_quantity(Decimal("10.0")), to_wire_quantity(Decimal("0.1234"))
    (10, 0.1234)
    """
    whole = quantity.to_integral_value()
    return int(whole) if whole == quantity else float(quantity)
