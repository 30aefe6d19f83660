"""Buys are fitted to the account and the market of the moment before the first of them leaves."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from rebalancer_core.follow.chasing import asked
from rebalancer_core.follow.commands import Listen, Pause, ReadAccount, ReadMarket
from rebalancer_core.follow.events import (
    AccountRead,
    AccountUnread,
    Instant,
    MarketRead,
    MarketUnread,
)
from rebalancer_core.follow.halting import halted_for_a_reason
from rebalancer_core.follow.hearing import reading_at
from rebalancer_core.follow.reasons import (
    CashUnread,
    PositionsDiffer,
    PricesUnread,
    SellsUnknown,
    WhyNotSent,
)
from rebalancer_core.follow.state import (
    Fit,
    FollowState,
    Purpose,
    Reading,
    Refitting,
    Stage,
    Step,
    Turn,
    noted,
    skipped,
)
from rebalancer_core.orders.order_state import Phase
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.safety.account_moves import unexpected_positions
from rebalancer_core.safety.buy_facts import WhyFewer
from rebalancer_core.safety.buy_fit import BuyFit, MarketNow, Sizes, fit_buys
from rebalancer_core.safety.free_cash import sale_proceeds
from rebalancer_core.safety.funds import asks_of, funds_of
from rebalancer_core.safety.staleness import is_fresh
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.money import ONE
from rebalancer_core.values.plan import PlannedOrder, Side

TURN_SECONDS = 1 / 5
# How long the broker's positions and cash may lag behind its fills. Then buys are skipped where
# positions still differ, and go by the cash it shows where only that is behind: they only shrink.
_LAG_SECONDS = 10
_LOOK_AGAIN_SECONDS = 1 / 2
_READ_AGAIN_AT_MOST = 2
_FRACTION = Decimal("0.0001")
# Proceeds count as booked when all but this part of them is there: fees are told later.
_BOOKED_WITHIN = Decimal("0.001")


def buys_of(state: FollowState) -> tuple[OrderTicket, ...]:
    """The buys of the plan, as they were approved."""
    return tuple(ticket for ticket in state.terms.tickets if ticket.side is Side.BUY)


def fitted(state: FollowState, now: Instant) -> Step:
    """The next thing that the buys have to wait for, or to be asked, before they can be fitted."""
    if not buys_of(state):
        return _to_buying(state, (), now), ()
    match state.fit.reading:
        case Reading.GATE:
            return _gate_awaited(state, now)
        case Reading.PROCEEDS:
            return _proceeds_known(state, now)
        case Reading.ACCOUNT:
            return state, (ReadAccount(anew=state.fit.waited > 0),)
        case Reading.MARKET:
            symbols = tuple(ticket.symbol for ticket in buys_of(state))
            return state, (ReadMarket(symbols=symbols),)


def account_read(state: FollowState, event: AccountRead | AccountUnread) -> Step:
    """The account once its positions show the sells; its cash may still be behind them."""
    if isinstance(event, AccountUnread):
        return _unread(state, CashUnread(fault=event.fault), SkipCause.ACCOUNT), ()
    before, seen = state.terms.seen, event.snapshot
    differs = unexpected_positions(before, state.states, seen)
    if not differs and _is_booked(state, before, seen):
        return _seen(state, seen), ()
    if state.fit.waited < _LAG_SECONDS and not state.around.stop_requested:
        waited = state.fit.waited + _LOOK_AGAIN_SECONDS
        pause = Pause(seconds=_LOOK_AGAIN_SECONDS)
        return evolve(state, fit=evolve(state.fit, waited=waited)), (pause,)
    if not differs:
        return _seen(state, seen), ()
    return _unread(state, PositionsDiffer(positions=differs), SkipCause.ACCOUNT), ()


def market_read(state: FollowState, event: MarketRead | MarketUnread, now: Instant) -> FollowState:
    """The buys at the hours and prices of now, within the cash that is there."""
    if isinstance(event, MarketUnread):
        return _unread(state, PricesUnread(), SkipCause.PRICE)
    return _fitted_to(state, event.market, now)


def refitted(
    state: FollowState, refitting: Refitting, event: MarketRead | MarketUnread, now: Instant
) -> tuple[FollowState, OrderTicket | None]:
    """One buy that had to wait, at the prices and hours of now; None where it is skipped.

    Cash is the one read before the buys, less what they took: so it counts none of them twice.
    """
    ticket = refitting.ticket
    fitted_at = {**state.fitted_at, ticket.order_ref: now.seconds}
    state = evolve(state, refitting=None, fitted_at=fitted_at)
    if isinstance(event, MarketUnread):
        return skipped(state, (ticket,), PricesUnread(), SkipCause.PRICE), None
    asks = asks_of(event.market.quotes, event.market.observations)
    funds = evolve(state.funds, asks={**state.funds.asks, **asks})
    state, buys, notes = _fits(evolve(state, funds=funds), (ticket,), event.market)
    for note in notes:
        state = noted(state, note)
    return state, buys[0] if buys else None


def _gate_awaited(state: FollowState, now: Instant) -> Step:
    """Orders may leave again, or never will: then `halted` says why."""
    state, told = halted_for_a_reason(state, now)
    if state.halted is None and (state.link_lost or state.around.closed_gate):
        return state, (*told, Listen(seconds=TURN_SECONDS))
    return reading_at(state, Reading.PROCEEDS), told


def _proceeds_known(state: FollowState, now: Instant) -> Step:
    if not state.fit.has_asked and any(s.executed < s.filled for s in state.states):
        # What a status alone says was sold proves no proceeds: the executions do.
        return asked(state, Purpose.PROCEEDS)
    unknown = tuple(s.ticket.symbol for s in state.states if s.phase is Phase.UNKNOWN)
    if unknown:
        return _unread(state, SellsUnknown(symbols=unknown), SkipCause.ACCOUNT), ()
    if state.halted is not None:
        return _unread(state, state.halted, SkipCause.STOPPED), ()
    if state.states:
        return reading_at(state, Reading.ACCOUNT), ()
    market = state.terms.market
    state = _seen(state, state.terms.seen)
    if is_fresh((now.at - market.now).total_seconds(), state.terms.safety):
        return _fitted_to(state, evolve(market, now=now.at), now), ()
    return state, ()


def _seen(state: FollowState, seen: AccountSnapshot) -> FollowState:
    return evolve(state, fit=evolve(state.fit, reading=Reading.MARKET, seen=seen))


def _unread(state: FollowState, why: WhyNotSent, cause: SkipCause) -> FollowState:
    """A reading that a closed gate spoils is made again; else every buy is skipped for it."""
    attempts = state.fit.attempts + 1
    is_spoilt = bool(state.around.closed_gate) and state.halted is None
    if is_spoilt and attempts <= _READ_AGAIN_AT_MOST:
        return evolve(state, fit=Fit(attempts=attempts))
    return _begun_buying(skipped(state, buys_of(state), why, cause), ())


def _fitted_to(state: FollowState, market: MarketNow, now: Instant) -> FollowState:
    seen = state.fit.seen or state.terms.seen
    funds = funds_of(
        state.terms.approved.plan,
        seen,
        market.quotes,
        market.observations,
        state.terms.commissions,
    )
    state, buys, notes = _fits(evolve(state, funds=funds), buys_of(state), market)
    return _to_buying(evolve(state, fit_notes=notes), buys, now)


def _fits(
    state: FollowState, buys: tuple[OrderTicket, ...], market: MarketNow
) -> tuple[FollowState, tuple[OrderTicket, ...], tuple[WhyFewer, ...]]:
    """The buys that may go, never more shares than planned, and what there is to say of them."""
    fits = fit_buys(
        tuple(_planned(ticket) for ticket in buys),
        market=market,
        funds=state.funds,
        sent=state.states,
        sizes=_sizes(state),
    )
    kept: list[tuple[OrderTicket, BuyFit]] = []
    for ticket, fit in zip(buys, fits, strict=True):
        if fit.cause is None or fit.why is None:
            kept.append((ticket, fit))
        else:
            state = skipped(state, (ticket,), fit.why, fit.cause)
    return (
        state,
        tuple(evolve(ticket, quantity=fit.quantity) for ticket, fit in kept),
        tuple(fit.why for _, fit in kept if fit.why is not None),
    )


def _sizes(state: FollowState) -> Sizes:
    rules = state.terms.rebalance
    return Sizes(
        min_order_usd=rules.smallest_order_usd, lot=_FRACTION if rules.allow_fractional else ONE
    )


def _to_buying(state: FollowState, buys: tuple[OrderTicket, ...], now: Instant) -> FollowState:
    fitted_at = {**state.fitted_at, **{ticket.order_ref: now.seconds for ticket in buys}}
    return _begun_buying(evolve(state, fitted_at=fitted_at), buys)


def _begun_buying(state: FollowState, buys: tuple[OrderTicket, ...]) -> FollowState:
    return evolve(state, stage=Stage.BUYING, turn=Turn.ENTER, waiting=buys)


def _is_booked(state: FollowState, before: AccountSnapshot, now: AccountSnapshot) -> bool:
    """Whether the cash has come in that the executions of our sells brought."""
    proceeds = sale_proceeds(state.states, state.terms.commissions)
    return now.usd_cash >= before.usd_cash + proceeds - proceeds * _BOOKED_WITHIN - ONE


def _planned(ticket: OrderTicket) -> PlannedOrder:
    return PlannedOrder(
        con_id=ticket.con_id,
        symbol=ticket.symbol,
        side=ticket.side,
        quantity=ticket.quantity,
        price=ticket.price,
    )
