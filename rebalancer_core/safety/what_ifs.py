"""Refused what-ifs: which of them block a buy before anything is sold to pay for it.

A what-if is about one order alone: the broker does not count the sells that go first. So where
sells are due a refusal may be about nothing but funds, unless its code or text is about the
contract, or cash in hand covers the order anyway; asked about one share, the broker tells which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from attrs import evolve, frozen

from rebalancer_core.orders.broker_codes import CodePolicy, Fix, code_policy, fix_of
from rebalancer_core.values.commission import Commissions
from rebalancer_core.values.instruments import USD, ConId
from rebalancer_core.values.margin import MarginEffect, WhatIf, WhatIfRefused
from rebalancer_core.values.money import ONE
from rebalancer_core.values.plan import PlannedOrder, Side

# Not available to this account, the limits of the presets, no trading permission.
_ABOUT_THE_CONTRACT = frozenset({203, 383, 451, 460})
_REJECTED = 201
# KID: the document without which retail clients of the EU and the UK may not buy a fund.
_NOT_ALLOWED = re.compile(
    r"permission|permitted|eligib|\bKID\b|key information document|PRIIP|retail client",
    re.IGNORECASE,
)
# A code that nobody listed is not an answer to go by either; a notice or a lost link refuses
# nothing.
_REFUSING = frozenset({CodePolicy.REJECT, CodePolicy.CANCELLED, CodePolicy.UNLISTED})


@frozen(kw_only=True)
class BlockedBuy:
    """A buy whose what-if was `refused` for good; `fix` is what the user can do, where known."""

    con_id: ConId
    refused: WhatIfRefused
    fix: Fix | None = None


def blocked_buys(
    orders: tuple[PlannedOrder, ...], answers: Mapping[PlannedOrder, WhatIf], cash: Decimal
) -> tuple[BlockedBuy, ...]:
    """The buys that must not be planned, by what was answered; `cash` is the USD in hand.

    >>> from rebalancer_core.values.instruments import ConId, Symbol
    >>> buy = PlannedOrder(
    ...     con_id=ConId(1),
    ...     symbol=Symbol("SPY"),
    ...     side=Side.BUY,
    ...     quantity=Decimal(10),
    ...     price=Decimal(600),
    ... )
    >>> said = WhatIfRefused(code=460, text="No trading permissions.")
    >>> [each.con_id for each in blocked_buys((buy,), {buy: said}, Decimal(0))]
    [1]
    """
    return tuple(
        BlockedBuy(con_id=order.con_id, refused=refused, fix=_fix(refused))
        for order in _buys(orders)
        for refused in _blocking(order, answers, cash)[:1]
    )


def to_ask_singly(
    orders: tuple[PlannedOrder, ...], answers: Mapping[PlannedOrder, WhatIf], cash: Decimal
) -> tuple[PlannedOrder, ...]:
    """One share of each buy that was refused perhaps only because the sells have yet to pay it."""
    if len(_buys(orders)) == len(orders):
        return ()
    return tuple(
        single_share(order)
        for order in _buys(orders)
        if _is_refusal(answers.get(order)) and not _blocking(order, answers, cash)
    )


def single_share(order: PlannedOrder) -> PlannedOrder:
    """The same order of one share, or of all where it is less than one."""
    return evolve(order, quantity=min(ONE, order.quantity))


def blocks(refused: WhatIfRefused, asked: PlannedOrder, cash: Decimal) -> bool:
    """Whether the buy would be refused whatever is sold before; `cash` is the USD in hand.

    >>> from rebalancer_core.values.instruments import ConId, Symbol
    >>> buy = PlannedOrder(
    ...     con_id=ConId(1),
    ...     symbol=Symbol("SPY"),
    ...     side=Side.BUY,
    ...     quantity=Decimal(10),
    ...     price=Decimal(600),
    ... )
    >>> funds = WhatIfRefused(code=201, text="YOUR AVAILABLE FUNDS ARE NOT SUFFICIENT")
    >>> blocks(funds, buy, Decimal(5_999)), blocks(funds, buy, Decimal(6_000))
    (False, True)
    """
    if is_about_the_contract(refused):
        return True
    return _is_refusal(refused) and asked.value_usd <= cash


def is_about_the_contract(refused: WhatIfRefused) -> bool:
    """Whether account or presets do not let this contract be bought, whatever the funds.

    >>> is_about_the_contract(WhatIfRefused(code=201, text="No KID available"))
    True
    >>> is_about_the_contract(WhatIfRefused(code=201, text="MARGIN IS NOT SUFFICIENT"))
    False
    """
    if refused.code in _ABOUT_THE_CONTRACT:
        return True
    return refused.code == _REJECTED and _NOT_ALLOWED.search(refused.text) is not None


@frozen(kw_only=True)
class MarginUnknown:
    """The what-if of this order was `refused`; `one_is_taken`: that of a single share was not."""

    order: PlannedOrder
    refused: WhatIfRefused
    one_is_taken: bool


def margin_unknown(
    orders: tuple[PlannedOrder, ...], answers: Mapping[PlannedOrder, WhatIf]
) -> tuple[MarginUnknown, ...]:
    """The orders of the plan that were answered with an error."""
    return tuple(
        MarginUnknown(order=order, refused=answer, one_is_taken=_one_is_taken(order, answers))
        for order in orders
        for answer in (answers.get(order),)
        if isinstance(answer, WhatIfRefused)
    )


def dearer_than_reserved(
    orders: tuple[PlannedOrder, ...],
    answers: Mapping[PlannedOrder, WhatIf],
    commissions: Commissions,
) -> dict[ConId, Decimal]:
    """By contract, the commission that was named for its order where that is more than reserved.

    USD; a commission in another currency is not compared.
    """
    found: dict[ConId, Decimal] = {}
    for order in orders:
        answer = answers.get(order)
        if not isinstance(answer, MarginEffect) or answer.commission_currency != USD:
            continue
        reserved = commissions.of(order.con_id).estimate(order.quantity)
        if answer.commission is not None and answer.commission > reserved:
            found[order.con_id] = answer.commission
    return found


def _buys(orders: tuple[PlannedOrder, ...]) -> tuple[PlannedOrder, ...]:
    return tuple(order for order in orders if order.side is Side.BUY)


def _blocking(
    order: PlannedOrder, answers: Mapping[PlannedOrder, WhatIf], cash: Decimal
) -> tuple[WhatIfRefused, ...]:
    """What blocks the buy: the answer about all of it, and the one about a single share."""
    return tuple(
        answer
        for asked in (order, single_share(order))
        for answer in (answers.get(asked),)
        if isinstance(answer, WhatIfRefused) and blocks(answer, asked, cash)
    )


def _is_refusal(answer: WhatIf) -> bool:
    return isinstance(answer, WhatIfRefused) and code_policy(answer.code) in _REFUSING


def _one_is_taken(order: PlannedOrder, answers: Mapping[PlannedOrder, WhatIf]) -> bool:
    return isinstance(answers.get(single_share(order)), MarginEffect)


def _fix(refused: WhatIfRefused) -> Fix | None:
    fix = fix_of(refused.code)
    if fix is None and is_about_the_contract(refused):
        return Fix.REQUEST_PERMISSION
    return fix
