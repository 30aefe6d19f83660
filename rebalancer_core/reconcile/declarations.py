"""What a person may say of an order that the broker cannot confirm, and of which order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from attrs import frozen

from rebalancer_core.orders.events import OrderRef, Resolution, Resolved
from rebalancer_core.reconcile.journal_model import JournaledOrder, JournaledRun
from rebalancer_core.reconcile.past_orders import declined_on, open_orders, trading_day, unfinished
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import ZERO, decimal_from_text

RESTARTED, DECLINED = "gateway restarted", "dialog answered No"
_VERDICTS: Mapping[str, Resolution] = MappingProxyType(
    {RESTARTED.lower(): Resolution.NOT_RECEIVED, DECLINED.lower(): Resolution.DECLINED}
)


@frozen(kw_only=True)
class Declaration:
    """What was said: of one order with the shares `filled`, or of `all_silent` ones of an account.

    Texts are as they were typed, None where nothing was.
    """

    order_ref: str | None = None
    filled: str | None = None
    reason: str | None = None
    account_id: str | None = None
    all_silent: bool = False


@frozen(kw_only=True)
class OrderMissing:
    """No order was named, and no account with all its silent ones."""


@frozen(kw_only=True)
class SharesMissing:
    """It was not said how many shares were filled."""


@frozen(kw_only=True)
class ReasonMissing:
    """It was not said how the person knows."""


@frozen(kw_only=True)
class AccountMissing:
    """All silent orders were meant, and not of one account."""


@frozen(kw_only=True)
class NotOpen:
    """The order is none of the `open_orders`."""

    order_ref: str
    open_orders: tuple[OrderRef, ...]


@frozen(kw_only=True)
class SharesImpossible:
    """`said` is not a number of shares from `proven` to `at_most`."""

    said: str
    proven: Decimal
    at_most: Decimal


@frozen(kw_only=True)
class NoneSilent:
    """The account has no order that was never acknowledged."""

    account_id: AccountId


@frozen(kw_only=True)
class AlreadyClosed:
    """The order is closed, and all that can be said of it is that the gateway was restarted."""

    order_ref: OrderRef


@frozen(kw_only=True)
class NobodyToAsk:
    """The word wants to be confirmed, and there is no terminal."""


@frozen(kw_only=True)
class VerdictMissing:
    """The order was never acknowledged: only the two sentences about its dialog close it."""


WhyMisdeclared = (
    OrderMissing
    | SharesMissing
    | ReasonMissing
    | AccountMissing
    | NotOpen
    | SharesImpossible
    | NoneSilent
    | AlreadyClosed
    | NobodyToAsk
    | VerdictMissing
)


@frozen(kw_only=True)
class Misdeclared:
    """It cannot be taken down, for this reason."""

    why: WhyMisdeclared


@frozen(kw_only=True)
class ToRecord:
    """A word that can be taken down as it is; `is_confirmed` where nobody needs to ask about it."""

    order: JournaledOrder
    event: Resolved
    is_confirmed: bool = False


@frozen(kw_only=True)
class ToClose:
    """Silent orders of one account, and what was said of the dialog that may hold them."""

    orders: tuple[JournaledOrder, ...]
    verdict: Resolution | None


def verdict_of(words: str) -> Resolution | None:
    """What a person says of a dialog; None for all but the two sentences, in any case.

    >>> verdict_of("Dialog answered no"), verdict_of("it is gone")
    (<Resolution.DECLINED: 'declined in a dialog of the gateway'>, None)
    """
    return _VERDICTS.get(" ".join(words.lower().split()))


def said(order_ref: OrderRef, verdict: Resolution) -> Resolved:
    """A person's word on a dialog, as the journal keeps it."""
    return Resolved(
        order_ref=order_ref,
        verdict=verdict,
        filled=ZERO,
        reason=DECLINED if verdict is Resolution.DECLINED else RESTARTED,
        by_human=True,
    )


def understood(
    declared: Declaration, runs: tuple[JournaledRun, ...], now: datetime
) -> ToRecord | ToClose | Misdeclared:
    """Which orders it is about, and what can be taken down of them."""
    if declared.all_silent:
        return _all_silent(declared, runs)
    if declared.order_ref is None:
        return Misdeclared(why=OrderMissing())
    if declared.filled is None:
        return Misdeclared(why=SharesMissing())
    order = _declarable(runs, now).get(OrderRef(declared.order_ref))
    if order is None:
        known_open = tuple(order.order_ref for _, order in open_orders(runs))
        return Misdeclared(why=NotOpen(order_ref=declared.order_ref, open_orders=known_open))
    shares = decimal_from_text(declared.filled)
    known = order.state.executed
    # More was executed than ordered: then that is what came of it, and a human may say so.
    most = max(order.intent.ticket.quantity, known)
    if shares is None or not known <= shares <= most:
        return Misdeclared(why=SharesImpossible(said=declared.filled, proven=known, at_most=most))
    return _of_one(order, shares, declared.reason)


def _all_silent(declared: Declaration, runs: tuple[JournaledRun, ...]) -> ToClose | Misdeclared:
    if declared.order_ref or not declared.account_id:
        return Misdeclared(why=AccountMissing())
    account_id = AccountId(declared.account_id)
    orders = tuple(order for order in unfinished(runs, account_id) if order.is_silent)
    if not orders:
        return Misdeclared(why=NoneSilent(account_id=account_id))
    return ToClose(orders=orders, verdict=verdict_of(declared.reason or ""))


def _declarable(runs: tuple[JournaledRun, ...], now: datetime) -> Mapping[OrderRef, JournaledOrder]:
    """Open orders, and those of today that a dialog declined: a restart lifts their hold."""
    accounts = {account.approval.account_id for run in runs for account in run.accounts}
    orders = (
        *(order for _, order in open_orders(runs)),
        *(order for each in accounts for order in declined_on(trading_day(now), runs, each)),
    )
    return {order.order_ref: order for order in orders}


def _of_one(
    order: JournaledOrder, shares: Decimal, reason: str | None
) -> ToRecord | ToClose | Misdeclared:
    verdict = verdict_of(reason or "")
    if order.is_finished and verdict is not Resolution.NOT_RECEIVED:
        return Misdeclared(why=AlreadyClosed(order_ref=order.order_ref))
    if order.is_finished:
        event = said(order.order_ref, Resolution.NOT_RECEIVED)
        return ToRecord(order=order, event=event, is_confirmed=True)
    if order.is_silent and shares == ZERO:
        return ToClose(orders=(order,), verdict=verdict)
    if reason is None:
        return Misdeclared(why=ReasonMissing())
    return ToRecord(order=order, event=_settled(order, shares, reason.strip()))


def _settled(order: JournaledOrder, shares: Decimal, reason: str) -> Resolved:
    is_whole = shares >= order.intent.ticket.quantity
    return Resolved(
        order_ref=order.order_ref,
        verdict=Resolution.FILLED if is_whole else Resolution.CANCELLED,
        filled=shares,
        reason=reason,
        by_human=True,
    )
