"""A running gateway with real clients connected to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from ib_async import IB, Order, StartupFetch, StartupFetchALL, StartupFetchNONE, Stock, Trade

from rebalancer_adapters.gateway import Clock, Gateway, Market, Scenario, load_market
from rebalancer_adapters.gateway.settings import GatewaySettings
from rebalancer_adapters.gateway.wire import Fields
from tests.support.timing import PATIENCE_SECONDS

MARKETS = Path(__file__).parents[3] / "fixtures" / "markets"
SPY = Stock("SPY", "SMART", "USD", conId=756733)

_Answer = TypeVar("_Answer")


def small_market() -> Market:
    return load_market(MARKETS / "small.toml")


@asynccontextmanager
async def connected(
    market: Market | None = None,
    scenario: Scenario | None = None,
    clock: Clock | None = None,
    fetch: StartupFetch = StartupFetchALL,
) -> AsyncIterator[tuple[Gateway, IB]]:
    """A gateway with one ib_async client, id 7, fully synchronised."""
    gateway = Gateway(market or small_market(), scenario, clock)
    async with gateway.running():
        ib = await connect(gateway, 7, fetch)
        try:
            yield gateway, ib
        finally:
            await disconnect(ib)


@asynccontextmanager
async def with_settings(
    settings: GatewaySettings, scenario: Scenario | None = None, clock: Clock | None = None
) -> AsyncIterator[tuple[Gateway, IB]]:
    """A gateway of the small market with a client that has asked for its positions alone."""
    market = small_market()
    market.settings = settings
    async with connected(market, scenario, clock, StartupFetchNONE) as pair:
        yield pair


async def connect(gateway: Gateway, client_id: int, fetch: StartupFetch = StartupFetchALL) -> IB:
    ib = IB()
    await ib.connectAsync(
        "127.0.0.1",
        gateway.port,
        clientId=client_id,
        timeout=PATIENCE_SECONDS,
        raiseSyncErrors=True,
        fetchFields=fetch,
    )
    return ib


async def disconnect(ib: IB) -> None:
    ib.disconnect()
    await asyncio.sleep(0)


async def until(condition: Callable[[], object]) -> None:
    """Wait until the condition holds; TimeoutError when it does not soon."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 what is awaited has no event of its own
            await asyncio.sleep(0.002)


def told(gateway: Gateway, message_id: int) -> list[Fields]:
    """Every message of this number that went out."""
    return [frame.fields for frame in gateway.record.sent(message_id)]


async def soon(work: Awaitable[_Answer]) -> _Answer:
    return await asyncio.wait_for(work, PATIENCE_SECONDS)


def errors_of(ib: IB) -> list[tuple[int, int]]:
    """Collects request id and code of every error from now on."""
    seen: list[tuple[int, int]] = []

    def note(req_id: int, code: int, _text: str, _contract: object) -> None:
        seen.append((req_id, code))

    ib.errorEvent += note
    return seen


def market_order(action: str = "BUY", quantity: float = 3, /, **terms: object) -> Order:
    chosen = {"account": "DU111111", "tif": "DAY", "orderType": "MKT", **terms}
    return Order(action=action, totalQuantity=quantity, **chosen)  # type: ignore[arg-type] # as each test names them


def raw(ib: IB) -> Any:  # noqa: ANN401 the client of ib_async is untyped
    """The client behind `ib`: it sends requests and waits for nothing."""
    return ib.client


async def filled(ib: IB, order: Order, contract: Stock = SPY) -> Trade:
    trade = ib.placeOrder(contract, order)
    await until(lambda: trade.orderStatus.status == "Filled" and _has_commissions(trade))
    return trade


def run(work: Coroutine[None, None, None]) -> None:
    asyncio.run(work)


def _has_commissions(trade: Trade) -> bool:
    return all(fill.commissionReport.execId for fill in trade.fills)
