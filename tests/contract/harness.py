"""One broker under the contract, whichever it is, and what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from rebalancer_adapters.gateway import (
    Gateway,
    Reject,
    Rest,
    load_market,
    on_orders,
    refused_what_if,
)
from rebalancer_adapters.ib.address import GatewayAddress, Patience
from rebalancer_adapters.ib.session import trading_session
from rebalancer_adapters.memory.books import MemoryBooks
from rebalancer_adapters.memory.memory_broker import MemoryBroker
from rebalancer_adapters.memory.memory_desk import MemoryOrderDesk
from rebalancer_core.orders.events import BrokerFact, OrderRef
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.ports import BrokerPort, OrderPort
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.plan import Side
from tests.contract.worlds import CON_IDS, REJECTED, RESTING, USD_ACCOUNT, memory_world

MARKET = Path(__file__).with_name("market.toml")
T = TypeVar("T")


@frozen(kw_only=True)
class Floor:
    """Both ports, and the record of what was asked through them."""

    broker: BrokerPort
    desk: OrderPort
    symbols_asked: Callable[[], list[Symbol]]
    prices_asked: Callable[[], list[ConId]]
    break_prices: Callable[[], None]
    restore_prices: Callable[[], None]


Opening = Callable[[], AbstractAsyncContextManager[Floor]]


@asynccontextmanager
async def memory_floor() -> AsyncIterator[Floor]:
    """The memory broker."""
    books = MemoryBooks(memory_world())
    desk = MemoryOrderDesk(books)

    def break_prices() -> None:
        desk.closed_gate = "prices may be stale"

    def restore_prices() -> None:
        desk.closed_gate = ""

    yield Floor(
        broker=MemoryBroker(books),
        desk=desk,
        symbols_asked=lambda: books.asked_symbols,
        prices_asked=lambda: books.asked_prices,
        break_prices=break_prices,
        restore_prices=restore_prices,
    )


@asynccontextmanager
async def gateway_floor() -> AsyncIterator[Floor]:
    """The IB adapter, over TCP, on the simulated gateway."""
    rejected = "Order rejected - reason: test"
    scenario = (
        on_orders(Reject(code=201, text=rejected), symbol=REJECTED)
        + refused_what_if(201, rejected, REJECTED)
        + on_orders(Rest(), symbol=RESTING)
    )
    gateway = Gateway(load_market(MARKET), scenario=scenario)

    def symbols_asked() -> list[Symbol]:
        return [Symbol(frame.fields[4]) for frame in gateway.record.received(9)]

    def prices_asked() -> list[ConId]:
        return [ConId(int(frame.fields[3])) for frame in gateway.record.received(1)]

    def break_prices() -> None:
        gateway.announce(2103, "Market data farm connection is broken:usfarm")

    def restore_prices() -> None:
        gateway.announce(2104, "Market data farm connection is OK:usfarm")

    async with gateway.running(), trading_session(address(gateway), patience=PATIENCE) as opened:
        session = opened.unwrap()
        yield Floor(
            broker=session.broker,
            desk=session.order_desk(),
            symbols_asked=symbols_asked,
            prices_asked=prices_asked,
            break_prices=break_prices,
            restore_prices=restore_prices,
        )


PATIENCE = Patience(stream=0.5, settle=0.1, snapshot=1, marks=1)


def address(gateway: Gateway, *, client_id: int = 42, timeout_seconds: float = 5) -> GatewayAddress:
    """Where this gateway listens."""
    return GatewayAddress(
        host="127.0.0.1",
        port=gateway.port,
        client_id=client_id,
        timeout_seconds=timeout_seconds,
        backoff_seconds=0.01,
    )


def on_floor(opening: Opening, story: Callable[[Floor], Awaitable[T]]) -> T:
    """What the story returns, told on a fresh floor and a fresh event loop."""

    async def tell() -> T:
        async with opening() as floor:
            return await story(floor)

    return asyncio.run(tell())


def ticket(
    symbol: Symbol,
    quantity: int,
    *,
    side: Side = Side.BUY,
    account_id: AccountId = USD_ACCOUNT,
    number: int = 1,
    style: OrderStyle | None = None,
) -> OrderTicket:
    """A ticket of this run."""
    return OrderTicket(
        order_ref=OrderRef(f"rb1-test0001-01{number:03d}-1"),
        account_id=account_id,
        con_id=CON_IDS[symbol],
        symbol=symbol,
        side=side,
        quantity=Decimal(quantity),
        price=Decimal(100),
        style=style or OrderStyle(),
    )


async def facts_until(
    desk: OrderPort, enough: Callable[[list[BrokerFact]], bool], *, rounds: int = 40
) -> list[BrokerFact]:
    """Facts as they come, until they are enough; the test fails when they never are."""
    facts: list[BrokerFact] = []
    for _ in range(rounds):
        facts.extend(await desk.facts(0.1))
        if enough(facts):
            return facts
    raise AssertionError(f"not enough came: {facts}")
