"""What cash flows say beside the plan: headlines, accounts left alone, cash to set aside."""

from __future__ import annotations

from datetime import UTC
from decimal import ROUND_FLOOR, Decimal

from rebalancer_core.messages.counting import counted
from rebalancer_core.values.flow import (
    BuyOnly,
    EarlierInvestment,
    Flow,
    Invest,
    Raise,
    Rebalance,
    SellOnly,
)
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import plain, usd

FLOWS_EXCLUDE = "--invest, --raise, --buy-only and --sell-only exclude each other"
NOT_NAMED = "the amounts name other accounts"


def headline(flow: Flow) -> str:
    """What a plan is for, on top of its preview; empty where it is a rebalance.

    >>> headline(Invest(amount=Decimal(5_000))), headline(SellOnly())
    ('invest $5,000: buys only', 'sells only')
    """
    match flow:
        case Invest(amount=amount):
            what = "all cash above the floor" if amount is None else _dollars(amount)
            return f"invest {what}: buys only"
        case Raise(amount=amount):
            return f"raise {_dollars(amount)}: sells only"
        case BuyOnly():
            return "buys only"
        case SellOnly():
            return "sells only"
        case Rebalance():
            return ""


def keep_aside(raised: Decimal, set_aside: Decimal) -> str:
    """What keeps the next run from investing what was raised (R 4.11.5).

    >>> keep_aside(Decimal(5_000), Decimal(2_000))
    'until $5,000 are withdrawn keep them from being invested: [rebalance] set_aside_usd = 7000'
    """
    return (
        f"until {_dollars(raised)} are withdrawn keep them from being invested:"
        f" [rebalance] set_aside_usd = {plain(raised + set_aside)}"
    )


def cannot_raise(amount: Decimal, most: Decimal) -> str:
    """Why nothing is sold: not all of it can be raised.

    >>> cannot_raise(Decimal(6_000), Decimal(5_445))
    '$6,000 cannot be raised: $5,445 is the most -> nothing is sold; raise that, or less'
    """
    return (
        f"{_dollars(amount)} cannot be raised: {_dollars(most, down=True)} is the most"
        " -> nothing is sold; raise that, or less"
    )


def invested_before(first: EarlierInvestment) -> str:
    """What was invested of the same account today, before this.

    >>> from datetime import datetime
    >>> invested_before(
    ...     EarlierInvestment(
    ...         run_id="9f2c31aa", at=datetime(2026, 1, 2, 15, 4, tzinfo=UTC), amount=None, orders=1
    ...     )
    ... )
    'Today all cash above the floor was invested already: 15:04 UTC, run 9f2c31aa, 1 order'
    """
    what = "all cash above the floor was" if first.amount is None else _were(first.amount)
    when = f"{first.at.astimezone(UTC):%H:%M} UTC"
    orders = counted(first.orders, "order")
    return f"Today {what} invested already: {when}, run {first.run_id}, {orders}"


def _were(amount: Decimal) -> str:
    return f"{_dollars(amount)} were"


def amounts_want_accounts(flag: str) -> str:
    """An amount, and several accounts that it could be of."""
    return f"{flag} wants an amount for each account of several: {flag} ID=AMOUNT,ID=AMOUNT"


def amount_of_no_account(flag: str, account_id: str, known: list[AccountId]) -> str:
    """An amount of an account that is not in the run."""
    return f"{flag} names {account_id}, and the accounts of this run are {', '.join(known)}"


def twice_named(flag: str, account_id: str) -> str:
    """Two amounts of one account."""
    return f"{flag} names {account_id} twice"


def no_amount(flag: str, text: str) -> str:
    """A text that is not an amount of dollars above zero."""
    return f"{flag}: {text!r} is not an amount above zero; write dollars as 5000 or 1234.50"


def _dollars(amount: Decimal, *, down: bool = False) -> str:
    """Whole dollars where it is one, else cents; `down` = never more than it is."""
    if amount == amount.to_integral_value():
        return usd(amount)
    cents = amount.quantize(Decimal("0.01"), rounding=ROUND_FLOOR) if down else amount
    return usd(cents, 2)
