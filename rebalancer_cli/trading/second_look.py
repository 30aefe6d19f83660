"""The second look: what must still be as it was shown when the user says yes (SPEC 5.3)."""

from __future__ import annotations

from datetime import datetime

from rebalancer_cli.drafting import price_age
from rebalancer_cli.reading.accounts import Reader
from rebalancer_cli.stages import Draft
from rebalancer_core.execution.limits import moved_since
from rebalancer_core.execution.price_moves import price_moves
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.policy import SafetyPolicy

# With the usual plan_ttl_sec of 120 that is 10 s: a prompt answered at once asks for no new prices.
_FRESH_PART_OF_LIFETIME = 12


def is_expired(drawn: Draft, safety: SafetyPolicy, now: datetime) -> bool:
    """Whether the prices are older than plan_ttl_sec, or the plan file has come to its end."""
    return _is_ended(drawn, now) or price_age(drawn, now) > float(safety.plan_ttl_sec)


async def why_shown_again(drawn: Draft, reader: Reader, safety: SafetyPolicy, now: datetime) -> str:
    """Why the user's yes no longer fits what was shown, or an empty string.

    The account is read again, and once prices are no longer fresh the market, too.
    """
    age = price_age(drawn, now)
    if _is_ended(drawn, now):
        return "the saved plan expired"
    if is_expired(drawn, safety, now):
        return f"the prices are {int(age)} s old"
    if age <= float(safety.plan_ttl_sec) / _FRESH_PART_OF_LIFETIME:
        seen = await reader.snapshot(drawn.account_id)
        moves: tuple[str, ...] = ()
    else:
        again = await reader.read_one(drawn.account)
        if isinstance(again, AccountReport):
            return again.error
        seen, moves = again[0], price_moves(drawn.plan, again[1].quotes)
    if isinstance(seen, AccountReport):
        return seen.error
    return "; ".join((*moved_since(drawn.snapshot, seen), *moves))


def _is_ended(drawn: Draft, now: datetime) -> bool:
    return drawn.saved is not None and now >= drawn.saved.expires
