"""What rows and warnings say of a cash flow: facts, worded in `flow_notes` alone."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.planning.sizing.exact_units import ExactUnit
from rebalancer_core.values.flow import Flow


@frozen(kw_only=True)
class LeftOutByFlow:
    """The cash flow leaves this side out; gross stays `over_cap` dollars above the cap, or 0."""

    flow: Flow
    over_cap: Decimal


@frozen(kw_only=True)
class AmountSpent:
    """Of `wanted` shares `done` are paid; what the next lot needs is over what is left to invest.

    `needs` and `left` are exact units, `amount` is what was to be invested, in dollars.
    """

    done: Decimal
    wanted: Decimal
    units: ExactUnit
    needs: int
    left: int
    amount: Decimal


@frozen(kw_only=True)
class OverCap:
    """Gross is above the leverage cap by so many dollars: nothing is bought."""

    by: Decimal


@frozen(kw_only=True)
class RaisedFor:
    """`shares` are sold so that `amount` dollars are there."""

    shares: Decimal
    amount: Decimal


@frozen(kw_only=True)
class IdleCashUsed:
    """`more` shares are bought than drift and bands ask for, with cash that would lie idle."""

    more: Decimal


FlowNote = LeftOutByFlow | AmountSpent | OverCap | RaisedFor | IdleCashUsed


@frozen(kw_only=True)
class SetAsideShort:
    """USD cash is less than set_aside_usd: all of it is set aside, nothing is sold for the rest."""

    asked: Decimal
    cash: Decimal


@frozen(kw_only=True)
class OverCapOnceWithdrawn:
    """Once `amount` dollars are withdrawn leverage is above max_leverage."""

    amount: Decimal
    leverage: Decimal
    at_most: Decimal


FlowCaution = SetAsideShort | OverCapOnceWithdrawn
