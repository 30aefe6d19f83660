"""Which executions a filter lets pass; blank fields let everything pass."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfoNotFoundError

from rebalancer_adapters.gateway.book import ExecutionRecord
from rebalancer_adapters.gateway.market import Instrument
from rebalancer_adapters.gateway.terms import ExecutionFilter
from rebalancer_adapters.gateway.time_zones import zone_of

_SIDES = {"BOT": "BUY", "SLD": "SELL"}


def is_wanted(
    execution: ExecutionRecord, instrument: Instrument, wanted: ExecutionFilter, time_zone: str
) -> bool:
    """Whether the client asked for this execution; client id 0 means all clients."""
    asked = (
        (wanted.account, execution.account),
        (wanted.symbol, execution.symbol),
        (wanted.security_type, instrument.security_type),
        (wanted.exchange.replace("SMART", ""), execution.exchange),
        (wanted.side.upper(), _SIDES[execution.side]),
    )
    if wanted.client_id not in (0, execution.client_id):
        return False
    since = _instant(wanted.time, time_zone)
    if since is not None and execution.at < since:
        return False
    return all(not wish or wish == fact for wish, fact in asked)


def _instant(text: str, time_zone: str) -> datetime | None:
    """`20261120-15:00:00` is UTC; with a blank the zone follows, or is that of the gateway."""
    day, _, rest = text.replace("-", " ", 1).partition(" ")
    clock, _, named = rest.strip().partition(" ")
    try:
        moment = datetime.strptime(f"{day} {clock}", "%Y%m%d %H:%M:%S").replace(tzinfo=UTC)
        return moment if "-" in text else moment.replace(tzinfo=zone_of(named or time_zone))
    except (ValueError, ZoneInfoNotFoundError):
        return None
