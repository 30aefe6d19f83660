"""Cash flows: whether a plan rebalances, invests cash, raises some, or trades one side (R 4.11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from attrs import field, frozen

from rebalancer_core.values.money import ZERO


@frozen(kw_only=True)
class Rebalance:
    """Buys and sells, by the bands: what a run does without a flag."""


@frozen(kw_only=True)
class Invest:
    """Buys only, whatever the bands say, for at most `amount` dollars, costs included.

    None = all cash above the cash floor. Never borrows. Raises ValueError for an amount <= 0.
    """

    amount: Decimal | None = field(default=None)

    @amount.validator
    def _is_above_zero(self, _: object, amount: Decimal | None) -> None:
        _check(amount)


@frozen(kw_only=True)
class Raise:
    """Sells only, until `amount` dollars are there above the cash floor and what is set aside.

    Cash that is there already counts. Raises ValueError for an amount <= 0.
    """

    amount: Decimal = field()

    @amount.validator
    def _is_above_zero(self, _: object, amount: Decimal) -> None:
        _check(amount)


@frozen(kw_only=True)
class BuyOnly:
    """The buys of a rebalance, with the cash there is; nothing is sold."""


@frozen(kw_only=True)
class SellOnly:
    """The sells of a rebalance; nothing is bought."""


Flow = Rebalance | Invest | Raise | BuyOnly | SellOnly
REBALANCE = Rebalance()
# What programs and files call each.
FLOW_NAMES: Mapping[type[Flow], str] = MappingProxyType(
    {
        Rebalance: "rebalance",
        Invest: "invest",
        Raise: "raise",
        BuyOnly: "buy_only",
        SellOnly: "sell_only",
    }
)


@frozen(kw_only=True)
class EarlierInvestment:
    """An investment of the same account and trading day that sent `orders` orders.

    Approved at `at` (UTC), for `amount` dollars; None = all cash above the floor.
    """

    run_id: str
    at: datetime
    amount: Decimal | None
    orders: int


def amount_of(flow: Flow) -> Decimal:
    """The dollars that a flow names; 0 where it names none.

    >>> amount_of(Raise(amount=Decimal(5_000))), amount_of(Invest()), amount_of(REBALANCE)
    (Decimal('5000'), Decimal('0'), Decimal('0'))
    """
    match flow:
        case Raise(amount=amount):
            return amount
        case Invest(amount=amount):
            return ZERO if amount is None else amount
        case Rebalance() | BuyOnly() | SellOnly():
            return ZERO


def may_buy(flow: Flow) -> bool:
    """Whether a plan of this flow has buys.

    >>> may_buy(Invest()), may_buy(SellOnly())
    (True, False)
    """
    return not isinstance(flow, Raise | SellOnly)


def may_sell(flow: Flow) -> bool:
    """Whether a plan of this flow has sells.

    >>> may_sell(Raise(amount=Decimal(1))), may_sell(BuyOnly())
    (True, False)
    """
    return not isinstance(flow, Invest | BuyOnly)


def _check(amount: Decimal | None) -> None:
    if amount is not None and not (amount.is_finite() and amount > ZERO):
        raise ValueError("an amount to invest or to raise is above zero")
