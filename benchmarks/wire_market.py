"""Accounts alike, each with sells and buys to do: only their number changes what a run sends."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_adapters.gateway import Market
from rebalancer_adapters.gateway.market import AccountSetup, HoldingSetup, Instrument, Quote
from rebalancer_adapters.gateway.market.market import Practices

SYMBOLS = (
    *("AGG", "BND", "EFA", "GLD", "IEF", "IWM", "LQD"),
    *("SPY", "TIP", "TLT", "VNQ", "VTI", "VWO"),
)
WEIGHT, CASH_WEIGHT = 7, 9
_CENT = Decimal("0.01")
_FIRST_CON_ID, _FIRST_ACCOUNT = 900001, 111111
_WORTH = 100_000
# Percentage points off the target: three are sold, three are bought, the others stay.
_OFF = {0: 3, 1: 2, 2: 1, 3: -3, 4: -2, 5: -1}
ORDERS_AN_ACCOUNT = len(_OFF)


def account_ids(count: int) -> tuple[str, ...]:
    """DU111111, DU111112 and so on."""
    return tuple(f"DU{_FIRST_ACCOUNT + at}" for at in range(count))


def wire_market(accounts: int) -> Market:
    """So many accounts of about $100,000, thirteen ETFs in each."""
    instruments = [_traded(at, symbol) for at, symbol in enumerate(SYMBOLS)]
    holdings = tuple(
        HoldingSetup(
            con_id=instrument.con_id,
            quantity=Decimal(_WORTH * (WEIGHT + _OFF.get(at, 0)) // 100 // int(quote.last)),
            average_cost=quote.last,
        )
        for at, (instrument, quote) in enumerate(instruments)
    )
    cash = {"USD": Decimal(_WORTH * CASH_WEIGHT // 100)}
    return Market(
        instruments,
        [
            AccountSetup(account=each, base_currency="USD", cash=cash, holdings=holdings)
            for each in account_ids(accounts)
        ],
        practices=Practices(snapshot_end_seconds=Decimal("0.05")),
    )


def _traded(at: int, symbol: str) -> tuple[Instrument, Quote]:
    price = Decimal(45 + at)
    instrument = Instrument(
        symbol=symbol,
        con_id=_FIRST_CON_ID + at,
        primary_exchange="ARCA",
        currency="USD",
        stock_type="ETF",
        name=f"{symbol} ETF",
        local_symbol=symbol,
        trading_class=symbol,
    )
    return instrument, Quote(bid=price - _CENT, ask=price + _CENT, last=price, close=price)
