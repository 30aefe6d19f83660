"""Explain one symbol of a plan: where its target comes from, what was wanted, what bound it."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.planning.bands import BandSource
from rebalancer_core.planning.decisions import Decisions, PlanWithDecisions
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.rows import shares
from rebalancer_core.planning.targets import Contribution, contributions
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Action, PlanRow, Reason
from rebalancer_core.values.policy import Destination, TriggerMode
from rebalancer_core.values.portfolios import Blend, ModelPortfolio

_NOTHING = Action.NONE, ZERO


@frozen(kw_only=True)
class Explanation:
    """One row of one plan, taken apart. Weights and drifts are fractions, None where left out.

    `measured` is what the trigger compared with `band_bps`: |drift| of the holding, or the drift of
    the whole portfolio in total_drift mode. `band_source` says what the band of a holding is made
    of, `destination_bps` how far from its target a trade stops; None where it has no band of its
    own. `wanted` shares bring the holding closest to its target, whatever its destination, cash and
    minimum order say; `decided` is what the plan trades. `next_lot_usd`
    is what one lot more needs of a buy that cash or leverage cut (of one cut to nothing: its
    smallest order), None of all others; `left_usd` is what the plan leaves above the cash floor.
    `asked_weight` is the target before it was scaled to the leverage cap, None where none was.
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
    next_lot_usd: Decimal | None
    left_usd: Decimal
    reason: Reason | None
    note: str
    asked_weight: Decimal | None = None
    band_source: BandSource | None = None
    destination: Destination | None = None
    destination_bps: Decimal | None = None


def explanations(
    symbol: Symbol,
    *,
    planned: PlanWithDecisions,
    portfolios: tuple[ModelPortfolio, ...],
    blend: Blend,
) -> tuple[Explanation, ...]:
    """One for each row of that symbol (a stock and an option may share it); none where unknown.

    They say what the plan compared and decided. `portfolios` and `blend` are those that its
    targets were blended of: they say what each model adds.
    """
    parts = contributions(symbol, portfolios, blend)
    return tuple(
        _explanation(row, planned, parts) for row in planned.plan.rows if row.symbol == symbol
    )


def _explanation(
    row: PlanRow, planned: PlanWithDecisions, parts: tuple[Contribution, ...]
) -> Explanation:
    decided = planned.decisions
    dollars, trigger = decided.valuation.units.dollars, decided.screened.trigger
    is_managed = row.target_weight is not None
    holding = decided.holding(row.symbol) if is_managed and not row.is_cash else None
    gap = _gap(row, holding, decided)
    band = None if holding is None else decided.band(holding.symbol)
    wanted_action, wanted = _wanted(holding, decided)
    next_lot = None if holding is None else decided.next_lot(holding)
    return Explanation(
        account_id=planned.plan.account_id,
        symbol=row.symbol,
        con_id=row.con_id,
        contributions=parts if is_managed else (),
        target_weight=row.target_weight,
        current_weight=row.current_weight,
        drift=row.drift,
        drift_usd=row.drift_usd,
        trigger_mode=trigger.mode,
        measured=trigger.measured(gap),
        band_bps=trigger.band_bps if band is None else band.bps,
        is_outside=trigger.is_outside(gap)
        if band is None or holding is None
        else band.is_outside(holding.gap),
        wanted_action=wanted_action,
        wanted=wanted,
        decided_action=row.action,
        decided=row.quantity,
        decided_usd=row.value_usd,
        after_weight=row.after_weight,
        next_lot_usd=None if next_lot is None else dollars(next_lot),
        left_usd=dollars(decided.left),
        reason=row.reason,
        note=row.note,
        asked_weight=_asked_weight(row, decided) if is_managed else None,
        band_source=None if band is None else band.source,
        destination=None if band is None else band.destination,
        destination_bps=None if band is None else band.destination_bps,
    )


def _asked_weight(row: PlanRow, decided: Decisions) -> Decimal | None:
    """The target before scaling; of a holding that no model names it is 0, scaled or not."""
    if decided.asked is None:
        return None
    if row.is_cash:
        return decided.asked.cash
    asked = {weight.symbol: weight.fraction for weight in decided.asked.weights}
    return asked.get(row.symbol, ZERO)


def _gap(row: PlanRow, holding: Holding | None, decided: Decisions) -> int | None:
    if holding is not None:
        return holding.gap
    return decided.valuation.cash_gap if row.is_cash else None


def _wanted(holding: Holding | None, decided: Decisions) -> tuple[Action, Decimal]:
    """The shares that bring a holding closest to its target; CASH wants none, it follows."""
    lot = decided.valuation.lot
    lots = 0 if holding is None else holding.closest_lots(lot)
    if holding is None or not lots:
        return _NOTHING
    return (Action.BUY if holding.gap > 0 else Action.SELL), shares(lots, lot)
