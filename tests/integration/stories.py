"""What is tried at a gateway: each story opens a session of its own and leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from attrs import frozen

from rebalancer_adapters.ib.session import ReadingSession, reading_session, trading_session
from rebalancer_core.market.hours import Closed, closed
from rebalancer_core.orders.events import BrokerFact, Executed, OrderRef
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.ports import BrokerPort, OrderPort
from rebalancer_core.values.account import AccountSnapshot, MarketObservation
from rebalancer_core.values.instruments import AccountId, ConId, Listing
from rebalancer_core.values.margin import WhatIf
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.plan import PlannedOrder, Side
from rebalancer_core.values.policy import PricingPolicy, TradingHours
from tests.integration.place import Place, RefusedError, account_of

# Seconds: for a market order of one share in regular hours, and for the position behind it.
_FILL_SECONDS = 60.0
_POSITION_SECONDS = 15
# Of a share that is bought for a test.
_DEAREST = Decimal(200)


@frozen(kw_only=True)
class Session:
    """An open session on a paper account, and the ETF there."""

    reading: ReadingSession
    account_id: AccountId
    listing: Listing
    at: datetime

    @property
    def broker(self) -> BrokerPort:
        return self.reading.broker


@frozen(kw_only=True)
class RoundTrip:
    """One share bought and sold again: executions, and the shares held before and after."""

    executions: tuple[Executed, ...]
    before: Decimal
    after: Decimal


async def connected(place: Place) -> Session:
    """The login, the account, the ETF and the broker's clock."""
    async with _reading(place) as session:
        return session


async def market_closed(place: Place) -> Closed | None:
    """Whether regular trading in the ETF is over for now."""
    async with _reading(place) as session:
        return closed(session.listing, TradingHours.RTH, session.at)


async def snapshot(place: Place) -> AccountSnapshot:
    """The account, read completely."""
    async with _reading(place) as session:
        return (await session.broker.snapshot(session.account_id)).unwrap()


async def price(place: Place) -> MarketObservation:
    """What the broker sends of the price."""
    async with _reading(place) as session:
        return await _observed(session.broker, session.listing)


async def what_if(place: Place) -> WhatIf:
    """What buying one share would do; nothing is ordered."""
    async with _reading(place) as session:
        seen = await _observed(session.broker, session.listing)
        order = PlannedOrder(
            con_id=session.listing.con_id,
            symbol=session.listing.symbol,
            side=Side.BUY,
            quantity=ONE,
            price=_about(seen),
        )
        asked = session.reading.what_ifs()
        (answer,) = await asked.what_if(session.account_id, (order,), OrderStyle())
        return answer


async def round_trip(place: Place) -> RoundTrip:
    """Buy one share, sell it again; RefusedError unless the place allows trades."""
    if not place.may_trade:
        raise RefusedError("it trades one share: IBKR_TRADE=yes allows it")
    async with trading_session(place.address) as opened:
        trading = opened.unwrap()
        session = await _session(trading, place)
        seen = await _observed(session.broker, session.listing)
        assert _about(seen) <= _DEAREST, f"{place.symbol} costs {_about(seen)}: set IBKR_SYMBOL"
        account = (await session.broker.snapshot(session.account_id)).unwrap()
        con_id = session.listing.con_id
        assert con_id not in {each.con_id for each in account.open_orders}, "it has an open order"
        run, desk = uuid4().hex[:8], trading.order_desk()
        executions: list[Executed] = []
        for number, side in enumerate((Side.BUY, Side.SELL), start=1):
            ticket = OrderTicket(
                order_ref=OrderRef(f"rb1-{run}-01{number:03d}-1"),
                account_id=session.account_id,
                con_id=con_id,
                symbol=session.listing.symbol,
                side=side,
                quantity=ONE,
                price=_about(seen),
            )
            executions += await _filled(desk, ticket)
        before = _held(account, con_id)
        return RoundTrip(
            executions=tuple(executions),
            before=before,
            after=await _held_again(session, before),
        )


@asynccontextmanager
async def _reading(place: Place) -> AsyncIterator[Session]:
    async with reading_session(place.address) as opened:
        yield await _session(opened.unwrap(), place)


async def _session(reading: ReadingSession, place: Place) -> Session:
    """The account is asked for first: at a live login nothing else is."""
    account_id = account_of(place, (await reading.broker.managed_accounts()).unwrap())
    (listing,) = (await reading.broker.listings((place.symbol,))).unwrap()
    assert isinstance(listing, Listing), listing
    at = (await reading.broker.server_time()).unwrap()
    return Session(reading=reading, account_id=account_id, listing=listing, at=at)


async def _observed(broker: BrokerPort, listing: Listing) -> MarketObservation:
    pricing = PricingPolicy(allow_delayed=True)
    (seen,) = (await broker.observations((listing,), pricing)).unwrap()
    return seen


def _about(seen: MarketObservation) -> Decimal:
    price = seen.ask or seen.last or seen.close
    assert price is not None, f"no price: {seen}"
    return price


async def _filled(desk: OrderPort, ticket: OrderTicket) -> tuple[Executed, ...]:
    """The executions of the whole order; one that does not fill in time is cancelled."""
    (await desk.submit(ticket)).unwrap()
    clock = asyncio.get_running_loop().time
    until, facts = clock() + _FILL_SECONDS, list[BrokerFact]()
    while clock() < until:
        facts.extend(await desk.facts(1.0))
        done = tuple(f for f in facts if isinstance(f, Executed))
        if sum((each.shares for each in done), ZERO) >= ticket.quantity:
            return done
    (await desk.cancel(ticket.order_ref)).unwrap()
    facts.extend(await desk.facts(5.0))
    raise AssertionError(f"{ticket.side.value} of one {ticket.symbol} was cancelled: {facts}")


def _held(account: AccountSnapshot, con_id: ConId) -> Decimal:
    return sum((each.quantity for each in account.positions if each.con_id == con_id), ZERO)


async def _held_again(session: Session, before: Decimal) -> Decimal:
    """The shares held behind both trades, as soon as the broker counts them."""
    held = before
    for _ in range(_POSITION_SECONDS):
        account = (await session.broker.snapshot(session.account_id)).unwrap()
        held = _held(account, session.listing.con_id)
        if held == before:
            break
        await asyncio.sleep(1)
    return held
