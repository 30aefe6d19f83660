"""What rows and warnings of a plan are about: facts, worded in `notes` alone."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.planning.sizing.exact_units import ExactUnit
from rebalancer_core.values.instruments import Symbol


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
    | LessThanOneLot
    | HalfOfOneLot
    | GaveBack
    | CashShort
    | SellCut
    | SoldForCap
    | CapMissed
    | RateUnknown
    | OtherKind
    | OtherCurrency
)


@frozen(kw_only=True)
class SweepCounted:
    """CashBalance and TotalCashBalance differ, in dollars; the smaller one counts."""

    cash_balance: Decimal
    total_cash_balance: Decimal


@frozen(kw_only=True)
class LeverageWith:
    """Leverage with positions that are left out and whose rate is known, above the cap."""

    leverage: Decimal
    at_most: Decimal


@frozen(kw_only=True)
class LeftOut:
    """What no figure counts: gross by currency, sorted; `unknown` lack a cost."""

    gross: tuple[tuple[str, Decimal], ...]
    unknown: tuple[Symbol, ...]
    with_positions: LeverageWith | None


@frozen(kw_only=True)
class LeverageNow:
    """The account is above max_leverage; `after` the plan it is still by `missed` dollars, or not.

    `is_sold` = whether the plan sells.
    """

    leverage: Decimal
    at_most: Decimal
    after: Decimal
    is_sold: bool
    missed: Decimal


@frozen(kw_only=True)
class TargetsScaled:
    """The targets ask for leverage `asked` and are scaled to `scaled`: the cap less the buffer."""

    asked: Decimal
    scaled: Decimal
    at_most: Decimal


@frozen(kw_only=True)
class ForeignDebt:
    """Foreign cash of `usd` dollars is owed and counts for the cap; what is `unknown` has no rate.

    That is in its own currency.
    """

    usd: Decimal
    unknown: tuple[tuple[str, Decimal], ...]


@frozen(kw_only=True)
class BorrowsBesideKept:
    """USD cash is negative beside kept holdings, though the models hold no debt."""

    cash: Decimal


@frozen(kw_only=True)
class CashIdle:
    """CASH is off its target by this part, but no holding is outside its band."""

    off: Decimal
    is_over: bool
    band_bps: Decimal


@frozen(kw_only=True)
class FreeRiding:
    """A cash account whose buys use sale proceeds that are not settled."""


@frozen(kw_only=True)
class FractionsRefused:
    """Fractional orders, which IBKR's API refuses for US ETFs."""


@frozen(kw_only=True)
class ExtendedHours:
    """Orders for extended hours, in which IBKR executes no plain market order (R 6.4.5)."""


Caution = (
    SweepCounted
    | LeftOut
    | LeverageNow
    | TargetsScaled
    | ForeignDebt
    | BorrowsBesideKept
    | CashIdle
    | FreeRiding
    | FractionsRefused
    | ExtendedHours
)
