"""The market of a story: what can be traded, and live prices without a spread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from rebalancer_core.market.pricing import quote
from rebalancer_core.safety.buy_fit import MarketNow
from rebalancer_core.values.account import DataType, MarketObservation
from rebalancer_core.values.instruments import ConId, Listing, Session, Symbol
from rebalancer_core.values.policy import PricingPolicy, SafetyPolicy, TradingHours

CONTRACTS = tuple(map(ConId, range(1, 7)))
USUAL_PRICE = Decimal(10)
MORNING = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def market_now(
    prices: Mapping[ConId, Decimal], con_ids: tuple[ConId, ...], now: datetime
) -> MarketNow:
    """The market of these contracts; the previous close is the usual price."""
    seen = tuple(
        MarketObservation(
            con_id=con_id,
            symbol=Symbol(f"S{con_id}"),
            observed_at=now,
            bid=prices[con_id],
            ask=prices[con_id],
            last=prices[con_id],
            last_at=now,
            close=USUAL_PRICE,
            data_type=DataType.LIVE,
        )
        for con_id in con_ids
    )
    return MarketNow(
        now=now,
        hours=TradingHours.RTH,
        listings=tuple(_LISTINGS[con_id] for con_id in con_ids),
        quotes=tuple(
            quote(each, pricing=PricingPolicy(), safety=SafetyPolicy(), now=now, for_trading=True)
            for each in seen
        ),
        observations=seen,
    )


def _listing(con_id: ConId) -> Listing:
    always = Session(opens=MORNING - timedelta(days=1), closes=MORNING + timedelta(days=365))
    return Listing(
        con_id=con_id,
        symbol=Symbol(f"S{con_id}"),
        primary_exchange="ARCA",
        liquid_sessions=(always,),
        trading_sessions=(always,),
    )


_LISTINGS = {con_id: _listing(con_id) for con_id in CONTRACTS}
