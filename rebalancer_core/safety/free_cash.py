"""Free cash: what a buy may spend, counted against the plan, the broker and every open order."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve, frozen

from rebalancer_core.orders.order_state import TERMINAL, OrderState
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.safety.funds import Funds
from rebalancer_core.values.commission import (
    IBKR_COMMISSIONS,
    CommissionRate,
    Commissions,
)
from rebalancer_core.values.instruments import USD, Symbol
from rebalancer_core.values.money import ONE, ZERO, difference, product
from rebalancer_core.values.plan import Plan, Side


@frozen(kw_only=True)
class CostUnknown:
    """A working buy that names no limit, of a symbol without an ask: no free cash can be named."""

    symbol: Symbol


@frozen(kw_only=True)
class CashTooLow:
    """A buy costs more than is free above the cash floor, in dollars."""

    symbol: Symbol
    quantity: Decimal
    cost_usd: Decimal
    left_usd: Decimal


@frozen(kw_only=True)
class SharesTooFew:
    """A sell of more shares than are free."""

    symbol: Symbol
    quantity: Decimal
    free: Decimal


WhyNotFunded = CashTooLow | SharesTooFew | CostUnknown


@frozen(kw_only=True)
class NotFunded:
    """An order that cash or shares do not allow, and why."""

    cause: SkipCause
    why: WhyNotFunded


def free_cash(funds: Funds, sent: tuple[OrderState, ...]) -> Decimal | CostUnknown:
    """USD that buys may spend: the lower of two counts, less what working orders may still take.

    One count begins with the cash the broker shows, the other with the cash that was approved and
    the proven proceeds of our sells, so that neither a stale figure nor a deposit nobody approved
    is spent. Both leave out what our own buys have filled or may still fill.

    >>> funds = Funds(cash_read=Decimal(900), cash_approved=Decimal(1000), floor=ZERO, cap=ZERO)
    >>> free_cash(funds, ())
    Decimal('900')
    """
    ours = frozenset(state.ticket.order_ref for state in sent)
    reserved = ZERO
    for order in funds.open_orders:
        if order.side != Side.BUY.value or order.order_ref in ours:
            continue
        price = funds.asks.get(order.con_id) if order.limit_price is None else order.limit_price
        if price is None:
            return CostUnknown(symbol=order.symbol)
        reserved += buy_cost(order.remaining, price, funds.commissions.of(order.con_id))
    bought = sum((_taken(s, funds) for s in sent if s.ticket.side is Side.BUY), ZERO)
    approved = funds.cash_approved + sale_proceeds(sent, funds.commissions)
    return min(funds.cash_read, approved) - bought - reserved


def sale_proceeds(sent: tuple[OrderState, ...], commissions: Commissions) -> Decimal:
    """USD that executions prove our sells to have brought, less commissions."""
    sells = tuple(state for state in sent if state.ticket.side is Side.SELL)
    return sum((_executed_usd(s) - _commission(s, s.executed, commissions) for s in sells), ZERO)


def buy_cost(shares: Decimal, price: Decimal, rate: CommissionRate) -> Decimal:
    """USD that a buy is reckoned with: its shares at `price`, and the commission.

    >>> from rebalancer_core.values.commission import IBKR_FIXED
    >>> buy_cost(Decimal(10), Decimal(95), IBKR_FIXED)
    Decimal('951.00')
    """
    return product(shares, price) + rate.estimate(shares)


def funds_gate(ticket: OrderTicket, sent: tuple[OrderState, ...], funds: Funds) -> NotFunded | None:
    """Why this order may not go now: a sell for want of shares, a buy for want of cash."""
    match ticket.side:
        case Side.SELL:
            return _oversold(ticket, sent, funds)
        case Side.BUY:
            return _short_of_cash(ticket, sent, funds)


def is_out_of_cash(
    ticket: OrderTicket,
    plan: Plan,
    sent: tuple[OrderState, ...],
    commissions: Commissions = IBKR_COMMISSIONS,
) -> bool:
    """Whether not even one share of this buy could be paid, after all that was sent."""
    funds = Funds(
        cash_read=plan.cash + sale_proceeds(sent, commissions),
        cash_approved=plan.cash,
        floor=plan.cash_floor,
        cap=plan.cash_floor,
        commissions=commissions,
    )
    one_share = evolve(ticket, quantity=min(ONE, ticket.quantity))
    is_buy = ticket.side is Side.BUY
    return is_buy and _short_of_cash(one_share, sent, funds) is not None


def _short_of_cash(
    ticket: OrderTicket, sent: tuple[OrderState, ...], funds: Funds
) -> NotFunded | None:
    free = free_cash(funds, sent)
    if isinstance(free, CostUnknown):
        return NotFunded(cause=SkipCause.ACCOUNT, why=free)
    price = max(ticket.price, funds.asks.get(ticket.con_id, ZERO))
    cost = buy_cost(ticket.quantity, price, funds.commissions.of(ticket.con_id))
    left = difference(free, funds.least_cash)
    if cost <= left:
        return None
    missing = CashTooLow(
        symbol=ticket.symbol,
        quantity=ticket.quantity,
        cost_usd=cost,
        left_usd=max(left, ZERO),
    )
    return NotFunded(cause=SkipCause.CASH, why=missing)


def _oversold(ticket: OrderTicket, sent: tuple[OrderState, ...], funds: Funds) -> NotFunded | None:
    """Free are the shares held, less what open sells of any client and our own sells take."""
    ours = frozenset(state.ticket.order_ref for state in sent)
    free = funds.held.get(ticket.con_id, ZERO)
    for order in funds.open_orders:
        theirs = order.side == Side.SELL.value and order.order_ref not in ours
        free -= order.remaining if theirs and order.con_id == ticket.con_id else ZERO
    for state in sent:
        if (state.ticket.con_id, state.ticket.side) == (ticket.con_id, Side.SELL):
            free -= state.filled if state.phase in TERMINAL else state.ticket.quantity
    if ticket.quantity <= free:
        return None
    missing = SharesTooFew(symbol=ticket.symbol, quantity=ticket.quantity, free=max(free, ZERO))
    return NotFunded(cause=SkipCause.RULE, why=missing)


def _taken(state: OrderState, funds: Funds) -> Decimal:
    """USD that one of our buys has taken, and may still take while it is not over."""
    ticket = state.ticket
    price = max(ticket.price, funds.asks.get(ticket.con_id, ZERO))
    # The broker's own count of filled shares can be ahead of the executions it told.
    unpriced = state.filled - state.executed
    rest = ZERO if state.phase in TERMINAL else max(state.unfilled, ZERO)
    shares = state.filled + rest
    return (
        _executed_usd(state)
        + product(unpriced + rest, price)
        + _commission(state, shares, funds.commissions)
    )


def _executed_usd(state: OrderState) -> Decimal:
    return sum((product(e.shares, e.price) for e in state.executions), ZERO)


def _commission(state: OrderState, shares: Decimal, commissions: Commissions) -> Decimal:
    """What the broker charged for these shares; while it has not told all, no less than usual."""
    told = {r.execution_id: r.commission for r in state.commissions if r.currency == USD}
    charged = sum(told.values(), ZERO)
    all_told = shares == state.executed and {e.execution_id for e in state.executions} <= set(told)
    return (
        charged if all_told else max(charged, commissions.of(state.ticket.con_id).estimate(shares))
    )
