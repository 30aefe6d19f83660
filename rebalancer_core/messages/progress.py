"""How far a command is, in a few words for one line of a screen."""

from __future__ import annotations

from rebalancer_core.follow.standing import Standing
from rebalancer_core.follow.state import Stage
from rebalancer_core.messages.counting import counted
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.work import Work

_MINUTE, _HOUR = 60, 3600


def explain_stage(work: Work, done: int, total: int, seconds: float) -> str:
    """What is being done, how far it is, and for how long now.

    >>> explain_stage(Work.ACCOUNTS, 3, 20, 12.4)
    'reading accounts: 3 of 20, 12 s'
    >>> explain_stage(Work.SYMBOLS, 0, 60, 0)
    'looking up symbols (60)'
    >>> explain_stage(Work.CONNECTING, 0, 1, 0)
    'connecting to the gateway'
    """
    far = "" if total == 1 else f": {done} of {total}" if done else f" ({total})"
    since = f", {seconds:.0f} s" if seconds >= 1 else ""
    return f"{work.value}{far}{since}"


def orders_sent(account_id: AccountId, sent: int, to_follow: int) -> str:
    """That everything left that could leave by now.

    >>> orders_sent(AccountId("DU111111"), 3, 6)
    'DU111111: sent 3 orders; 6 more follow the sells'
    """
    follow = "follows" if to_follow == 1 else "follow"
    more = f"; {to_follow} more {follow} the sells" if to_follow else ""
    return f"{account_id}: sent {counted(sent, 'order')}{more}"


def explain_standing(orders: Standing, seconds: float) -> tuple[str, ...]:
    """How the orders stand, from the whole line to what a narrow screen needs most.

    `seconds` is for how long nothing else was known; told where no order has a time of its own.
    """
    filled = f"{orders.filled} of {orders.planned} filled"
    counts = ", ".join((filled, *_others(orders)))
    soon, last = _until_fallback(orders), _until_deadline(orders)
    least = ", ".join(each for each in (counts, soon or last) if each)
    since = "" if soon or last or seconds < 1 else f"{seconds:.0f} s"
    doing = _doing(orders.stage)
    whole = ", ".join(each for each in (counts, soon, last, doing, since) if each)
    short = ", ".join(each for each in (filled, soon or last or since) if each)
    return (f"{orders.account_id}: {whole}", whole, least, short, counts, filled)


def _others(orders: Standing) -> tuple[str, ...]:
    as_market = f" ({orders.as_market} plain market)" if orders.as_market else ""
    named = (
        (orders.working, f"working{as_market}"),
        (orders.replaced, "to be replaced"),
        (orders.waiting, "not sent yet"),
        (orders.unknown, "unknown"),
        (orders.ended, "not filled"),
    )
    return tuple(f"{count} {what}" for count, what in named if count)


def _until_fallback(orders: Standing) -> str:
    seconds = orders.until_fallback
    return "" if seconds is None else f"{clock(seconds)} until fallback"


def _until_deadline(orders: Standing) -> str:
    seconds = orders.until_deadline
    return "" if seconds is None else f"deadline {clock(seconds)}"


def _doing(stage: Stage) -> str:
    match stage:
        case Stage.FITTING:
            return "fitting the buys to the cash"
        case Stage.LATE_FILLS | Stage.LAST_EVIDENCE:
            return "checking with IBKR"
        case Stage.COMMISSIONS:
            return "waiting for commissions"
        case _:
            return ""


def clock(seconds: float) -> str:
    """A time that is left.

    >>> clock(252.2), clock(3723), clock(0.4)
    ('4:12', '1:02:03', '0:00')
    """
    whole = int(seconds)
    hours, minutes = whole // _HOUR, whole % _HOUR // _MINUTE
    if hours:
        return f"{hours}:{minutes:02d}:{whole % _MINUTE:02d}"
    return f"{minutes}:{whole % _MINUTE:02d}"
