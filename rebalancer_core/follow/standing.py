"""How the orders of one account stand, in numbers: what a person sees while they are followed."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, frozen

from rebalancer_core.follow.events import Instant
from rebalancer_core.follow.replacing import awaits_fallback
from rebalancer_core.follow.state import FollowState, Stage
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.order_state import TERMINAL, OrderState, Phase
from rebalancer_core.values.instruments import AccountId


@frozen(kw_only=True)
class Standing:
    """Orders of an account, an order and its replacement counted as one.

    `planned` is the sum of the counts from `filled` to `unknown`: `ended` are those that ended
    without all their shares, or are not sent at all; `waiting` may still be sent; `replaced` are
    cancelled or refused, and their rest goes as another order; `as_market` of the `working` are
    such rests. `to_send` of the `waiting` are sent in this stage. The times are seconds, and None
    where no order has one.
    """

    account_id: AccountId
    stage: Stage
    planned: int
    sent: int
    to_send: int
    filled: int
    working: int
    ended: int
    waiting: int
    replaced: int
    unknown: int
    as_market: int
    until_fallback: float | None = None
    until_deadline: float | None = None

    @property
    def counts(self) -> Standing:
        """The same without times: it changes only with an order."""
        return evolve(self, until_fallback=None, until_deadline=None)

    def after(self, seconds: float) -> Standing:
        """The same a while later, as long as nothing else is known."""
        return evolve(
            self,
            until_fallback=_less(self.until_fallback, seconds),
            until_deadline=_less(self.until_deadline, seconds),
        )


def standing(state: FollowState, now: Instant) -> Standing:
    """The orders as they are known now."""
    latest = {each.order_ref: _latest(state, each.order_ref) for each in state.terms.tickets}
    known = tuple(order for order in latest.values() if order is not None)
    unsent = tuple(ref for ref, order in latest.items() if order is None)
    skipped = sum(ref in state.not_sent for ref in unsent)
    ends = tuple(order for order in known if order.phase in TERMINAL)
    filled = sum(order.phase is Phase.FILLED for order in ends)
    replaced = sum(_is_being_replaced(state, order) for order in ends)
    unknown = sum(order.phase is Phase.UNKNOWN for order in known)
    working = tuple(o for o in known if o.phase not in TERMINAL and o.phase is not Phase.UNKNOWN)
    times = state.deadlines(now)
    open_ = tuple((o, state.followed[o.ticket.order_ref]) for o in state.open_states)
    return Standing(
        account_id=state.terms.account_id,
        stage=state.stage,
        planned=len(latest),
        sent=len(known),
        to_send=len(state.waiting) + (state.sending is not None) + (state.refitting is not None),
        filled=filled,
        working=len(working),
        ended=len(ends) - filled - replaced + skipped,
        waiting=len(unsent) - skipped,
        replaced=replaced,
        unknown=unknown,
        as_market=sum(order.ticket.order_ref not in latest for order in working),
        until_fallback=_first(times.until_fallback(*each) for each in open_),
        until_deadline=_first(times.until_deadline(*each) for each in open_),
    )


def _latest(state: FollowState, ref: OrderRef) -> OrderState | None:
    """The order that stands for this ticket now: itself, or the one that replaced it."""
    order = state.orders.get(ref)
    out = state.followed.get(ref)
    replaced_by = None if out is None else out.replaced_by
    return order if replaced_by is None else state.orders.get(replaced_by, order)


def _is_being_replaced(state: FollowState, order: OrderState) -> bool:
    """Whether its rest may still go as another order, which is not handed over yet."""
    underway = (
        state.replacing,
        None if state.sending is None else state.sending.replaces,
        None if state.refitting is None else state.refitting.replaces,
    )
    return order.ticket.order_ref in underway or awaits_fallback(state, order)


def _first(times: Iterable[float | None]) -> float | None:
    return min((each for each in times if each is not None), default=None)


def _less(time: float | None, seconds: float) -> float | None:
    return None if time is None else max(0.0, time - seconds)
