"""Trading hours as IBKR writes them, as UTC sessions; what cannot be read is not a session."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rebalancer_adapters.ib.zones import zone_of
from rebalancer_core.values.instruments import Session

_SPAN = re.compile(r"(?:(\d{8}):)?(\d{4})-(?:(\d{8}):)?(\d{4})", re.ASCII)


def parse_sessions(hours: str, time_zone_id: str) -> tuple[Session, ...]:
    """The sessions that contract details name, in order of time.

    Both formats of IBKR are read, `20180323:0930-20180323:1600;20180324:CLOSED` and the older
    `20180323:0930-1130,1300-1600`. An unknown zone gives no sessions: the market counts as closed.

    >>> parse_sessions("20260102:0930-20260102:1600", "US/Eastern")[0].opens.isoformat()
    '2026-01-02T14:30:00+00:00'
    >>> parse_sessions("20260103:CLOSED", "US/Eastern")
    ()
    """
    zone = zone_of(time_zone_id)
    if zone is None:
        return ()
    found = [
        session
        for day in hours.split(";")
        for session in _day(day.strip(), zone)
        if session.opens < session.closes
    ]
    return tuple(sorted(found, key=_opening))


def _opening(session: Session) -> datetime:
    return session.opens


def _day(text: str, zone: ZoneInfo) -> list[Session]:
    date, _, spans = text.partition(":")
    found = [_session(date, span.strip(), zone) for span in spans.split(",")]
    return [session for session in found if session is not None]


def _session(date: str, span: str, zone: ZoneInfo) -> Session | None:
    match = _SPAN.fullmatch(span)
    if match is None:
        return None
    first_date, first, last_date, last = match.groups()
    opens = _instant(first_date or date, first, zone)
    closes = _instant(last_date or first_date or date, last, zone)
    if opens is None or closes is None:
        return None
    overnight = last_date is None and closes <= opens
    if overnight:
        closes += timedelta(days=1)
    return Session(opens=opens.astimezone(UTC), closes=closes.astimezone(UTC))


def _instant(date: str, time: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.strptime(f"{date} {time}", "%Y%m%d %H%M").replace(tzinfo=zone)
    except ValueError:
        return None
    # In the first and the last year there may be no such time in UTC, and no next day.
    return moment if MINYEAR < moment.year < MAXYEAR else None
