"""The account after trading is the account before it, plus what was executed: nothing else counts.

Shares and dollars come from the orders' outcomes, because the broker's positions lag its fills.
Values are at the plan's prices, so that the weights before and after can be compared.
"""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.orders.record import ExecutionRecord, OrderOutcome
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import PlanRow, Side


@frozen(kw_only=True)
class AfterTrading:
    """An account's figures once the executions are counted, in USD.

    `cash` is less the commissions known so far; `leverage` is None without net liquidation.
    """

    cash: Decimal
    gross_position_value: Decimal
    managed_net_liquidation: Decimal
    leverage: Decimal | None


def after_trading(record: ExecutionRecord) -> AfterTrading:
    """The figures of one account after its orders, whatever became of them."""
    plan = record.plan
    cash_change = sum((_cash_change(outcome) for outcome in record.outcomes), ZERO)
    value_change = sum((_value_change(outcome) for outcome in record.outcomes), ZERO)
    gross = plan.gross_before + value_change
    net_liquidation = plan.net_liquidation + value_change + cash_change
    return AfterTrading(
        cash=plan.cash + cash_change,
        gross_position_value=gross,
        managed_net_liquidation=plan.managed_net_liquidation + value_change + cash_change,
        leverage=gross / net_liquidation if net_liquidation > ZERO else None,
    )


def quantity_after(
    row: PlanRow, outcomes: tuple[OrderOutcome, ...], after: AfterTrading
) -> Decimal:
    """Shares of one row after its orders (`outcomes`); dollars for CASH."""
    if row.is_cash:
        return after.cash
    return row.held + sum((signed_shares(outcome) for outcome in outcomes), ZERO)


def weight_after(row: PlanRow, quantity: Decimal, after: AfterTrading) -> Decimal | None:
    """The fraction of managed net liquidation; None for a row that is left out of it."""
    left_out = row.current_weight is None and row.target_weight is None
    if left_out or after.managed_net_liquidation <= ZERO:
        return None
    if row.price is None:
        return ZERO if quantity == ZERO else None
    return quantity * row.price / after.managed_net_liquidation


def executed_usd(outcome: OrderOutcome) -> Decimal | None:
    """Dollars that changed hands, commission apart; None where the price is not known."""
    if outcome.filled == ZERO:
        return ZERO
    return None if outcome.average_price is None else outcome.filled * outcome.average_price


def signed_shares(outcome: OrderOutcome) -> Decimal:
    """Shares executed, negative when sold."""
    return outcome.filled if outcome.ticket.side is Side.BUY else -outcome.filled


def _value_change(outcome: OrderOutcome) -> Decimal:
    return signed_shares(outcome) * outcome.ticket.price


def _cash_change(outcome: OrderOutcome) -> Decimal:
    known = executed_usd(outcome)
    paid = outcome.filled * outcome.ticket.price if known is None else known
    commission = outcome.commission_usd or ZERO
    return (-paid if outcome.ticket.side is Side.BUY else paid) - commission
