"""What the broker said of a plan's margin before anybody is asked."""

from __future__ import annotations

from rebalancer_core.messages.orders import explain_fix
from rebalancer_core.safety.what_ifs import BlockedBuy, MarginUnknown
from rebalancer_core.values.first_connection import FirstConnection
from rebalancer_core.values.margin import PlanMargin
from rebalancer_core.values.money import cents, plain
from rebalancer_core.values.plan import NotBuyable

UNASKED_BY_SETTING = "not asked: [execution] what_if = false"
UNASKED_READ_ONLY_API = (
    "not asked: the gateway's Read-Only API is on and refuses what-ifs;"
    f" {FirstConnection.READ_ONLY_API.place}"
)


def explain_margin(margin: PlanMargin) -> str:
    """The caution that a person should read before saying yes, or an empty string."""
    if margin.excess_liquidity is None or not margin.is_short:
        return ""
    short = plain(cents(-margin.excess_liquidity))
    return (
        f"IBKR's what-if says that excess liquidity would be {short} {margin.currency} below zero"
        " -> orders may be rejected or positions liquidated; lower max_leverage or the targets"
    )


def explain_unknown(unknown: MarginUnknown) -> str:
    """Which order was answered with an error in place of its margin, and how."""
    order, refused = unknown.order, unknown.refused
    one = ", but one share of it would be taken" if unknown.one_is_taken else ""
    return (
        f"IBKR answered the what-if of {order.side.value} {plain(order.quantity)} {order.symbol}"
        f" with error {refused.code}: {refused.text}; its margin is unknown{one}"
    )


def not_buyable(blocked: BlockedBuy) -> NotBuyable:
    """What rows and plan files keep of a blocked buy: the answer, and what the user can do."""
    refused, fix = blocked.refused, blocked.fix
    helps = "" if fix is None else f" -> {explain_fix(fix)}"
    return NotBuyable(
        con_id=blocked.con_id, why=f"what-if error {refused.code}: {refused.text}{helps}"
    )
