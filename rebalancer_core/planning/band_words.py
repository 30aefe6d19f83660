"""The words of bands and destinations, for warnings of a plan and for explanations."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.planning.bands import BandSource
from rebalancer_core.planning.caution_facts import BandsInForce
from rebalancer_core.values.money import plain
from rebalancer_core.values.policy import BandRule, Destination


def bands_in_force(caution: BandsInForce) -> str:
    """The bands of an account, and where its trades stop.

    >>> bands_in_force(
    ...     BandsInForce(
    ...         rule=BandRule.NARROWER,
    ...         band_bps=Decimal(500),
    ...         relative_pct=Decimal(25),
    ...         destination=Destination.EDGE,
    ...         destination_bps=Decimal(0),
    ...         own=(),
    ...     )
    ... )
    'bands: the narrower of 500 bps and 25 % of the target; trades stop on the edge of the band'
    """
    own = ", ".join(f"{symbol} {plain(bps)} bps" for symbol, bps in caution.own)
    beside = f" ({own})" if own else ""
    return f"bands: {_rule(caution)}{beside}; trades {_stop(caution)}"


def of_source(source: BandSource | None) -> str:
    """What a band is made of; empty of the usual one.

    >>> of_source(BandSource.SYMBOL), of_source(BandSource.ABSOLUTE)
    (', its own', '')
    """
    if source is None:
        return ""
    match source:
        case BandSource.ABSOLUTE:
            return ""
        case BandSource.RELATIVE:
            return ", a part of its target"
        case BandSource.SYMBOL:
            return ", its own"
        case BandSource.ZERO_TARGET:
            return ", as its target is 0"


def of_destination(destination: Destination | None, bps: Decimal | None) -> str:
    """Where a trade of this holding stops; empty where that is its target.

    >>> of_destination(Destination.HALFWAY, Decimal(100))
    'a trade stops 100 bps from the target (destination = halfway)'
    """
    if destination is None or not bps:
        return ""
    return f"a trade stops {plain(bps)} bps from the target (destination = {destination.value})"


def _rule(caution: BandsInForce) -> str:
    absolute = f"{plain(caution.band_bps)} bps"
    relative = f"{plain(caution.relative_pct)} % of the target"
    match caution.rule:
        case BandRule.ABSOLUTE:
            return absolute
        case BandRule.RELATIVE:
            return relative
        case BandRule.NARROWER:
            return f"the narrower of {absolute} and {relative}"
        case BandRule.WIDER:
            return f"the wider of {absolute} and {relative}"


def _stop(caution: BandsInForce) -> str:
    match caution.destination:
        case Destination.TARGET:
            return "go to the target"
        case Destination.EDGE:
            return "stop on the edge of the band"
        case Destination.HALFWAY:
            return "stop halfway into the band"
        case Destination.INSIDE:
            return f"stop {plain(caution.destination_bps)} bps from the target"
