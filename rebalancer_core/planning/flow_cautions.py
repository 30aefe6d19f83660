"""Cautions about cash flows: cash that is missing, and leverage once an amount is withdrawn."""

from __future__ import annotations

from rebalancer_core.planning.decisions import Decisions
from rebalancer_core.planning.flow_facts import OverCapOnceWithdrawn, SetAsideShort
from rebalancer_core.planning.sizing.exact_units import part
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.flow import amount_of
from rebalancer_core.values.money import quotient
from rebalancer_core.values.policy import RebalancePolicy


def set_aside_short(valuation: Valuation) -> SetAsideShort | None:
    """Whether less is set aside than the setting asks for."""
    if not valuation.set_aside_short:
        return None
    dollars = valuation.units.dollars
    return SetAsideShort(
        asked=dollars(valuation.set_aside + valuation.set_aside_short),
        cash=dollars(valuation.set_aside + min(0, valuation.cash)),
    )


def over_cap_once_withdrawn(
    decided: Decisions, policy: RebalancePolicy
) -> OverCapOnceWithdrawn | None:
    """Whether the account is above the leverage cap once the amount is withdrawn."""
    raising, valuation = decided.raising, decided.valuation
    if raising is None or raising.short:
        return None
    amount = amount_of(decided.flow)
    gross = valuation.net_liquidation - decided.cash_after
    less = valuation.units.of(amount) + valuation.set_aside_short + decided.reserve
    worth = valuation.worth_for_cap - less
    if worth > 0 and gross <= part(worth, policy.max_leverage):
        return None
    return OverCapOnceWithdrawn(
        amount=amount,
        leverage=quotient(gross, max(1, worth)),
        at_most=policy.max_leverage,
    )
