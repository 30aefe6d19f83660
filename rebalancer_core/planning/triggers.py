"""Triggers: which holdings are candidates to trade, and why the others are not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from decimal import Decimal

from attrs import frozen

from rebalancer_core.planning.amounts import told_apart, told_shares
from rebalancer_core.planning.sizing.exact_units import nearest_lots
from rebalancer_core.planning.valuation import Holding, Valuation
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import BPS
from rebalancer_core.values.plan import NotBuyable, Reason
from rebalancer_core.values.policy import RebalancePolicy, TriggerMode


@frozen(kw_only=True)
class Candidate:
    """A holding to trade: `nearest` lots bring it closest, fewer than `min_lots` are no order."""

    holding: Holding
    nearest: int
    min_lots: int


@frozen(kw_only=True)
class SetAside:
    """A holding that does not trade, and why, in words."""

    holding: Holding
    reason: Reason
    note: str = ""


@frozen(kw_only=True)
class Screening:
    """All holdings: `candidates` by priority, those `aside`, and the rest for the `quiet` reason.

    `triggered` = how many are outside the band, candidates or not. `has_blocked_buy`: one of those
    aside would be bought, were it not for the caller's word.
    """

    candidates: tuple[Candidate, ...]
    aside: tuple[SetAside, ...]
    quiet: Reason
    triggered: int
    has_blocked_buy: bool = False


def screening(
    valuation: Valuation, policy: RebalancePolicy, not_buyable: tuple[NotBuyable, ...] = ()
) -> Screening:
    """Splits the holdings (SPEC 4.3, SIZING 2.1); in total_drift mode before any is selected."""
    blocked = {each.con_id: each for each in not_buyable}
    has_blocked_buy = False
    triggered = _count_triggered(valuation, policy)
    min_order = valuation.grains.of(policy.min_order_usd)
    candidates: list[Candidate] = []
    aside: list[SetAside] = []
    for holding in valuation.holdings[:triggered]:
        looked_at = _looked_at(holding, valuation, min_order)
        if isinstance(looked_at, SetAside):
            aside.append(looked_at)
        elif (why_not := _why_not_bought(holding, blocked)) is not None:
            aside.append(why_not)
            has_blocked_buy = True
        else:
            candidates.append(looked_at)
    unpriced = [
        _unpriced(h) for h in valuation.holdings[triggered:] if not isinstance(h.quote, Quote)
    ]
    return Screening(
        candidates=tuple(candidates),
        aside=(*aside, *unpriced),
        quiet=_quiet_reason(policy),
        triggered=triggered,
        has_blocked_buy=has_blocked_buy,
    )


def outside_band(gap: int, managed: int, band_bps: Decimal) -> bool:
    """Strictly outside: exactly on the band does not trade.

    >>> outside_band(-50, 10_000, Decimal(50)), outside_band(51, 10_000, Decimal(50))
    (False, True)
    """
    return abs(gap) > _band(managed, band_bps)


def portfolio_outside_band(
    gaps: Iterable[int], cash_gap: int, managed: int, band_bps: Decimal
) -> bool:
    """Whether half of the sum of |drift| over holdings and CASH is strictly outside the band.

    >>> portfolio_outside_band((200, -100), -100, 10_000, Decimal(200))
    False
    >>> portfolio_outside_band((201, -100), -101, 10_000, Decimal(200))
    True
    """
    over, under = band_bps.as_integer_ratio()
    total = abs(cash_gap) + sum(abs(gap) for gap in gaps)
    return total * int(BPS) * under > 2 * over * managed


def _band(managed: int, band_bps: Decimal) -> int:
    """The most whole grains that are inside the band."""
    over, under = band_bps.as_integer_ratio()
    return over * managed // (int(BPS) * under)


def _count_triggered(valuation: Valuation, policy: RebalancePolicy) -> int:
    """How many holdings the trigger calls up: the first ones, as they come by |gap|."""
    match policy.trigger_mode:
        case TriggerMode.PER_HOLDING:
            most = _band(valuation.managed, policy.per_holding_band_bps)

            def is_inside(holding: Holding) -> bool:
                return abs(holding.gap) <= most

            return bisect_left(valuation.holdings, x=True, key=is_inside)
        case TriggerMode.TOTAL_DRIFT:
            gaps = tuple(h.gap for h in valuation.holdings)
            band = policy.portfolio_total_band_bps
            breached = portfolio_outside_band(gaps, valuation.cash_gap, valuation.managed, band)
            return sum(gap != 0 for gap in gaps) if breached else 0


def _quiet_reason(policy: RebalancePolicy) -> Reason:
    match policy.trigger_mode:
        case TriggerMode.PER_HOLDING:
            return Reason.WITHIN_BAND
        case TriggerMode.TOTAL_DRIFT:
            return Reason.PORTFOLIO_WITHIN_BAND


def _looked_at(holding: Holding, valuation: Valuation, min_order: int) -> Candidate | SetAside:
    if not isinstance(holding.quote, Quote):
        return _unpriced(holding)
    if holding.quote.block is not None:
        return SetAside(holding=holding, reason=Reason.PRICE_BLOCKED)
    gap, lot_value = abs(holding.gap), holding.lot_value
    if gap < min_order:
        told, minimum = told_apart(valuation.grains, gap, min_order)
        note = f"gap {told} is under min_order_usd {minimum}"
        return SetAside(holding=holding, reason=Reason.BELOW_MINIMUM_ORDER, note=note)
    nearest = nearest_lots(gap, lot_value)
    if holding.gap < 0:
        nearest = min(nearest, holding.whole_lots(valuation.lot))
    if nearest == 0:
        return SetAside(
            holding=holding, reason=Reason.ROUNDS_TO_ZERO, note=_too_small(holding, valuation)
        )
    if nearest * lot_value < min_order:
        worth, minimum = told_apart(valuation.grains, nearest * lot_value, min_order)
        rounded = told_shares(nearest * valuation.lot)
        note = f"rounded to {rounded} it is {worth}, under min_order_usd {minimum}"
        return SetAside(holding=holding, reason=Reason.BELOW_MINIMUM_ORDER, note=note)
    return Candidate(holding=holding, nearest=nearest, min_lots=max(1, -(-min_order // lot_value)))


def _why_not_bought(holding: Holding, blocked: Mapping[ConId, NotBuyable]) -> SetAside | None:
    why = None if holding.quote is None else blocked.get(holding.quote.con_id)
    if why is None or holding.gap < 0:
        return None
    return SetAside(holding=holding, reason=why.reason, note=why.why)


def _unpriced(holding: Holding) -> SetAside:
    detail = holding.quote.detail if isinstance(holding.quote, Unpriced) else "no quote came for it"
    return SetAside(holding=holding, reason=Reason.NO_PRICE, note=detail)


def _too_small(holding: Holding, valuation: Valuation) -> str:
    if holding.gap < 0 and holding.whole_lots(valuation.lot) == 0:
        return f"{told_shares(holding.held)} held, less than one lot"
    gap, lot = told_apart(valuation.grains, abs(holding.gap), holding.lot_value)
    return f"gap {gap} is at most half of one lot at {lot}"
