"""The memory broker is a product: honest fills, honest books, nothing invented."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from attrs import evolve

from rebalancer_adapters.memory.books import MemoryBooks
from rebalancer_adapters.memory.memory_broker import MemoryBroker
from rebalancer_adapters.memory.memory_desk import MemoryOrderDesk
from rebalancer_core.orders.events import BrokerFact, Completed, ErrorReported, Executed
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.account import MarketObservation
from rebalancer_core.values.instruments import ConId, Listing
from rebalancer_core.values.plan import Side
from rebalancer_core.values.policy import PricingPolicy
from tests.contract.harness import ticket
from tests.contract.worlds import CON_IDS, IEF, RESTING, SPY, USD_ACCOUNT, memory_world

_NOW = datetime(2026, 1, 5, 15, tzinfo=UTC)


def test_cash_and_shares_conserve_value_minus_the_commission() -> None:
    books = _books()
    _traded(books, ticket(SPY, 3), ticket(IEF, 20, side=Side.SELL, number=2))
    account = books.snapshot(USD_ACCOUNT)
    assert account is not None
    held = {p.symbol: p.quantity for p in account.positions}
    assert held == {SPY: Decimal(23), IEF: Decimal(30)}
    spent = 3 * Decimal("600.05") - 20 * Decimal("94.99")
    assert account.usd_cash == 10000 - spent - 2
    assert account.stock_market_value_usd == 23 * 600 + 30 * 95


def test_a_position_sold_out_is_gone_and_a_new_one_costs_its_price() -> None:
    books = _books()
    _traded(books, ticket(IEF, 50, side=Side.SELL), ticket(SPY, 1, number=2))
    account = books.snapshot(USD_ACCOUNT)
    assert account is not None
    assert [p.symbol for p in account.positions] == [SPY]


def test_more_shares_than_held_cannot_be_sold() -> None:
    books = _books()
    facts = _traded(books, ticket(IEF, 51, side=Side.SELL))
    assert [f.code for f in facts if isinstance(f, ErrorReported)] == [201]
    assert not [f for f in facts if isinstance(f, Executed)]


def test_without_a_market_nothing_fills() -> None:
    books = _books()
    order = evolve(ticket(SPY, 1), con_id=ConId(424242))
    facts = _traded(books, order)
    assert [f.code for f in facts if isinstance(f, ErrorReported)] == [201]


def test_a_moved_price_is_the_price_of_the_next_fill() -> None:
    books = _books()
    books.move_price(
        MarketObservation(con_id=CON_IDS[SPY], symbol=SPY, observed_at=_NOW, last=Decimal(610))
    )
    facts = _traded(books, ticket(SPY, 1))
    assert [f.price for f in facts if isinstance(f, Executed)] == [Decimal(610)]


def test_a_cancelled_order_is_completed_unfilled() -> None:
    async def story() -> tuple[BrokerFact, ...]:
        desk = MemoryOrderDesk(_books())
        order = ticket(RESTING, 4)
        await desk.submit(order)
        await desk.cancel(order.order_ref)
        return (await desk.evidence(USD_ACCOUNT)).unwrap()

    (done,) = asyncio.run(story())
    assert isinstance(done, Completed)
    assert (done.status, done.filled) == ("Cancelled", Decimal(0))


def test_of_a_silent_symbol_nothing_is_told_and_nothing_is_proven() -> None:
    books = MemoryBooks(evolve(memory_world(), silent=(SPY,)), now=lambda: _NOW)
    before = books.snapshot(USD_ACCOUNT)
    silent, heard = ticket(SPY, 1), ticket(IEF, 1, number=2)

    async def story() -> tuple[tuple[BrokerFact, ...], ...]:
        desk = MemoryOrderDesk(books)
        (await desk.submit(silent)).unwrap()
        (await desk.cancel(silent.order_ref)).unwrap()
        unheard = await desk.facts(0), (await desk.evidence(USD_ACCOUNT)).unwrap()
        assert books.snapshot(USD_ACCOUNT) == before
        (await desk.submit(heard)).unwrap()
        return *unheard, await desk.facts(0)

    *unheard, facts = asyncio.run(story())
    assert unheard == [(), ()]
    assert [fact.order_ref for fact in facts if isinstance(fact, Executed)] == [heard.order_ref]
    assert tuple(books.tickets) == (silent, heard)


def test_every_order_handed_over_is_on_record() -> None:
    books = _books()
    orders = (ticket(SPY, 1), ticket(RESTING, 2, number=2))
    _traded(books, *orders)
    assert tuple(books.tickets) == orders


def test_a_symbol_without_prices_has_none() -> None:
    stranger = Listing(con_id=ConId(424242), symbol=SPY, primary_exchange="ARCA")

    async def story() -> tuple[MarketObservation, ...]:
        return (await MemoryBroker(_books()).observations((stranger,), PricingPolicy())).unwrap()

    (seen,) = asyncio.run(story())
    assert (seen.last, seen.data_type, seen.observed_at) == (None, None, _NOW)


def _books() -> MemoryBooks:
    return MemoryBooks(memory_world(), now=lambda: _NOW)


def _traded(books: MemoryBooks, *orders: OrderTicket) -> tuple[BrokerFact, ...]:
    async def story() -> tuple[BrokerFact, ...]:
        desk = MemoryOrderDesk(books)
        for order in orders:
            (await desk.submit(order)).unwrap()
        return await desk.facts(0)

    return asyncio.run(story())
