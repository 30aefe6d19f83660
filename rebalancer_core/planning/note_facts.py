"""What the rows of a plan are about: facts, worded in `notes` alone."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.planning.flow_facts import FlowNote
from rebalancer_core.planning.sizing.exact_units import ExactUnit


@frozen(kw_only=True)
class Compared:
    """Two amounts >= 0 that a sentence compares, in exact units."""

    units: ExactUnit
    first: int
    second: int


@frozen(kw_only=True)
class Stated:
    """A sentence from elsewhere: of a price, or of the caller who bars a buy."""

    text: str


@frozen(kw_only=True)
class NoQuote:
    """No quote was received."""


@frozen(kw_only=True)
class NotNeeded:
    """The portfolio is back inside its band without this trade."""


@frozen(kw_only=True)
class GapTooSmall:
    """The gap is under min_order_usd."""

    gap_and_minimum: Compared


@frozen(kw_only=True)
class RoundedTooSmall:
    """Rounded to these shares the trade is worth less than min_order_usd."""

    shares: Decimal
    worth_and_minimum: Compared


@frozen(kw_only=True)
class ImprovesTooLittle:
    """The trade brings its holding closer by less than min_improvement_usd."""

    removed_and_minimum: Compared


@frozen(kw_only=True)
class MinimumPassesTarget:
    """The smallest order is so many shares, and worth more than the gap."""

    shares: Decimal
    worth_and_gap: Compared


@frozen(kw_only=True)
class LessThanOneLot:
    """Fewer shares are held than the smallest that can be sold."""

    held: Decimal


@frozen(kw_only=True)
class HalfOfOneLot:
    """The gap is at most half of what one lot costs."""

    gap_and_lot: Compared


@frozen(kw_only=True)
class GaveBack:
    """Shares given back, so that the plan as a whole ends closer."""

    shares: Decimal


@frozen(kw_only=True)
class CashShort:
    """Of `wanted` shares `done` are paid; what the next lot needs, and what is left, do not fit."""

    done: Decimal
    wanted: Decimal
    needs_and_left: Compared


@frozen(kw_only=True)
class SellCut:
    """Of `wanted` shares only `needed` are sold, as a buy is blocked."""

    needed: Decimal
    wanted: Decimal


@frozen(kw_only=True)
class SoldForCap:
    """`more` shares are sold than drift asks for, to bring leverage down to the cap."""

    more: Decimal


@frozen(kw_only=True)
class CapMissed:
    """Gross stays above the leverage cap by so many dollars, and this is not sold for it."""

    by: Decimal


@frozen(kw_only=True)
class RateUnknown:
    """Cash in these currencies is owed, and their rates to USD are not known."""

    currencies: tuple[str, ...]


@frozen(kw_only=True)
class OtherKind:
    """A position that is not a USD stock or ETF."""

    security_type: str
    currency: str


@frozen(kw_only=True)
class OtherCurrency:
    """Cash that is not USD."""

    currency: str


RowNote = (
    Stated
    | NoQuote
    | NotNeeded
    | GapTooSmall
    | RoundedTooSmall
    | ImprovesTooLittle
    | MinimumPassesTarget
    | LessThanOneLot
    | HalfOfOneLot
    | GaveBack
    | CashShort
    | SellCut
    | SoldForCap
    | FlowNote
    | CapMissed
    | RateUnknown
    | OtherKind
    | OtherCurrency
)
