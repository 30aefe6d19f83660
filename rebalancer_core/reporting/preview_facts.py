"""What a preview and a question say besides the plan."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.margin import PlanMargin
from rebalancer_core.values.policy import TradingMode


@frozen(kw_only=True)
class PreviewFacts:
    """`number` of `total` accounts; `price_age_seconds` of the oldest price used.

    `price_age_seconds` is None where there is none; `blocked` says why every wanted trade is, in
    sentences, empty where one is not; `breaches` are sentences of safety rules that it lacks;
    `margin` is None where the broker was not asked; `unasked` says why, where the user should know;
    `wanted` is what a run will want in place of a plain yes, empty where a y will do.
    """

    mode: TradingMode
    number: int
    total: int
    price_age_seconds: Decimal | None = None
    can_trade: bool = True
    blocked: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    margin: PlanMargin | None = None
    unasked: str = ""
    wanted: str = ""


@frozen(kw_only=True)
class Excluded:
    """An account that a global yes does not trade, and why."""

    account_id: AccountId
    why: str
