"""The safety rules, in one place: what may be asked of the user, and what may go on the wire."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_core.market.hours import closed
from rebalancer_core.orders.order_state import TERMINAL, OrderState
from rebalancer_core.orders.tickets import ApprovedPlan, OrderTicket
from rebalancer_core.safety.rules import (
    BeyondThePlan,
    CannotRaise,
    DeclinedToday,
    HoursUnknown,
    LastRule,
    LiveInPaperMode,
    MarketShut,
    OpenOrdersHidden,
    OrderPending,
    OrdersUsedUp,
    OrderTooLarge,
    PortMismatch,
    SaleTooLarge,
    SentBefore,
    TooManyOrders,
    Violation,
    WrongAccount,
)
from rebalancer_core.values.account import AccountSnapshot, OpenOrder
from rebalancer_core.values.flow import amount_of
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Symbol
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Plan, PlannedOrder, Reason, Side
from rebalancer_core.values.policy import SafetyPolicy, TradingHours, TradingMode

_LIVE_PORTS = frozenset({4001, 7496})
_PAPER_PORTS = frozenset({4002, 7497})


@frozen(kw_only=True)
class StatedViolation:
    """A violation in words, as rows and plan files keep it."""

    sentence: str
    reason: Reason = Reason.LIMIT
    con_id: ConId | None = None


def is_paper(account_id: AccountId) -> bool:
    """Whether this is a paper account: IBKR gives those a D prefix.

    >>> is_paper(AccountId("DU111111")), is_paper(AccountId("U1111111"))
    (True, False)
    """
    return account_id.startswith("D")


def mode_violations(
    account_id: AccountId, port: int, safety: SafetyPolicy
) -> tuple[Violation, ...]:
    """Whether this account may be traded in this mode through this port."""
    paper = is_paper(account_id)
    found: list[Violation] = []
    if not paper and safety.mode is not TradingMode.LIVE:
        found.append(Violation(rule=LiveInPaperMode(account_id=account_id)))
    if (paper and port in _LIVE_PORTS) or (not paper and port in _PAPER_PORTS):
        mismatch = PortMismatch(account_id=account_id, is_paper=paper, port=port)
        found.append(Violation(rule=mismatch))
    return tuple(found)


def plan_violations(
    plan: Plan,
    *,
    snapshot: AccountSnapshot,
    listings: tuple[Listing, ...],
    safety: SafetyPolicy,
    hours: TradingHours,
    now: datetime,
) -> tuple[Violation, ...]:
    """Every rule this plan breaks at `now` (UTC, the broker's clock); empty when it may be asked.

    A plan without orders breaks none.
    """
    by_id = {listing.con_id: listing for listing in listings}
    found: list[Violation] = list(hidden_order_violations(snapshot))
    if len(plan.orders) > safety.max_orders:
        found.append(
            Violation(rule=TooManyOrders(orders=len(plan.orders), at_most=safety.max_orders))
        )
    for order in plan.orders:
        found.extend(_order_violations(order, snapshot, safety))
        found.extend(_hours_violations(order, by_id.get(order.con_id), hours, now))
    return tuple(found)


def flow_violations(plan: Plan) -> tuple[Violation, ...]:
    """Whether more is to be raised than can be: then nothing is sold (R 4.11.5)."""
    if plan.most_raised_usd is None:
        return ()
    rule = CannotRaise(amount=amount_of(plan.flow), most=plan.most_raised_usd)
    return (Violation(rule=rule),)


def hidden_order_violations(snapshot: AccountSnapshot) -> tuple[Violation, ...]:
    """Whether open orders are hidden: then nothing can be sent, and nothing is known to be free."""
    if snapshot.open_orders_visible:
        return ()
    return (Violation(rule=OpenOrdersHidden(), reason=Reason.READ_ONLY_API),)


def declined_violations(
    plan: Plan, declined: frozenset[tuple[ConId, Side]]
) -> tuple[Violation, ...]:
    """Trades whose order a dialog of the gateway holds or held today, by a person's word.

    A dialog can still be answered Yes: a second order could fill beside the first.
    """
    return tuple(
        Violation(rule=DeclinedToday(symbol=order.symbol, side=order.side), con_id=order.con_id)
        for order in plan.orders
        if (order.con_id, order.side) in declined
    )


def pre_submit_check(
    ticket: OrderTicket, approved: ApprovedPlan, sent: tuple[OrderState, ...], safety: SafetyPolicy
) -> LastRule | None:
    """The last gate, on what is about to go on the wire: why it may not, or None.

    Nothing goes out beyond the approved plan: same account, contract and side, and all legs
    together, what they filled and what may still fill, within its shares; the limits count what
    was already sent.
    """
    planned = {(o.con_id, o.side): o.quantity for o in approved.plan.orders}
    allowed = planned.get((ticket.con_id, ticket.side), ZERO)
    used = sum((_used_shares(s) for s in sent if _same_trade(s.ticket, ticket)), ZERO)
    if ticket.account_id != approved.plan.account_id:
        return WrongAccount(account_id=ticket.account_id)
    if any(s.ticket.order_ref == ticket.order_ref for s in sent):
        return SentBefore(order_ref=ticket.order_ref)
    if ticket.quantity > allowed - used:
        return BeyondThePlan(
            symbol=ticket.symbol, quantity=ticket.quantity, left=allowed - used, approved=allowed
        )
    if len(sent) >= safety.max_orders:
        return OrdersUsedUp(at_most=safety.max_orders)
    value, most = ticket.quantity * ticket.price, safety.max_order_usd
    if most is not None and value > most:
        return OrderTooLarge(symbol=ticket.symbol, value_usd=value, at_most_usd=most)
    return None


def _used_shares(state: OrderState) -> Decimal:
    """Shares of an earlier leg that were, or may still be, filled."""
    return state.filled if state.phase in TERMINAL else state.ticket.quantity


def _same_trade(one: OrderTicket, other: OrderTicket) -> bool:
    return (one.con_id, one.side) == (other.con_id, other.side)


def _order_violations(
    order: PlannedOrder, snapshot: AccountSnapshot, safety: SafetyPolicy
) -> tuple[Violation, ...]:
    found: list[Violation] = []
    if safety.max_order_usd is not None and order.value_usd > safety.max_order_usd:
        large = OrderTooLarge(
            symbol=order.symbol, value_usd=order.value_usd, at_most_usd=safety.max_order_usd
        )
        found.append(Violation(rule=large, con_id=order.con_id))
    pending = tuple(o for o in snapshot.open_orders if o.con_id == order.con_id)
    if pending:
        found.append(
            Violation(
                rule=_pending(order.symbol, pending),
                reason=Reason.OPEN_ORDER_PENDING,
                con_id=order.con_id,
            )
        )
    held = sum((p.quantity for p in snapshot.positions if p.con_id == order.con_id), ZERO)
    selling = sum((o.remaining for o in pending if o.side == Side.SELL.value), ZERO)
    if order.side is Side.SELL and order.quantity > held - selling:
        short = SaleTooLarge(symbol=order.symbol, quantity=order.quantity, free=held - selling)
        found.append(Violation(rule=short, con_id=order.con_id))
    return tuple(found)


def _pending(symbol: Symbol, pending: tuple[OpenOrder, ...]) -> OrderPending:
    first, *more = pending
    return OrderPending(symbol=symbol, side=first.side, remaining=first.remaining, more=len(more))


def _hours_violations(
    order: PlannedOrder, listing: Listing | None, hours: TradingHours, now: datetime
) -> tuple[Violation, ...]:
    if listing is None:
        rule = HoursUnknown(symbol=order.symbol)
        return (Violation(rule=rule, reason=Reason.MARKET_CLOSED, con_id=order.con_id),)
    shut = closed(listing, hours, now)
    if shut is None:
        return ()
    now_shut = MarketShut(symbol=order.symbol, opens=shut.opens)
    return (Violation(rule=now_shut, reason=Reason.MARKET_CLOSED, con_id=order.con_id),)
