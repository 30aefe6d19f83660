"""Triggers: which holdings are candidates to trade, and why the others are not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from decimal import Decimal

from attrs import frozen

from rebalancer_core.planning.candidate import Candidate
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.note_facts import (
    Compared,
    GapTooSmall,
    HalfOfOneLot,
    LessThanOneLot,
    NoQuote,
    RoundedTooSmall,
    RowNote,
    Stated,
)
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import BPS, quotient
from rebalancer_core.values.plan import NotBuyable, Reason
from rebalancer_core.values.policy import RebalancePolicy, TriggerMode


@frozen(kw_only=True)
class SetAside:
    """A holding that does not trade, and why."""

    holding: Holding
    reason: Reason
    note: RowNote | None = None


@frozen(kw_only=True)
class Trigger:
    """What was compared with the band: each |gap|, or in total_drift mode half of their sum.

    In exact units: `managed` is what both are fractions of; `total` is the sum of |gap| over
    holdings and CASH, None where each holding is measured by itself; `most` is the most inside.
    """

    mode: TriggerMode
    band_bps: Decimal
    managed: int
    most: int
    total: int | None = None

    def is_outside(self, gap: int | None) -> bool:
        """Whether what is compared for this gap is strictly outside; nothing is without a gap."""
        compared = gap if self.total is None else self.total
        return compared is not None and abs(compared) > self.most

    def measured(self, gap: int | None) -> Decimal | None:
        """What is compared for this gap, as a fraction of `managed`, to 18 decimals."""
        if self.total is not None:
            return quotient(self.total, 2 * self.managed)
        return None if gap is None else quotient(abs(gap), self.managed)


@frozen(kw_only=True)
class Screening:
    """Candidates by priority, holdings set aside (`not_traded`), `default_reason` for the rest.

    `triggered` = how many the `trigger` calls up, candidates or not. `has_blocked_buy`: one of
    those aside would be bought, were it not for the caller's word.
    """

    trigger: Trigger
    candidates: tuple[Candidate, ...]
    not_traded: tuple[SetAside, ...]
    default_reason: Reason
    triggered: int
    has_blocked_buy: bool = False


def screening(
    valuation: Valuation, policy: RebalancePolicy, not_buyable: tuple[NotBuyable, ...] = ()
) -> Screening:
    """Splits the holdings; in total_drift mode before any is selected."""
    blocked = {each.con_id: each for each in not_buyable}
    has_blocked_buy = False
    trigger = _trigger(valuation, policy)
    triggered = _count_triggered(valuation, trigger)
    min_order = valuation.units.of(policy.min_order_usd)
    candidates: list[Candidate] = []
    not_traded: list[SetAside] = []
    for holding in valuation.holdings[:triggered]:
        looked_at = _looked_at(holding, valuation, min_order)
        if isinstance(looked_at, SetAside):
            not_traded.append(looked_at)
        elif (why_not := _why_not_bought(holding, blocked)) is not None:
            not_traded.append(why_not)
            has_blocked_buy = True
        else:
            candidates.append(looked_at)
    return Screening(
        trigger=trigger,
        candidates=tuple(candidates),
        not_traded=tuple(not_traded),
        default_reason=_default_reason(policy),
        triggered=triggered,
        has_blocked_buy=has_blocked_buy,
    )


def why_unpriced(quote: Unpriced | None) -> Stated | NoQuote:
    """What came instead of a price."""
    return NoQuote() if quote is None else Stated(text=quote.detail)


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
    return _total(gaps, cash_gap) > _band(2 * managed, band_bps)


def _total(gaps: Iterable[int], cash_gap: int) -> int:
    """Twice the drift of the portfolio."""
    return abs(cash_gap) + sum(abs(gap) for gap in gaps)


def _band(managed: int, band_bps: Decimal) -> int:
    """The most whole units that are inside the band."""
    over, under = band_bps.as_integer_ratio()
    return over * managed // (int(BPS) * under)


def _trigger(valuation: Valuation, policy: RebalancePolicy) -> Trigger:
    mode, managed = policy.trigger_mode, valuation.managed
    match mode:
        case TriggerMode.PER_HOLDING:
            band = policy.per_holding_band_bps
            return Trigger(mode=mode, band_bps=band, managed=managed, most=_band(managed, band))
        case TriggerMode.TOTAL_DRIFT:
            band = policy.portfolio_total_band_bps
            return Trigger(
                mode=mode,
                band_bps=band,
                managed=managed,
                most=_band(2 * managed, band),
                total=_total((h.gap for h in valuation.holdings), valuation.cash_gap),
            )


def _count_triggered(valuation: Valuation, trigger: Trigger) -> int:
    """How many holdings the trigger calls up: the first ones, as they come by |gap|."""

    def is_quiet(holding: Holding) -> bool:
        return holding.gap == 0 or not trigger.is_outside(holding.gap)

    return bisect_left(valuation.holdings, x=True, key=is_quiet)


def _default_reason(policy: RebalancePolicy) -> Reason:
    match policy.trigger_mode:
        case TriggerMode.PER_HOLDING:
            return Reason.WITHIN_BAND
        case TriggerMode.TOTAL_DRIFT:
            return Reason.PORTFOLIO_WITHIN_BAND


def _looked_at(holding: Holding, valuation: Valuation, min_order: int) -> Candidate | SetAside:
    gap = abs(holding.gap)
    if gap < min_order:
        # Whatever its price, this would be no order: it is not the price that blocks it.
        small = GapTooSmall(gap_and_minimum=_compared(valuation, gap, min_order))
        return SetAside(holding=holding, reason=Reason.BELOW_MINIMUM_ORDER, note=small)
    if not isinstance(holding.quote, Quote):
        return SetAside(holding=holding, reason=Reason.NO_PRICE, note=why_unpriced(holding.quote))
    if holding.quote.block is not None:
        return SetAside(holding=holding, reason=Reason.PRICE_BLOCKED)
    lot_value = holding.lot_value
    nearest = holding.closest_lots(valuation.lot)
    if nearest == 0:
        return SetAside(
            holding=holding, reason=Reason.ROUNDS_TO_ZERO, note=_too_small(holding, valuation)
        )
    if nearest * lot_value < min_order:
        rounded = RoundedTooSmall(
            shares=nearest * valuation.lot,
            worth_and_minimum=_compared(valuation, nearest * lot_value, min_order),
        )
        return SetAside(holding=holding, reason=Reason.BELOW_MINIMUM_ORDER, note=rounded)
    return Candidate(holding=holding, nearest=nearest, min_lots=max(1, -(-min_order // lot_value)))


def _why_not_bought(holding: Holding, blocked: Mapping[ConId, NotBuyable]) -> SetAside | None:
    why = None if holding.quote is None else blocked.get(holding.quote.con_id)
    if why is None or holding.gap < 0:
        return None
    return SetAside(holding=holding, reason=why.reason, note=Stated(text=why.why))


def _too_small(holding: Holding, valuation: Valuation) -> LessThanOneLot | HalfOfOneLot:
    if holding.gap < 0 and holding.whole_lots(valuation.lot) == 0:
        return LessThanOneLot(held=holding.held)
    return HalfOfOneLot(gap_and_lot=_compared(valuation, abs(holding.gap), holding.lot_value))


def _compared(valuation: Valuation, first: int, second: int) -> Compared:
    return Compared(units=valuation.units, first=first, second=second)
