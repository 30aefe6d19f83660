"""What the broker says of a plan before the user is asked, and the plan without what it refuses."""

from __future__ import annotations

from attrs import define, field, frozen

from rebalancer_cli.drafting import Drawer
from rebalancer_cli.stages import Draft
from rebalancer_core.ports import OrderPort
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.safety.margin import plan_margin
from rebalancer_core.safety.what_ifs import blocked_buys, error_sentences, to_ask_singly
from rebalancer_core.values.margin import PlanMargin, WhatIf
from rebalancer_core.values.plan import NotBuyable, PlannedOrder
from rebalancer_core.values.policy import ExecutionPolicy

# Each round plans without another symbol; more than a few is a broker that cannot be planned with.
_ROUNDS = 4


@frozen(kw_only=True)
class Asked:
    """A plan that the broker would take, as far as it says; `margin` is None where not asked."""

    drawn: Draft
    margin: PlanMargin | None = None


async def asked(
    drawn: Draft, desk: OrderPort, execution: ExecutionPolicy, drawer: Drawer
) -> Asked | AccountReport:
    """The plan with what the broker says of it, without the buys that it would refuse.

    It is asked about orders that may go out: not where a safety rule has refused them anyway.
    """
    questions = _Questions(desk=desk)
    blocked: tuple[NotBuyable, ...] = ()
    for _ in range(_ROUNDS):
        if not execution.what_if or not drawn.plan.orders or drawn.breaches:
            return Asked(drawn=drawn)
        found = await questions.blocked_by_broker(drawn)
        if not found:
            return Asked(drawn=drawn, margin=questions.margin(drawn))
        blocked += found
        again = drawer.draw(drawn.account, drawn.snapshot, drawn.market, blocked)
        if isinstance(again, AccountReport):
            return again
        drawn = again
    why = "; ".join(each.why for each in blocked)
    return drawn.ended(AccountStatus.REFUSED, error=f"refused: the broker refuses more buys: {why}")


@define(kw_only=True)
class _Questions:
    """Every order that the broker was asked about, with its answer: none is asked about twice."""

    desk: OrderPort
    answers: dict[PlannedOrder, WhatIf] = field(factory=dict)

    async def blocked_by_broker(self, drawn: Draft) -> tuple[NotBuyable, ...]:
        orders, cash = drawn.plan.orders, drawn.snapshot.usd_cash
        await self._ask(drawn, orders)
        await self._ask(drawn, to_ask_singly(orders, self.answers, cash))
        return blocked_buys(orders, self.answers, cash)

    def margin(self, drawn: Draft) -> PlanMargin:
        orders = drawn.plan.orders
        return plan_margin(
            tuple(self.answers.get(order) for order in orders),
            drawn.snapshot.base_currency,
            error_sentences(orders, self.answers),
        )

    async def _ask(self, drawn: Draft, orders: tuple[PlannedOrder, ...]) -> None:
        new = tuple(order for order in orders if order not in self.answers)
        if new:
            said = await self.desk.what_if(drawn.account_id, new, drawn.style)
            self.answers.update(zip(new, said, strict=True))
