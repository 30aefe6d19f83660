"""Plans and records for tests of what is read: consistent figures from a few lines."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_core.orders.record import ExecutionRecord, OrderOutcome, OrderStatus
from rebalancer_core.orders.tickets import (
    Consent,
    ConsentKind,
    OrderStyle,
    OrderTicket,
    approve,
    tickets,
)
from rebalancer_core.safety.funds import Funds
from rebalancer_core.values.instruments import CASH, AccountId, ConId, Symbol
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.plan import Plan, PlannedOrder, PlanRow, Reason, Side

ACCOUNT = AccountId("DU111111")
AS_OF = datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC)


@frozen
class Line:
    """One ETF: shares held, dollars a share, target in percent, shares traded (sales negative)."""

    symbol: str
    held: str
    price: str
    target_pct: str
    trade: str = "0"
    reason: Reason | None = None
    note: str = ""

    @property
    def worth(self) -> Decimal:
        return Decimal(self.held) * Decimal(self.price)

    @property
    def traded_usd(self) -> Decimal:
        return Decimal(self.trade) * Decimal(self.price)


BALANCED = (
    Line("VTI", "100", "250.00", "60", "-15"),
    Line("BND", "100", "75.00", "39", "30"),
    Line("VXUS", "5", "60.25", "0.5", reason=Reason.WITHIN_BAND, note="drift 25.9 bps, band 50"),
)


def plan_of(
    lines: tuple[Line, ...] = BALANCED,
    cash: str = "7000",
    account_id: AccountId = ACCOUNT,
    warnings: tuple[str, ...] = (),
) -> Plan:
    """The plan that trades what `lines` say; CASH has the rest of the target."""
    before = Decimal(cash)
    gross = sum((line.worth for line in lines), ZERO)
    total = gross + before
    traded = sum((line.traded_usd for line in lines), ZERO)
    orders = sorted(
        (_order(number, line) for number, line in enumerate(lines, start=1) if line.traded_usd),
        key=lambda order: order.side is Side.BUY,
    )
    return Plan(
        account_id=account_id,
        as_of=AS_OF,
        rows=(
            *(_row(number, line, total) for number, line in enumerate(lines, start=1)),
            _cash_row(lines, before, before - traded, total),
        ),
        orders=tuple(orders),
        net_liquidation=total,
        managed_net_liquidation=total,
        cash=before,
        cash_after=before - traded,
        cash_buffer=total / 100,
        cash_floor=total / 100,
        max_leverage=Decimal("1.50"),
        residual_drift_usd=total * Decimal("0.0024"),
        bound_usd=total * Decimal("0.00004"),
        warnings=warnings,
    )


def yes_to(plan: Plan) -> Consent:
    """The user's yes to this plan."""
    return Consent(plan=plan, kind=ConsentKind.YES)


def tickets_of(plan: Plan) -> tuple[OrderTicket, ...]:
    """The plan's orders as they would be sent."""
    return tickets(approve(plan, yes_to(plan), AS_OF), OrderStyle(), "9f2c31aa", 1)


def filled(ticket: OrderTicket, price: str | None = None, commission: str = "1.00") -> OrderOutcome:
    """The outcome of a complete fill."""
    return OrderOutcome(
        ticket=ticket,
        status=OrderStatus.FILLED,
        filled=ticket.quantity,
        average_price=ticket.price if price is None else Decimal(price),
        commission_usd=Decimal(commission),
    )


def record_of(plan: Plan, *outcomes: OrderOutcome) -> ExecutionRecord:
    """The record with these outcomes; every order filled at its price where none is given."""
    return ExecutionRecord(
        account_id=plan.account_id,
        plan=plan,
        outcomes=outcomes or tuple(filled(ticket) for ticket in tickets_of(plan)),
    )


def funds_as_planned(plan: Plan) -> Funds:
    """The funds of an account that is as the plan found it, without any other open order."""
    return Funds(
        cash_read=plan.cash,
        cash_approved=plan.cash,
        floor=plan.cash_floor,
        cap=plan.net_liquidation * (ONE - plan.max_leverage),
        held={row.con_id: row.held for row in plan.rows if row.con_id is not None},
    )


def _row(number: int, line: Line, total: Decimal) -> PlanRow:
    return PlanRow(
        symbol=Symbol(line.symbol),
        con_id=ConId(number),
        held=Decimal(line.held),
        price=Decimal(line.price),
        target_weight=Decimal(line.target_pct) / 100,
        managed=total,
        change=Decimal(line.trade),
        reason=line.reason,
        note=line.note,
    )


def _cash_row(lines: tuple[Line, ...], before: Decimal, after: Decimal, total: Decimal) -> PlanRow:
    target = ONE - sum((Decimal(line.target_pct) / 100 for line in lines), ZERO)
    return PlanRow(
        symbol=CASH,
        con_id=None,
        held=before,
        price=ONE,
        target_weight=target,
        managed=total,
        change=after - before,
        reason=Reason.CASH_FOLLOWS,
    )


def _order(number: int, line: Line) -> PlannedOrder:
    shares = Decimal(line.trade)
    return PlannedOrder(
        con_id=ConId(number),
        symbol=Symbol(line.symbol),
        side=Side.BUY if shares > ZERO else Side.SELL,
        quantity=abs(shares),
        price=Decimal(line.price),
    )
