"""Fits the buys to the account and the market of the moment, before the first of them leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal

from attrs import evolve, frozen

from rebalancer_core.application.read import Reader
from rebalancer_core.application.recheck import Unchanged, is_fresh
from rebalancer_core.application.trading.pursuit import Pursuit
from rebalancer_core.application.types import Market
from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.safety.account_moves import unexpected_positions
from rebalancer_core.safety.buy_fit import MarketNow, Sizes, fit_buys
from rebalancer_core.safety.free_cash import asks_of, funds_of, sale_proceeds
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.money import ONE
from rebalancer_core.values.plan import PlannedOrder
from rebalancer_core.values.policy import RebalancePolicy

# How long the broker's positions and cash may lag behind its fills. Then buys are skipped where
# positions still differ, and go by the cash it shows where only that is behind: they only shrink.
_LAG_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.5
_READ_AGAIN_AT_MOST = 2
_FRACTION = Decimal("0.0001")
# Proceeds count as booked when all but this part of them is there: fees are told later.
_BOOKED_WITHIN = Decimal("0.001")


@frozen(kw_only=True)
class Fitted:
    """The buys that may go now, never more shares than planned, and what there is to say of it."""

    buys: tuple[OrderTicket, ...] = ()
    notes: tuple[str, ...] = ()


@frozen(kw_only=True)
class _Reading:
    """The account and the market that the buys are fitted to."""

    seen: AccountSnapshot
    market: MarketNow


@frozen(kw_only=True)
class _Unread:
    """Why there is no such reading; every buy is skipped for it."""

    why: str
    cause: SkipCause


@frozen(kw_only=True)
class Fitting:
    """Looks again once the sells are over. `looked` is what was seen after the yes.

    `now` is the broker's clock (UTC).
    """

    reader: Reader
    policy: RebalancePolicy
    now: Callable[[], datetime]
    looked: Unchanged
    sleep: Callable[[float], Awaitable[None]]

    async def fit(self, pursuit: Pursuit, buys: tuple[OrderTicket, ...]) -> Fitted:
        """The buys for `pursuit` to send, with its funds set; the others are skipped there."""
        if not buys:
            return Fitted()
        reading = await self._reading_through_gates(pursuit, buys)
        if isinstance(reading, _Unread):
            pursuit.skip(buys, reading.why, reading.cause)
            return Fitted()
        market = reading.market
        pursuit.funds = funds_of(
            pursuit.approved.plan, reading.seen, market.quotes, market.observations
        )
        return self._fitted(pursuit, buys, market)

    async def refit(self, pursuit: Pursuit, buy: OrderTicket) -> OrderTicket | None:
        """One buy that had to wait, at the prices and hours of now; None where it is skipped.

        Cash is the one read before the buys, less what they took: so it counts none of them twice.
        """
        market = await self._market_again((buy,))
        if isinstance(market, _Unread):
            pursuit.skip((buy,), market.why, market.cause)
            return None
        asks = asks_of(market.quotes, market.observations)
        pursuit.funds = evolve(pursuit.funds, asks={**pursuit.funds.asks, **asks})
        fitted = self._fitted(pursuit, (buy,), self._market_now(market, market.as_of))
        for each in fitted.notes:
            pursuit.note(each)
        return fitted.buys[0] if fitted.buys else None

    def _fitted(self, pursuit: Pursuit, buys: tuple[OrderTicket, ...], market: MarketNow) -> Fitted:
        fits = fit_buys(
            tuple(_planned(ticket) for ticket in buys),
            market=market,
            funds=pursuit.funds,
            sent=pursuit.states(),
            sizes=Sizes(
                min_order_usd=self.policy.min_order_usd,
                lot=_FRACTION if self.policy.allow_fractional else ONE,
            ),
        )
        for ticket, fit in zip(buys, fits, strict=True):
            if fit.cause is not None:
                pursuit.skip((ticket,), fit.why, fit.cause)
        return Fitted(
            buys=tuple(
                evolve(ticket, quantity=fit.quantity)
                for ticket, fit in zip(buys, fits, strict=True)
                if fit.cause is None
            ),
            notes=tuple(fit.why for fit in fits if fit.cause is None and fit.why),
        )

    async def _reading_through_gates(
        self, pursuit: Pursuit, buys: tuple[OrderTicket, ...]
    ) -> _Reading | _Unread:
        """A reading that a closed gate spoils is made again once the gate is open."""
        await pursuit.await_gate()
        reading = await self._reading(pursuit, buys)
        for _ in range(_READ_AGAIN_AT_MOST):
            is_spoilt = isinstance(reading, _Unread) and bool(pursuit.desk.closed_gate)
            if pursuit.halted or not is_spoilt:
                break
            await pursuit.await_gate()
            reading = await self._reading(pursuit, buys)
        return reading

    async def _reading(self, pursuit: Pursuit, buys: tuple[OrderTicket, ...]) -> _Reading | _Unread:
        if any(s.executed < s.filled for s in pursuit.states()):
            # What a status alone says was sold proves no proceeds: the executions do.
            await pursuit.ask_for_evidence()
        unknown = tuple(s.ticket.symbol for s in pursuit.states() if s.phase is Phase.UNKNOWN)
        if unknown:
            why = f"the outcome of the sell of {', '.join(unknown)} is unknown"
            return _Unread(why=why, cause=SkipCause.ACCOUNT)
        if pursuit.halted:
            return _Unread(why=pursuit.halted, cause=SkipCause.STOPPED)
        has_sold = bool(pursuit.states())
        seen = await self._settled(pursuit) if has_sold else self.looked.seen
        if isinstance(seen, _Unread):
            return seen
        now = self.now()
        if not has_sold and is_fresh(self.looked.market, pursuit.rules.safety, now):
            return _Reading(seen=seen, market=self._market_now(self.looked.market, now))
        market = await self._market_again(buys)
        if isinstance(market, _Unread):
            return market
        return _Reading(seen=seen, market=self._market_now(market, market.as_of))

    async def _settled(self, pursuit: Pursuit) -> AccountSnapshot | _Unread:
        """The account once its positions show the sells; its cash may still be behind them."""
        waited = 0.0
        while True:
            seen = await self.reader.snapshot(pursuit.approved.plan.account_id)
            if isinstance(seen, AccountReport):
                why = f"cash could not be read after the sells: {seen.error}"
                return _Unread(why=why, cause=SkipCause.ACCOUNT)
            differs = unexpected_positions(self.looked.seen, pursuit.states(), seen)
            if not differs and _is_booked(self.looked.seen, pursuit.states(), seen):
                return seen
            if waited >= _LAG_SECONDS or pursuit.stop_requested():
                why = f"positions are not as expected after the sells: {'; '.join(differs)}"
                return _Unread(why=why, cause=SkipCause.ACCOUNT) if differs else seen
            await self.sleep(_LOOK_AGAIN_SECONDS)
            waited += _LOOK_AGAIN_SECONDS

    async def _market_again(self, buys: tuple[OrderTicket, ...]) -> Market | _Unread:
        """Clock, hours and prices of what is to be bought."""
        market = await self.reader.market.read(tuple(ticket.symbol for ticket in buys), ())
        if isinstance(market, Market):
            return market
        return _Unread(why="prices could not be read again", cause=SkipCause.PRICE)

    def _market_now(self, market: Market, now: datetime) -> MarketNow:
        return MarketNow(
            now=now,
            hours=self.policy.trading_hours,
            listings=market.listings,
            quotes=market.quotes,
            observations=market.observations,
        )


def _is_booked(before: AccountSnapshot, sent: tuple[OrderState, ...], now: AccountSnapshot) -> bool:
    """Whether the cash has come in that the executions of our sells brought."""
    proceeds = sale_proceeds(sent)
    return now.usd_cash >= before.usd_cash + proceeds - proceeds * _BOOKED_WITHIN - ONE


def _planned(ticket: OrderTicket) -> PlannedOrder:
    return PlannedOrder(
        con_id=ticket.con_id,
        symbol=ticket.symbol,
        side=ticket.side,
        quantity=ticket.quantity,
        price=ticket.price,
    )
