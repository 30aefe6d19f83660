"""What the broker says of a plan before the user is asked, and the plan without what it refuses.

Where it names more commission than is reserved, the plan is fitted again, only to fewer shares.
"""

from __future__ import annotations

from decimal import Decimal

from attrs import define, field, frozen

from rebalancer_core.application.draft import PlanSource
from rebalancer_core.application.types import Draft
from rebalancer_core.messages.margin import (
    UNASKED_BY_SETTING,
    UNASKED_READ_ONLY_API,
    explain_unknown,
    not_buyable,
)
from rebalancer_core.messages.refusals import buys_refused
from rebalancer_core.orders.broker_codes import is_algo_refused
from rebalancer_core.orders.fallback import plain_style
from rebalancer_core.ports import WhatIfPort
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.safety.margin import plan_margin
from rebalancer_core.safety.what_ifs import (
    blocked_buys,
    dearer_than_reserved,
    margin_unknown,
    to_ask_singly,
)
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.margin import PlanMargin, WhatIf, WhatIfRefused
from rebalancer_core.values.plan import NotBuyable, PlannedOrder
from rebalancer_core.values.policy import ExecutionPolicy

# Each round plans without another symbol; more than a few is a broker that cannot be planned with.
_ROUNDS = 4


@frozen(kw_only=True)
class Taken:
    """A plan that the broker would take, as far as it says.

    `margin` is None where it was not asked; `unasked` says why, where nothing else on the screen
    does.
    """

    draft: Draft
    margin: PlanMargin | None = None
    unasked: str = ""


async def without_refused(
    draft: Draft, desk: WhatIfPort, execution: ExecutionPolicy, plans: PlanSource
) -> Taken | AccountReport:
    """The plan with what the broker says of it, without the buys that it would refuse.

    It is asked about orders that may go out: not where a safety rule has refused them anyway.
    """
    questions = _Questions(desk=desk, execution=execution)
    blocked: tuple[NotBuyable, ...] = ()
    found: tuple[NotBuyable, ...] = ()
    named: dict[ConId, Decimal] = {}
    for _ in range(_ROUNDS):
        if not execution.what_if or not draft.plan.orders or draft.breaches:
            return Taken(draft=draft, unasked=_unasked(draft, execution))
        found = await questions.blocked_by_broker(draft)
        dearer = {} if found else questions.dearer(draft)
        if not found and not dearer:
            return Taken(draft=draft, margin=questions.margin(draft))
        blocked += found
        named |= dearer
        again = plans.plan_for(draft.account, draft.snapshot, draft.market, blocked, named)
        if isinstance(again, AccountReport):
            return again
        draft = again
    if not found:
        return Taken(draft=draft, margin=questions.margin(draft))
    return draft.ended(AccountStatus.REFUSED, error=buys_refused(blocked))


def _unasked(draft: Draft, execution: ExecutionPolicy) -> str:
    """That the settings forbid what-ifs, or the gateway; empty where nobody was asked otherwise."""
    if not draft.plan.orders:
        return ""
    if not execution.what_if:
        return UNASKED_BY_SETTING
    return "" if draft.snapshot.open_orders_visible else UNASKED_READ_ONLY_API


@define(kw_only=True)
class _Questions:
    """Every order that the broker was asked about, with its answer: none is asked about twice.

    Where the algo is not available, the answer is that about the plain order which will stand in.
    """

    desk: WhatIfPort
    execution: ExecutionPolicy
    answers: dict[PlannedOrder, WhatIf] = field(factory=dict)

    async def blocked_by_broker(self, draft: Draft) -> tuple[NotBuyable, ...]:
        orders, cash = draft.plan.orders, draft.snapshot.usd_cash
        await self._ask(draft, orders)
        await self._ask(draft, to_ask_singly(orders, self.answers, cash))
        return tuple(not_buyable(each) for each in blocked_buys(orders, self.answers, cash))

    def dearer(self, draft: Draft) -> dict[ConId, Decimal]:
        """The commissions that were named for its orders, USD, where more than is reserved."""
        return dearer_than_reserved(draft.plan.orders, self.answers, draft.commissions)

    def margin(self, draft: Draft) -> PlanMargin:
        orders = draft.plan.orders
        return plan_margin(
            tuple(self.answers.get(order) for order in orders),
            draft.snapshot.base_currency,
            tuple(explain_unknown(each) for each in margin_unknown(orders, self.answers)),
        )

    async def _ask(self, draft: Draft, orders: tuple[PlannedOrder, ...]) -> None:
        new = tuple(order for order in orders if order not in self.answers)
        if not new:
            return
        said = await self.desk.what_if(draft.account_id, new, draft.style)
        self.answers.update(zip(new, said, strict=True))
        plain = plain_style(draft.style, self.execution)
        refused = tuple(order for order in new if _is_algo_refused(self.answers[order]))
        if plain is not None and refused:
            said = await self.desk.what_if(draft.account_id, refused, plain)
            self.answers.update(zip(refused, said, strict=True))


def _is_algo_refused(answer: WhatIf) -> bool:
    return isinstance(answer, WhatIfRefused) and is_algo_refused(answer.code, answer.text)
