"""The words of notes and warnings about cash flows, kept as text in a plan like all of them."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.planning.amounts import told_apart, told_shares
from rebalancer_core.planning.flow_facts import (
    AmountSpent,
    FlowCaution,
    FlowNote,
    IdleCashUsed,
    LeftOutByFlow,
    OverCap,
    OverCapOnceWithdrawn,
    RaisedFor,
    SetAsideShort,
)
from rebalancer_core.values.flow import BuyOnly, Flow, Invest, Raise, Rebalance, SellOnly
from rebalancer_core.values.money import plain, rounded, usd

_CENTI = Decimal("0.01")


def about_flow(note: FlowNote) -> str:
    """What a cash flow makes of one row.

    >>> about_flow(RaisedFor(shares=Decimal(12), amount=Decimal(5_000)))
    '12 shares to raise $5,000'
    """
    match note:
        case LeftOutByFlow(flow=flow, over_cap=over_cap):
            over = f"; gross stays {usd(over_cap)} over the leverage cap" if over_cap else ""
            return f"{_rule_of(flow)}{over}"
        case AmountSpent(done=done, wanted=wanted, amount=amount):
            needs, left = told_apart(note.units, note.needs, note.left)
            short = f"{plain(done)} of {told_shares(wanted)}; one more " if done else ""
            return f"{short}needs {needs}, {left} left of the {usd(amount)} to invest"
        case OverCap(by=by):
            return f"gross is {usd(by)} over the leverage cap: nothing is bought"
        case RaisedFor(shares=shares, amount=amount):
            return f"{told_shares(shares)} to raise {usd(amount)}"
        case IdleCashUsed(more=more):
            return f"{told_shares(more)} with idle cash, whatever the band says"


def caution_of_flow(caution: FlowCaution) -> str:
    """What a cash flow, or cash that is set aside, means for the whole account."""
    match caution:
        case SetAsideShort(asked=asked, cash=cash):
            return (
                f"set_aside_usd is {usd(asked)} and USD cash {usd(cash)}: "
                "nothing is sold for the rest"
            )
        case OverCapOnceWithdrawn(amount=amount, leverage=then, at_most=at_most):
            return (
                f"once {usd(amount)} are withdrawn leverage is {rounded(then, _CENTI)}, "
                f"above max_leverage {plain(at_most)}"
            )


def _rule_of(flow: Flow) -> str:
    match flow:
        case Invest():
            return "--invest only buys"
        case Raise():
            return "--raise only sells"
        case BuyOnly():
            return "--buy-only"
        case SellOnly():
            return "--sell-only"
        case Rebalance():
            return ""
