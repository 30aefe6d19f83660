"""The second look: what must still be as it was shown when the user says yes."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from rebalancer_core.application.draft import price_age
from rebalancer_core.application.read import Reader
from rebalancer_core.application.types import Draft, Market
from rebalancer_core.safety.account_moves import moved_since
from rebalancer_core.safety.out_of_date import Moved, OutOfDate, PricesOld, SavedPlanExpired
from rebalancer_core.safety.price_moves import PriceMove, price_moves
from rebalancer_core.safety.staleness import is_fresh
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.policy import SafetyPolicy


@frozen(kw_only=True)
class Unchanged:
    """What was shown still holds: the account as read after the yes, and the newest market."""

    seen: AccountSnapshot
    market: Market


@frozen(kw_only=True)
class Changed:
    """The yes no longer fits what was shown."""

    why: OutOfDate


def is_expired(draft: Draft, safety: SafetyPolicy, now: datetime) -> bool:
    """Whether the prices are older than plan_ttl_sec, or the plan file has come to its end."""
    return _is_ended(draft, now) or price_age(draft, now) > float(safety.plan_ttl_sec)


async def recheck(
    draft: Draft, reader: Reader, safety: SafetyPolicy, now: datetime, *, may_be_old: bool = False
) -> Unchanged | Changed:
    """Whether the user's yes still fits what was shown.

    The account is read again, and once prices are no longer fresh the market, too. With
    `may_be_old` their age alone is no reason: other accounts of the same yes traded meanwhile.
    """
    if _is_ended(draft, now):
        return Changed(why=SavedPlanExpired())
    if is_expired(draft, safety, now) and not may_be_old:
        return Changed(why=PricesOld(seconds=int(price_age(draft, now))))
    if is_fresh(price_age(draft, now), safety):
        seen, market = await reader.snapshot(draft.account_id), draft.market
        if not isinstance(seen, AccountSnapshot):
            return Changed(why=seen)
        moves: tuple[PriceMove, ...] = ()
    else:
        again = await reader.read_one(draft.account)
        if not isinstance(again, tuple):
            return Changed(why=again)
        seen, market = again
        moves = price_moves(draft.plan, market.quotes)
    changes = (*moved_since(draft.snapshot, seen), *moves)
    if changes:
        return Changed(why=Moved(moves=changes))
    return Unchanged(seen=seen, market=market)


def _is_ended(draft: Draft, now: datetime) -> bool:
    return draft.saved is not None and now >= draft.saved.expires
