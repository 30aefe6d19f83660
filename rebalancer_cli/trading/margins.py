"""The margin of a plan, as the broker sees it, asked before the user is (SPEC 5.1)."""

from __future__ import annotations

from rebalancer_cli.stages import Draft
from rebalancer_core.execution.margin import plan_margin
from rebalancer_core.ports import OrderPort
from rebalancer_core.values.margin import PlanMargin
from rebalancer_core.values.policy import ExecutionPolicy


async def asked_margin(
    drawn: Draft, desk: OrderPort, execution: ExecutionPolicy
) -> PlanMargin | None:
    """What the broker says of these orders; None where it is not asked.

    It is asked about orders that may go out: not where a safety rule has refused them anyway.
    """
    if not execution.what_if or not drawn.plan.orders or drawn.breaches:
        return None
    effects = await desk.what_if(drawn.account_id, drawn.plan.orders, drawn.style)
    return plan_margin(effects, drawn.snapshot.base_currency)
