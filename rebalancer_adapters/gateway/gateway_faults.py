"""What can befall the whole gateway: announcements, outages, restarts, other people's orders."""

import asyncio
from datetime import time
from decimal import Decimal
from typing import Protocol

from rebalancer_adapters.gateway.book import Book
from rebalancer_adapters.gateway.clock import Clock
from rebalancer_adapters.gateway.exchange.exchange import Exchange
from rebalancer_adapters.gateway.exchange.link import BrokerLink
from rebalancer_adapters.gateway.exchange.tasks import Tasks
from rebalancer_adapters.gateway.market import Market
from rebalancer_adapters.gateway.scenario import (
    Announce,
    ForeignOrder,
    GatewayEffect,
    MoveCash,
    MoveMarket,
    Outage,
    Restart,
)
from rebalancer_adapters.gateway.time_zones import zone_of

_BACK = {
    1101: "Connectivity between IBKR and Trader Workstation has been restored - data lost.",
    1102: "Connectivity between IBKR and Trader Workstation has been restored - data maintained.",
}
_LOST = {
    1100: "Connectivity between IBKR and Trader Workstation has been lost.",
    2110: "Connectivity between Trader Workstation and server is broken. "
    "It will be restored automatically.",
}


_WARNING_SECONDS = Decimal(2)
_AWAY_SECONDS = Decimal(3)
_DAY = Decimal(86_400)


class Listener(Protocol):
    """The gateway as its troubles see it."""

    def announce(self, code: int, text: str) -> None: ...

    async def restart(self, seconds: Decimal, *, forget_order_ids: bool) -> None: ...


class GatewayFaults:
    """Lets things happen, at once or later."""

    def __init__(
        self,
        gateway: Listener,
        market: Market,
        book: Book,
        *,
        clock: Clock,
        tasks: Tasks,
        link: BrokerLink,
        exchange: Exchange,
    ) -> None:
        self._gateway = gateway
        self._market = market
        self._book = book
        self._clock = clock
        self._tasks = tasks
        self._link = link
        self._exchange = exchange
        self._daily: asyncio.Task[None] | None = None

    def begin(self, effect: GatewayEffect) -> None:
        """Let it happen; what takes its time goes on beside everything else."""
        if effect.after_seconds or isinstance(effect, Outage | Restart):
            self._tasks.run(self._later(effect))
        else:
            self._happen(effect)

    def plan_restart(self) -> None:
        """From now on restart at the time of the settings, if they have one."""
        if self._daily is not None:
            self._daily.cancel()
        at = self._market.settings.auto_restart
        self._daily = None if at is None else self._tasks.start(self._restart_daily(at))

    async def _restart_daily(self, at: time) -> None:
        """Restart every day at this time of the market's zone, two seconds after 1100."""
        while True:
            await self._clock.sleep(self._until(at) - _WARNING_SECONDS)
            self._gateway.announce(1100, _LOST[1100])
            self._link.lost = (1100, _LOST[1100])
            await self._clock.sleep(_WARNING_SECONDS)
            await self._gateway.restart(_AWAY_SECONDS, forget_order_ids=False)
            self._link.lost = None

    def _until(self, at: time) -> Decimal:
        """Seconds to that time of the day; of the next day when it is over or all but here."""
        now = self._clock.now().astimezone(zone_of(self._market.hours.time_zone))
        moment = now.replace(hour=at.hour, minute=at.minute, second=at.second, microsecond=0)
        seconds = Decimal(str((moment - now).total_seconds()))
        return seconds if seconds >= _WARNING_SECONDS else seconds + _DAY

    async def _later(self, effect: GatewayEffect) -> None:
        await self._clock.sleep(effect.after_seconds)
        match effect:
            case Outage():
                await self._lose_broker(effect)
            case Restart():
                await self._gateway.restart(
                    effect.seconds, forget_order_ids=effect.forget_order_ids
                )
            case _:
                self._happen(effect)

    def _happen(self, effect: Announce | ForeignOrder | MoveMarket | MoveCash) -> None:
        match effect:
            case Announce():
                self._gateway.announce(effect.code, effect.text)
            case ForeignOrder():
                self._exchange.place_foreign(effect)
            case MoveMarket():
                self._move(effect)
            case MoveCash():
                self._book.move_cash(effect.account, effect.currency, effect.amount)

    def _move(self, effect: MoveMarket) -> None:
        if effect.data is not None:
            self._market.set_data(effect.symbol, effect.data)
        self._market.set_price(
            effect.symbol,
            bid=effect.bid,
            ask=effect.ask,
            last=effect.last,
            last_age_seconds=effect.last_age_seconds,
        )

    async def _lose_broker(self, outage: Outage) -> None:
        self._gateway.announce(outage.code, _LOST[outage.code])
        self._link.lost = (outage.code, _LOST[outage.code])
        await self._clock.sleep(outage.seconds)
        self._link.lost = None
        self._gateway.announce(outage.back, _BACK[outage.back])
