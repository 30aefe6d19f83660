"""What one account's orders came to: the truth that reports and exit codes are made of."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from attrs import frozen

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.instruments import USD, AccountId
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Plan


class OrderStatus(Enum):
    """The status column of the post-trade report."""

    SUBMITTED = "Submitted"
    FILLED = "Filled"
    PARTIALLY_FILLED = "PartiallyFilled"
    CANCELLED = "Cancelled"
    REJECTED = "Rejected"
    SKIPPED = "Skipped"
    UNKNOWN = "Unknown"


@frozen(kw_only=True)
class OrderOutcome:
    """What became of one ticket; `replaced_by` names the leg that took over its unfilled rest.

    `filled` in shares, `average_price` dollars a share, None where nothing was filled;
    `commission_usd` is None where it is not known, and `commission_pending` says that it will come.
    `skipped_for` is set where it was never sent. `reject_code` is the broker's, where it named one.
    `error` and `notes` are sentences.
    """

    ticket: OrderTicket
    status: OrderStatus
    filled: Decimal = ZERO
    average_price: Decimal | None = None
    commission_usd: Decimal | None = None
    commission_pending: bool = False
    error: str = ""
    notes: tuple[str, ...] = ()
    replaced_by: OrderRef | None = None
    skipped_for: SkipCause | None = None
    reject_code: int | None = None


@frozen(kw_only=True)
class ExecutionRecord:
    """One account's approved plan and the outcome of every order of it, in the plan's order.

    A replaced order is followed by the leg that replaced it. `notes` and `faults` are sentences:
    what there is to say of the orders, and what went wrong beside them.
    """

    account_id: AccountId
    plan: Plan
    outcomes: tuple[OrderOutcome, ...]
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def outcome(state: OrderState, *, error: str = "", notes: tuple[str, ...] = ()) -> OrderOutcome:
    """The outcome as the facts stand now, with the sentences about it where people read them."""
    filled = state.filled
    commission = _commission(state)
    return OrderOutcome(
        ticket=state.ticket,
        status=_status(state),
        filled=filled,
        average_price=_average_price(state),
        commission_usd=commission,
        commission_pending=filled > ZERO and commission is None,
        error=error,
        notes=notes,
        reject_code=state.reject_code if state.phase is Phase.REJECTED else None,
    )


def skipped(ticket: OrderTicket, why: str, cause: SkipCause = SkipCause.STOPPED) -> OrderOutcome:
    """The outcome of an order of the plan that was never sent."""
    return OrderOutcome(ticket=ticket, status=OrderStatus.SKIPPED, notes=(why,), skipped_for=cause)


def _status(state: OrderState) -> OrderStatus:
    match state.phase:
        case Phase.FILLED:
            return OrderStatus.FILLED
        case Phase.CANCELLED:
            return OrderStatus.PARTIALLY_FILLED if state.filled > ZERO else OrderStatus.CANCELLED
        case Phase.REJECTED:
            return OrderStatus.REJECTED
        case Phase.WORKING | Phase.HELD:
            return OrderStatus.SUBMITTED
        case Phase.INTENT | Phase.NOT_RECEIVED:
            return OrderStatus.SKIPPED
        case Phase.HANDED | Phase.UNKNOWN:
            return OrderStatus.UNKNOWN


def _average_price(state: OrderState) -> Decimal | None:
    shares = state.executed
    if shares == ZERO:
        return state.reported_price if state.filled > ZERO else None
    return sum((e.shares * e.price for e in state.executions), ZERO) / shares


def _commission(state: OrderState) -> Decimal | None:
    """The sum in USD once every execution has its report; None before, or in other currencies."""
    known = {c.execution_id: c for c in state.commissions}
    # What was busted costs nothing, and no report of it need ever come.
    reports = tuple(known.get(e.execution_id) for e in state.executions if e.shares > ZERO)
    complete = tuple(r for r in reports if r is not None and r.currency == USD)
    if not reports or len(complete) < len(reports):
        return None
    return sum((r.commission for r in complete), ZERO)
