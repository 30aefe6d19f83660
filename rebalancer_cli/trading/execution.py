"""From an approved plan to its record: sells, then cash read again, then buys that only shrink."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from attrs import evolve, frozen

from rebalancer_cli.leave import Stopped, value_or_stop
from rebalancer_cli.trading.pursuit import Pursuit
from rebalancer_core.errors import explain
from rebalancer_core.execution.order_state import Phase
from rebalancer_core.execution.record import ExecutionRecord
from rebalancer_core.execution.tickets import OrderTicket
from rebalancer_core.planning.refit import refit_buys
from rebalancer_core.ports import BrokerPort
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import CENT, ZERO, usd
from rebalancer_core.values.plans import PlannedOrder, Side
from rebalancer_core.values.policy import RebalancePolicy

# How long the broker's cash and positions may lag behind its fills before the buys go by what
# it says; buys only shrink, so stale cash can cost an order but never overspend.
_CASH_LAG_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.5
_FRACTION = Decimal("0.0001")
_SHARE = Decimal(1)


async def execute(
    pursuit: Pursuit,
    tickets: tuple[OrderTicket, ...],
    *,
    broker: BrokerPort,
    policy: RebalancePolicy,
) -> ExecutionRecord:
    """Send `tickets`, follow them to the end, and tell what became of each.

    Comes back whatever happens once the first order is out: trouble is in the record.
    """
    sells = tuple(t for t in tickets if t.side is Side.SELL)
    buys = tuple(t for t in tickets if t.side is Side.BUY)
    await pursuit.follow(sells)
    fitted = await _fitted(pursuit, buys, broker, policy) if sells and buys else _Fitted(buys=buys)
    await pursuit.follow(fitted.buys)
    await pursuit.await_late_fills()
    await pursuit.ask_for_evidence()
    await pursuit.await_commissions()
    sent = {t.order_ref: t for t in (*sells, *fitted.buys)}
    return ExecutionRecord(
        account_id=pursuit.approved.plan.account_id,
        plan=pursuit.approved.plan,
        outcomes=tuple(
            outcome
            for ticket in tickets
            for outcome in pursuit.outcomes_of(sent.get(ticket.order_ref, ticket))
        ),
        notes=(*fitted.notes, *pursuit.trouble),
    )


@frozen(kw_only=True)
class _Fitted:
    """The buys that the cash after the sells allows."""

    buys: tuple[OrderTicket, ...]
    notes: tuple[str, ...] = ()


async def _fitted(
    pursuit: Pursuit, buys: tuple[OrderTicket, ...], broker: BrokerPort, policy: RebalancePolicy
) -> _Fitted:
    unknown = tuple(s.ticket.symbol for s in pursuit.states() if s.phase is Phase.UNKNOWN)
    if unknown:
        pursuit.skip(buys, f"the outcome of the sell of {', '.join(unknown)} is unknown")
        return _Fitted(buys=())
    if pursuit.halted:
        pursuit.skip(buys, pursuit.halted)
        return _Fitted(buys=())
    plan = pursuit.approved.plan
    snapshot = await _settled_snapshot(pursuit, broker)
    if isinstance(snapshot, str):
        pursuit.skip(buys, f"cash could not be read after the sells: {snapshot}")
        return _Fitted(buys=())
    planned = tuple(_planned(ticket) for ticket in buys)
    fitted = refit_buys(
        buys=planned,
        cash=snapshot.usd_cash,
        cash_floor=plan.cash_floor,
        min_order_usd=policy.min_order_usd,
        lot=_FRACTION if policy.allow_fractional else _SHARE,
    )
    shares = {order.con_id: order.quantity for order in fitted}
    kept = tuple(
        evolve(ticket, quantity=shares[ticket.con_id]) for ticket in buys if ticket.con_id in shares
    )
    dropped = tuple(ticket for ticket in buys if ticket.con_id not in shares)
    pursuit.skip(dropped, f"no cash left: {usd(snapshot.usd_cash, 2)} after the sells")
    return _Fitted(buys=kept, notes=_shrink_notes(buys, kept, snapshot.usd_cash))


async def _settled_snapshot(pursuit: Pursuit, broker: BrokerPort) -> AccountSnapshot | str:
    """The account once it shows the sells: positions less what was sold and the cash come in."""
    account_id = pursuit.approved.plan.account_id
    sold = {s.ticket.con_id: s.filled for s in pursuit.states() if s.filled > ZERO}
    held = {row.con_id: row.held for row in pursuit.approved.plan.rows if row.con_id is not None}
    waited = 0.0
    while True:
        snapshot = value_or_stop(await broker.snapshot(account_id))
        if isinstance(snapshot, Stopped):
            return explain(snapshot.error)
        if _shows(snapshot, sold, held, pursuit.approved.plan.cash) or waited >= _CASH_LAG_SECONDS:
            return snapshot
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        waited += _LOOK_AGAIN_SECONDS


def _shows(
    snapshot: AccountSnapshot,
    sold: dict[ConId, Decimal],
    held: dict[ConId, Decimal],
    cash_before: Decimal,
) -> bool:
    now = {p.con_id: p.quantity for p in snapshot.positions}
    positions_in = all(
        now.get(con_id, ZERO) == held.get(con_id, ZERO) - shares for con_id, shares in sold.items()
    )
    return positions_in and (not sold or abs(snapshot.usd_cash - cash_before) >= CENT)


def _planned(ticket: OrderTicket) -> PlannedOrder:
    return PlannedOrder(
        con_id=ticket.con_id,
        symbol=ticket.symbol,
        side=ticket.side,
        quantity=ticket.quantity,
        price=ticket.price,
    )


def _shrink_notes(
    wanted: tuple[OrderTicket, ...], kept: tuple[OrderTicket, ...], cash: Decimal
) -> tuple[str, ...]:
    sizes = {t.order_ref: t.quantity for t in kept}
    fewer = tuple(
        t.symbol for t in wanted if t.order_ref in sizes and sizes[t.order_ref] < t.quantity
    )
    if not fewer:
        return ()
    return (f"cash after the sells is {usd(cash, 2)}: fewer shares of {', '.join(fewer)}",)
