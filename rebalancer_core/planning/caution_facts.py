"""What the warnings of a plan are about: facts, worded in `notes` alone."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.planning.flow_facts import FlowCaution
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.policy import BandRule, Destination


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

    `is_sold` = whether the plan sells, `may_sell` = whether its cash flow lets it.
    """

    leverage: Decimal
    at_most: Decimal
    after: Decimal
    is_sold: bool
    missed: Decimal
    may_sell: bool = True


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
class BandsInForce:
    """The bands of the account and where its trades stop, where one of the two is not usual.

    `own` are the symbols with a band of their own, with its bps.
    """

    rule: BandRule
    band_bps: Decimal
    relative_pct: Decimal
    destination: Destination
    destination_bps: Decimal
    own: tuple[tuple[Symbol, Decimal], ...]


@frozen(kw_only=True)
class CashIdle:
    """CASH is off its target by this part, but no holding is outside its band.

    `band_bps` is that of every holding; None where they have several.
    """

    off: Decimal
    is_over: bool
    band_bps: Decimal | None


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
    | BandsInForce
    | CashIdle
    | FlowCaution
    | FreeRiding
    | FractionsRefused
    | ExtendedHours
)
