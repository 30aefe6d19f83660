"""Explain one symbol of a plan: where its target comes from, what was wanted, what bound it."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.planning.rows import shares
from rebalancer_core.planning.sizing.exact_units import (
    decimals,
    grains_of_decimals,
    nearest_lots,
    part,
)
from rebalancer_core.planning.targets import Contribution, contributions
from rebalancer_core.planning.valuation import FRACTIONAL_LOT
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.money import BPS, ONE, ZERO, in_bps, in_percent, plain, usd
from rebalancer_core.values.plan import Action, Plan, PlanRow, Reason
from rebalancer_core.values.policy import RebalancePolicy, TriggerMode
from rebalancer_core.values.portfolios import Blend, ModelPortfolio


@frozen(kw_only=True)
class Explanation:
    """One row of one plan, taken apart. Weights and drifts are fractions, None where left out.

    `measured` is what the trigger compares with `band_bps`: |drift| of the holding, or the drift of
    the whole portfolio in total_drift mode. `wanted` shares bring the holding closest to its
    target, whatever cash and minimum order say; `decided` is what the plan trades.
    """

    account_id: AccountId
    symbol: Symbol
    con_id: ConId | None
    contributions: tuple[Contribution, ...]
    target_weight: Decimal | None
    current_weight: Decimal | None
    drift: Decimal | None
    drift_usd: Decimal | None
    trigger_mode: TriggerMode
    measured: Decimal | None
    band_bps: Decimal
    is_outside: bool
    wanted_action: Action
    wanted: Decimal
    decided_action: Action
    decided: Decimal
    decided_usd: Decimal
    after_weight: Decimal | None
    reason: Reason | None
    note: str


def explanations(
    symbol: Symbol,
    *,
    plan: Plan,
    portfolios: tuple[ModelPortfolio, ...],
    blend: Blend,
    policy: RebalancePolicy,
) -> tuple[Explanation, ...]:
    """One for each row of that symbol (a stock and an option may share it); none where unknown."""
    parts = contributions(symbol, portfolios, blend)
    return tuple(
        _explanation(row, plan, parts, policy) for row in plan.rows if row.symbol == symbol
    )


def sentences(explanation: Explanation) -> tuple[str, ...]:
    """The explanation for people: target, drift, wish, what bound it, decision."""
    return (
        _about_target(explanation),
        *_about_drift(explanation),
        *_about_wish(explanation),
        *_about_bound(explanation),
        _about_decision(explanation),
    )


def _explanation(
    row: PlanRow, plan: Plan, parts: tuple[Contribution, ...], policy: RebalancePolicy
) -> Explanation:
    measured, band = _measured(row, plan, policy)
    action, wanted = _wanted(row, policy)
    return Explanation(
        account_id=plan.account_id,
        symbol=row.symbol,
        con_id=row.con_id,
        contributions=parts if row.target_weight is not None else (),
        target_weight=row.target_weight,
        current_weight=row.current_weight,
        drift=row.drift,
        drift_usd=row.drift_usd,
        trigger_mode=policy.trigger_mode,
        measured=measured,
        band_bps=band,
        is_outside=measured is not None and measured * BPS > band,
        wanted_action=action,
        wanted=wanted,
        decided_action=row.action,
        decided=row.quantity,
        decided_usd=row.value_usd,
        after_weight=row.after_weight,
        reason=row.reason,
        note=row.note,
    )


def _measured(row: PlanRow, plan: Plan, policy: RebalancePolicy) -> tuple[Decimal | None, Decimal]:
    match policy.trigger_mode:
        case TriggerMode.PER_HOLDING:
            return None if row.drift is None else abs(row.drift), policy.per_holding_band_bps
        case TriggerMode.TOTAL_DRIFT:
            total = sum((abs(r.drift) for r in plan.rows if r.drift is not None), ZERO)
            return total / 2, policy.portfolio_total_band_bps


def _wanted(row: PlanRow, policy: RebalancePolicy) -> tuple[Action, Decimal]:
    """The shares that bring a holding closest to its target; CASH wants none, it follows."""
    if row.is_cash or row.price is None or not row.drift_usd:
        return Action.NONE, ZERO
    lot = FRACTIONAL_LOT if policy.allow_fractional else ONE
    grains = grains_of_decimals(decimals((row.price, row.drift_usd, lot), (lot,)))
    lots = nearest_lots(grains.of(abs(row.drift_usd)), part(grains.of(row.price), lot))
    if row.drift_usd < ZERO:
        return (Action.BUY if lots else Action.NONE), shares(lots, lot)
    lots = min(lots, int(row.held // lot))
    return (Action.SELL if lots else Action.NONE), shares(lots, lot)


def _about_target(explanation: Explanation) -> str:
    if explanation.target_weight is None:
        return f"{explanation.symbol} has no target: {_why(explanation)}"
    parts = ", ".join(
        f"{part.model} {plain(part.share)} x {in_percent(part.weight)} % "
        f"= {in_percent(part.fraction)} %"
        for part in explanation.contributions
    )
    return f"target {in_percent(explanation.target_weight)} %: {parts}"


def _about_drift(explanation: Explanation) -> tuple[str, ...]:
    if explanation.drift is None or explanation.current_weight is None:
        return ()
    now = (
        f"now {in_percent(explanation.current_weight)} %, "
        f"drift {in_bps(explanation.drift)} bps ({usd(explanation.drift_usd or ZERO)})"
    )
    side = "outside" if explanation.is_outside else "inside"
    band = f"{side} the band of {plain(explanation.band_bps)} bps"
    match explanation.trigger_mode:
        case TriggerMode.PER_HOLDING:
            return (f"{now}, {band}",)
        case TriggerMode.TOTAL_DRIFT:
            whole = in_bps(explanation.measured or ZERO)
            return (now, f"the portfolio's drift is {whole} bps, {band}")


def _about_wish(explanation: Explanation) -> tuple[str, ...]:
    if explanation.wanted_action is Action.NONE:
        return ()
    wanted = plain(explanation.wanted)
    return (f"{_word(explanation.wanted_action)} {wanted} would bring it closest to its target",)


def _about_bound(explanation: Explanation) -> tuple[str, ...]:
    if explanation.reason is None or explanation.target_weight is None:
        return ()
    return (f"bound by: {_why(explanation)}",)


def _about_decision(explanation: Explanation) -> str:
    if explanation.decided_action is Action.NONE:
        return "decided: no trade"
    after = in_percent(explanation.after_weight or ZERO)
    return (
        f"decided: {_word(explanation.decided_action)} {plain(explanation.decided)} "
        f"(about {usd(explanation.decided_usd)}), then {after} %"
    )


def _word(action: Action) -> str:
    return action.value


def _why(explanation: Explanation) -> str:
    reason = explanation.reason.value if explanation.reason else ""
    return ", ".join(words for words in (reason, explanation.note) if words)
