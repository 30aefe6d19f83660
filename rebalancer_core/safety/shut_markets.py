"""A price that nothing may be traded on while its market is closed: the hours are the reason."""

from __future__ import annotations

from datetime import datetime

from rebalancer_core.market.hours import closed
from rebalancer_core.planning.blocked import BlockedBy, blocked_by
from rebalancer_core.safety.rules import MarketShut, Violation
from rebalancer_core.values.instruments import Listing
from rebalancer_core.values.plan import Plan, Reason
from rebalancer_core.values.policy import TradingHours


def shut_markets(
    plan: Plan, *, listings: tuple[Listing, ...], hours: TradingHours, now: datetime
) -> tuple[Violation, ...]:
    """The closed market of each row that its price alone keeps from trading, at `now` (UTC).

    These have no order, so nothing is refused for them: they say why the price is what it is, and
    when it is worth to look again.
    """
    by_id = {listing.con_id: listing for listing in listings}
    return tuple(
        Violation(
            rule=MarketShut(symbol=row.symbol, opens=shut.opens),
            reason=Reason.MARKET_CLOSED,
            con_id=listing.con_id,
        )
        for row in plan.rows
        if blocked_by(row) is BlockedBy.PRICE and row.con_id is not None
        for listing in (by_id.get(row.con_id),)
        if listing is not None
        for shut in (closed(listing, hours, now),)
        if shut is not None
    )
