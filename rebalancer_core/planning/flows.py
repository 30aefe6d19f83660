"""Cash flows in a plan: which rules a flow goes by, and which side of the trades it leaves out."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from rebalancer_core.planning.blocked import BLOCKED_BY
from rebalancer_core.planning.candidate import SetAside
from rebalancer_core.planning.flow_facts import LeftOutByFlow
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.leverage import CashFloor, cash_floor
from rebalancer_core.planning.triggers import Screening
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.flow import Flow, Invest, Raise, may_buy, may_sell
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Reason
from rebalancer_core.values.policy import BandRule, Destination, RebalancePolicy, TriggerMode
from rebalancer_core.values.symbol_rules import SymbolRule


def rules_of(flow: Flow, policy: RebalancePolicy) -> RebalancePolicy:
    """The rules that a flow goes by: an investment and a raise ignore bands and destinations."""
    return without_bands(policy) if isinstance(flow, Invest | Raise) else policy


def without_bands(policy: RebalancePolicy) -> RebalancePolicy:
    """The same rules with every holding a candidate that is off its target, up to the target."""
    return evolve(
        policy,
        trigger_mode=TriggerMode.PER_HOLDING,
        per_holding_band_bps=ZERO,
        band_rule=BandRule.ABSOLUTE,
        destination=Destination.TARGET,
    )


def without_own_bands(rules: tuple[SymbolRule, ...]) -> tuple[SymbolRule, ...]:
    """What a user says of single symbols, less their own bands."""
    return tuple(evolve(rule, band_bps=None) for rule in rules)


def floor_of(valuation: Valuation, policy: RebalancePolicy, flow: Flow) -> CashFloor:
    """The cash floor; of an investment never below 0, nor below what its amount leaves."""
    floor = cash_floor(valuation, policy)
    if not isinstance(flow, Invest):
        return floor
    amount = None if flow.amount is None else valuation.units.of(flow.amount)
    return evolve(floor, least=0, unspent=None if amount is None else valuation.cash - amount)


def one_sided(screened: Screening, flow: Flow, over_cap: Decimal) -> Screening:
    """What was screened without the side that the flow leaves out: a row each says so.

    `over_cap` is by how many dollars gross is above the leverage cap: nothing is sold for it where
    the flow sells nothing.
    """
    buys, sells = may_buy(flow), may_sell(flow)
    if buys and sells:
        return screened
    if isinstance(flow, Raise):
        buys = sells = False

    def is_traded(holding: Holding) -> bool:
        return buys if holding.gap > 0 else sells

    left_out = (
        _left_out(each.holding, flow, over_cap)
        for each in screened.candidates
        if not is_traded(each.holding)
    )
    return evolve(
        screened,
        candidates=tuple(c for c in screened.candidates if is_traded(c.holding)),
        not_traded=(
            *(
                each if is_traded(each.holding) else _unless_quiet(each, flow, over_cap)
                for each in screened.not_traded
            ),
            *left_out,
        ),
        has_blocked_buy=False,
        gives_all_back=isinstance(flow, Invest),
    )


def _unless_quiet(aside: SetAside, flow: Flow, over_cap: Decimal) -> SetAside:
    """Of a trade that the flow leaves out it does not matter what blocks it."""
    is_quiet = BLOCKED_BY[aside.reason] is None
    return aside if is_quiet else _left_out(aside.holding, flow, over_cap)


def _left_out(holding: Holding, flow: Flow, over_cap: Decimal) -> SetAside:
    side = Reason.BUYS_LEFT_OUT if holding.gap > 0 else Reason.SELLS_LEFT_OUT
    if isinstance(flow, Raise) and holding.gap <= 0:
        return SetAside(holding=holding, reason=Reason.AMOUNT_RAISED)
    return SetAside(holding=holding, reason=side, note=LeftOutByFlow(flow=flow, over_cap=over_cap))
