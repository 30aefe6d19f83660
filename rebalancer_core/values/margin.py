"""What the broker says that orders would do to an account's margin (what-if)."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from attrs import field, frozen

from rebalancer_core.values.money import ZERO


@frozen(kw_only=True)
class Shift:
    """One margin figure: what it is without the order, and by how much the order changes it."""

    before: Decimal
    change: Decimal


@frozen(kw_only=True)
class MarginEffect:
    """What one order alone would do; None where the broker did not name the figure.

    The margin figures are in the base currency of the account, `commission` is in
    `commission_currency`: the most it can be, where the broker names a range.
    """

    initial: Shift | None = None
    maintenance: Shift | None = None
    equity_with_loan: Shift | None = None
    commission: Decimal | None = None
    commission_currency: str = ""


@frozen(kw_only=True)
class WhatIfRefused:
    """The broker answered the what-if of one order with an error in place of figures."""

    code: int
    text: str


# None: no answer in time, or one without any figure.
WhatIf: TypeAlias = MarginEffect | WhatIfRefused | None


@frozen(kw_only=True)
class PlanMargin:
    """An account after those orders of a plan that the broker answered: `answered` of `asked`.

    Margin and excess liquidity in `currency`, the base currency of the account; None where one of
    the answers did not name the figure. `commissions` are sums, one a currency; `errors` are
    sentences, one an order that was answered with an error.
    """

    asked: int
    answered: int
    currency: str
    initial: Decimal | None = None
    maintenance: Decimal | None = None
    excess_liquidity: Decimal | None = None
    commissions: tuple[tuple[str, Decimal], ...] = field(default=())
    errors: tuple[str, ...] = ()

    @property
    def is_short(self) -> bool:
        """Whether the answered orders alone would leave the account without excess liquidity."""
        return self.excess_liquidity is not None and self.excess_liquidity < ZERO
