"""The world of the contract suite in memory; market.toml says the same to the gateway."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from rebalancer_adapters.memory.books import MemoryWorld, Rejection
from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    DataType,
    MarketObservation,
    Position,
)
from rebalancer_core.values.instruments import (
    AccountId,
    ConId,
    Listing,
    Symbol,
    Unlisted,
    UnlistedWhy,
)

USD_ACCOUNT = AccountId("DU111111")
CAD_ACCOUNT = AccountId("DU333333")
SPY = Symbol("SPY")
IEF = Symbol("IEF")
DELAYED = Symbol("DLY")
UNSUBSCRIBED = Symbol("NON")
HALTED = Symbol("HLT")
REJECTED = Symbol("REJ")
RESTING = Symbol("RST")
AMBIGUOUS = Symbol("AMB")
CANADIAN = Symbol("XIU")
UNKNOWN = Symbol("NOSUCH")
CON_IDS = {
    SPY: ConId(756733),
    IEF: ConId(15547841),
    DELAYED: ConId(1001),
    UNSUBSCRIBED: ConId(1002),
    HALTED: ConId(1003),
    REJECTED: ConId(1004),
    RESTING: ConId(1005),
}
SPY_OPTION = ConId(712345601)
XIU_CON_ID = ConId(38708077)


def memory_world() -> MemoryWorld:
    """The same accounts, contracts and prices as market.toml."""
    now = datetime.now(UTC)
    return MemoryWorld(
        accounts=(_usd_account(now), _cad_account(now)),
        listings=(
            _listing(SPY, "ARCA"),
            _listing(IEF, "NASDAQ"),
            *(_listing(s, "ARCA") for s in (DELAYED, UNSUBSCRIBED, HALTED, REJECTED, RESTING)),
            Unlisted(
                symbol=AMBIGUOUS,
                why=UnlistedWhy.AMBIGUOUS,
                candidates=("AMB ARCA USD ETF", "AMB NASDAQ USD ETF"),
            ),
            Unlisted(
                symbol=CANADIAN,
                why=UnlistedWhy.NOT_USD_STOCK,
                candidates=("XIU TSE CAD ETF",),
            ),
        ),
        observations=(
            _seen(SPY, now, "599.95", "600.05", "600", "595"),
            _seen(IEF, now, "94.99", "95.01", "95", "94.5"),
            _seen(DELAYED, now, "49.99", "50.01", "50", "50", DataType.DELAYED),
            MarketObservation(
                con_id=CON_IDS[UNSUBSCRIBED],
                symbol=UNSUBSCRIBED,
                observed_at=now,
                error_code=354,
                error_text="Requested market data is not subscribed.",
            ),
            MarketObservation(
                con_id=CON_IDS[HALTED],
                symbol=HALTED,
                observed_at=now,
                last=Decimal(50),
                last_at=now - timedelta(seconds=1),
                close=Decimal(50),
                data_type=DataType.LIVE,
                halted=True,
            ),
            _seen(REJECTED, now, "49.99", "50.01", "50", "50"),
            _seen(RESTING, now, "49.99", "50.01", "50", "50"),
        ),
        rejections=(Rejection(symbol=REJECTED, code=201, text="Order rejected - reason: test"),),
        resting=(RESTING,),
    )


def _usd_account(as_of: datetime) -> AccountSnapshot:
    return AccountSnapshot(
        account_id=USD_ACCOUNT,
        as_of=as_of,
        base_currency="USD",
        cash=(CashBalance(currency="USD", amount=Decimal(10000)),),
        positions=(
            _position(CON_IDS[SPY], SPY, "20", "500"),
            _position(CON_IDS[IEF], IEF, "50", "90"),
        ),
    )


def _cad_account(as_of: datetime) -> AccountSnapshot:
    return AccountSnapshot(
        account_id=CAD_ACCOUNT,
        as_of=as_of,
        base_currency="CAD",
        cash=(
            CashBalance(currency="CAD", amount=Decimal(8400)),
            CashBalance(currency="USD", amount=Decimal(2000)),
        ),
        positions=(
            _position(CON_IDS[SPY], SPY, "10", "500"),
            _position(SPY_OPTION, SPY, "2", "1130", security_type="OPT"),
            _position(XIU_CON_ID, CANADIAN, "200", "36.9", currency="CAD"),
        ),
    )


def _position(
    con_id: ConId,
    symbol: Symbol,
    quantity: str,
    cost: str,
    *,
    security_type: str = "STK",
    currency: str = "USD",
) -> Position:
    return Position(
        con_id=con_id,
        symbol=symbol,
        security_type=security_type,
        currency=currency,
        quantity=Decimal(quantity),
        average_cost=Decimal(cost),
    )


def _listing(symbol: Symbol, exchange: str) -> Listing:
    return Listing(
        con_id=CON_IDS[symbol], symbol=symbol, primary_exchange=exchange, stock_type="ETF"
    )


def _seen(
    symbol: Symbol,
    at: datetime,
    bid: str,
    ask: str,
    last: str,
    close: str,
    data_type: DataType = DataType.LIVE,
) -> MarketObservation:
    return MarketObservation(
        con_id=CON_IDS[symbol],
        symbol=symbol,
        observed_at=at,
        bid=Decimal(bid),
        ask=Decimal(ask),
        last=Decimal(last),
        last_at=at - timedelta(seconds=1),
        close=Decimal(close),
        data_type=data_type,
    )
