"""The second look: what must still be as it was shown when the user says yes (SPEC 5.3)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from rebalancer_cli.drafting import price_age
from rebalancer_cli.reading.accounts import Reader
from rebalancer_cli.reading.market import Market
from rebalancer_cli.stages import Draft
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.safety.account_moves import moved_since
from rebalancer_core.safety.price_moves import price_moves
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.policy import SafetyPolicy

# With the usual plan_ttl_sec of 120 that is 10 s: a prompt answered at once asks for no new prices.
FRESH_PART_OF_LIFETIME = 12


@frozen(kw_only=True)
class Unchanged:
    """What was shown still holds: the account as read after the yes, and the newest market."""

    seen: AccountSnapshot
    market: Market


@frozen(kw_only=True)
class Changed:
    """The yes no longer fits what was shown, for the reason `why`."""

    why: str


def is_expired(drawn: Draft, safety: SafetyPolicy, now: datetime) -> bool:
    """Whether the prices are older than plan_ttl_sec, or the plan file has come to its end."""
    return _is_ended(drawn, now) or price_age(drawn, now) > float(safety.plan_ttl_sec)


def is_fresh(market: Market, safety: SafetyPolicy, now: datetime) -> bool:
    """Whether these prices are so new that nothing is asked again."""
    age = (now - market.as_of).total_seconds()
    return age <= float(safety.plan_ttl_sec) / FRESH_PART_OF_LIFETIME


async def second_look(
    drawn: Draft, reader: Reader, safety: SafetyPolicy, now: datetime, *, may_be_old: bool = False
) -> Unchanged | Changed:
    """Whether the user's yes still fits what was shown.

    The account is read again, and once prices are no longer fresh the market, too. With
    `may_be_old` their age alone is no reason: other accounts of the same yes traded meanwhile.
    """
    if _is_ended(drawn, now):
        return Changed(why="the saved plan expired")
    if is_expired(drawn, safety, now) and not may_be_old:
        return Changed(why=f"the prices are {int(price_age(drawn, now))} s old")
    if is_fresh(drawn.market, safety, now):
        seen, market = await reader.snapshot(drawn.account_id), drawn.market
        if isinstance(seen, AccountReport):
            return Changed(why=seen.error)
        moves: tuple[str, ...] = ()
    else:
        again = await reader.read_one(drawn.account)
        if isinstance(again, AccountReport):
            return Changed(why=again.error)
        seen, market = again
        moves = price_moves(drawn.plan, market.quotes)
    changes = (*moved_since(drawn.snapshot, seen), *moves)
    return Changed(why="; ".join(changes)) if changes else Unchanged(seen=seen, market=market)


def _is_ended(drawn: Draft, now: datetime) -> bool:
    return drawn.saved is not None and now >= drawn.saved.expires
