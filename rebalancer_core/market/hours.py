"""Whether a market order may go now: the contract's own hours against the broker's clock."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from rebalancer_core.values.instruments import Listing, Session
from rebalancer_core.values.policy import TradingHours


@frozen(kw_only=True)
class Closed:
    """Not trading now; `opens` is the next opening the broker named, None where it named none."""

    opens: datetime | None


def closed(listing: Listing, hours: TradingHours, now: datetime) -> Closed | None:
    """None while the listing trades at `now` (UTC); else when it opens next (R 6.4.2).

    `rth` asks the liquid hours, `eth` the whole trading day. No hours named means closed.
    """
    sessions = _sessions(listing, hours)
    if any(s.opens <= now < s.closes for s in sessions):
        return None
    return Closed(opens=_next_opening(sessions, now))


def closing(listing: Listing, hours: TradingHours, now: datetime) -> datetime | None:
    """When the session closes that is on at `now`, or the next one; None where none is named."""
    coming = tuple(s.closes for s in _sessions(listing, hours) if s.closes > now)
    return min(coming) if coming else None


def _sessions(listing: Listing, hours: TradingHours) -> tuple[Session, ...]:
    return listing.liquid_sessions if hours is TradingHours.RTH else listing.trading_sessions


def _next_opening(sessions: tuple[Session, ...], now: datetime) -> datetime | None:
    coming = tuple(s.opens for s in sessions if s.opens > now)
    return min(coming) if coming else None
