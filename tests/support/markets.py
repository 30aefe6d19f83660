"""A small market and its accounts in a line each: US ETFs, a Canadian one, BRK B, exact prices."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from rebalancer_adapters.gateway import Clock, Market, OffsetClock, SystemClock
from rebalancer_adapters.gateway.clock import Seconds
from rebalancer_adapters.gateway.market import (
    AccountSetup,
    HoldingSetup,
    Hours,
    Instrument,
    Practices,
    Quote,
)

PRICES: Mapping[str, Decimal] = {
    "SPY": Decimal("600.00"),
    "IEF": Decimal("95.00"),
    "GLD": Decimal("370.00"),
    "BIL": Decimal("91.50"),
    "BRK B": Decimal("450.00"),
    "XIU": Decimal("44.00"),
}
_CON_IDS = {
    "SPY": 756733,
    "IEF": 15547841,
    "GLD": 51529211,
    "BIL": 44652144,
    "BRK B": 72063691,
    "XIU": 38708077,
}
_CANADIAN = frozenset({"XIU"})
_CENT = Decimal("0.01")

UNTIL_RELEASED = Decimal(86_400)
"""`Fill(after_seconds=UNTIL_RELEASED)` fills when the test calls `SimulatedGateway.release`."""


def account(
    account_id: str, *, usd: str, cad: str | None = None, base: str = "USD", **shares: int
) -> AccountSetup:
    """An account with this cash and these shares: `account("DU111111", usd="500", SPY=10)`."""
    cash = {"USD": Decimal(usd)} | ({} if cad is None else {"CAD": Decimal(cad)})
    return AccountSetup(
        account=account_id,
        base_currency=base,
        cash=cash,
        holdings=tuple(
            HoldingSetup(
                con_id=_CON_IDS[symbol], quantity=Decimal(count), average_cost=PRICES[symbol]
            )
            for symbol, count in shares.items()
        ),
    )


def market(
    *accounts: AccountSetup, hours: Hours | None = None, start: datetime | None = None
) -> Market:
    """Those accounts on the prices of `PRICES`, a cent of spread each side; fills are immediate.

    Always open unless `hours` says otherwise; the clock begins at `start`, or is the present.
    """
    return Market(
        [(_instrument(symbol), _quote(price)) for symbol, price in PRICES.items()],
        accounts,
        hours=hours,
        rates={"CAD": Decimal("0.7143")},
        practices=Practices(snapshot_end_seconds=Decimal("0.05")),
        start=start,
    )


class ReleasableClock:
    """A running clock on which whoever waits `UNTIL_RELEASED` waits for `release` instead."""

    def __init__(self, start: datetime | None) -> None:
        self._running: Clock = SystemClock() if start is None else OffsetClock(start)
        self._released = asyncio.Event()
        self._is_declined = False
        self._skipped = timedelta(0)

    def now(self) -> datetime:
        return self._running.now() + self._skipped

    async def sleep(self, seconds: Seconds) -> None:
        if seconds < UNTIL_RELEASED:
            await self._running.sleep(seconds)
            return
        await self._released.wait()
        if self._is_declined:
            raise asyncio.CancelledError

    def release(self) -> None:
        """Let everybody go who waits, now and later; call it on the gateway's own loop."""
        self._released.set()

    def decline(self) -> None:
        """End everybody who waits: what they wait to do is never done."""
        self._is_declined = True
        self._released.set()

    def skip(self, time: timedelta) -> None:
        """Be that much later from now on; nobody who waits wakes by it."""
        self._skipped += time


def _instrument(symbol: str) -> Instrument:
    return Instrument(
        symbol=symbol,
        con_id=_CON_IDS[symbol],
        primary_exchange="TSE" if symbol in _CANADIAN else "ARCA",
        currency="CAD" if symbol in _CANADIAN else "USD",
        stock_type="ETF",
        name=f"{symbol} ETF",
        local_symbol=symbol,
        trading_class=symbol,
    )


def _quote(price: Decimal) -> Quote:
    return Quote(bid=price - _CENT, ask=price + _CENT, last=price, close=price)
