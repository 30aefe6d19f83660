"""A wide market: thirteen ETFs and as many accounts as one likes, cash alone in each."""

from decimal import Decimal

from rebalancer_adapters.gateway import Market
from rebalancer_adapters.gateway.market import AccountSetup, Instrument, Practices, Quote

_CENT = Decimal("0.01")
_FIRST_CON_ID = 900001
_FIRST_ACCOUNT = 111111

SYMBOLS = (
    *("AGG", "BND", "EFA", "GLD", "IEF", "IWM", "LQD"),
    *("SPY", "TIP", "TLT", "VNQ", "VTI", "VWO"),
)
TARGETS = dict.fromkeys(SYMBOLS, "7") | {"CASH": "9"}


def account_ids(count: int) -> tuple[str, ...]:
    """DU111111, DU111112 and so on."""
    return tuple(f"DU{_FIRST_ACCOUNT + at}" for at in range(count))


def wide_market(accounts: int) -> Market:
    """So many accounts with $100,000 each, all thirteen at prices around $50."""
    return Market(
        [_traded(at, symbol) for at, symbol in enumerate(SYMBOLS)],
        [
            AccountSetup(account=each, base_currency="USD", cash={"USD": Decimal(100_000)})
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
