"""Triggers: which holdings are candidates to trade, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from attrs import frozen

from rebalancer_core.planning.bands import Band, BandSource, bands, most_inside
from rebalancer_core.planning.candidate import Candidate, SetAside
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.leverage import share_of_costs
from rebalancer_core.planning.note_facts import Stated
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.planning.wanted_lots import to_distance, to_target
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.money import quotient
from rebalancer_core.values.plan import NotBuyable, Reason
from rebalancer_core.values.policy import RebalancePolicy, TriggerMode
from rebalancer_core.values.symbol_rules import SymbolRule


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
    those aside would be bought, were it not for the caller's word. `gives_all_back`: under
    `sizing = best` a buy may give back all that it got by priority. `bands` are those of the
    holdings, in their order; none in total_drift mode. `costs` in units are what all of them
    would cost if they were traded to their targets; 0 where that is where they go. `not_sold` =
    what the user's rules never sell.
    """

    trigger: Trigger
    candidates: tuple[Candidate, ...]
    not_traded: tuple[SetAside, ...]
    default_reason: Reason
    triggered: int
    has_blocked_buy: bool = False
    gives_all_back: bool = False
    bands: tuple[Band, ...] = ()
    costs: int = 0
    not_sold: tuple[Symbol, ...] = ()

    @property
    def has_one_band(self) -> bool:
        """Whether what is in the models has the band of the trigger, all of it."""
        usual = {BandSource.ABSOLUTE, BandSource.ZERO_TARGET}
        return all(band.source in usual for band in self.bands)


def screening(
    valuation: Valuation,
    policy: RebalancePolicy,
    not_buyable: tuple[NotBuyable, ...] = (),
    symbol_rules: tuple[SymbolRule, ...] = (),
    *,
    costs: int | None = None,
) -> Screening:
    """Splits the holdings; in total_drift mode before any is selected.

    A sell that stops short of its target leaves room for `costs`, units; None: for all that the
    candidates could cost.
    """
    trigger, rules = _trigger(valuation, policy), {rule.symbol: rule for rule in symbol_rules}
    every = _bands(valuation, policy, rules)
    triggered = _triggered(valuation, trigger, every)
    blocked = {each.con_id: each for each in not_buyable}
    wanted: list[tuple[Candidate, Band | None]] = []
    not_traded = [
        SetAside(holding=holding, reason=Reason.HOLD)
        for holding in valuation.holdings
        if rules and _is_held(rules.get(holding.symbol))
    ]
    has_blocked_buy = False
    for holding, band in triggered:
        barred = _why_barred(holding, rules.get(holding.symbol)) if rules else None
        if barred is not None:
            if barred is not Reason.HOLD:
                not_traded.append(SetAside(holding=holding, reason=barred))
            continue
        looked_at = to_target(holding, valuation, policy)
        if isinstance(looked_at, SetAside):
            not_traded.append(looked_at)
        elif (why_not := _why_not_bought(holding, blocked)) is not None:
            not_traded.append(why_not)
            has_blocked_buy = True
        else:
            wanted.append((looked_at, band))
    if costs is None:
        stops_short = any(band is not None and band.distance for _, band in wanted)
        costs = sum([each.cost(each.nearest) for each, _ in wanted]) if stops_short else 0
    candidates: list[Candidate] = []
    for candidate, band in wanted:
        stopped = _stopped(candidate, band, costs, valuation, policy)
        if isinstance(stopped, SetAside):
            not_traded.append(stopped)
        else:
            candidates.append(stopped)
    return Screening(
        trigger=trigger,
        candidates=tuple(candidates),
        not_traded=tuple(not_traded),
        default_reason=_default_reason(policy),
        triggered=len(triggered),
        has_blocked_buy=has_blocked_buy,
        bands=every,
        costs=costs,
        not_sold=tuple(rule.symbol for rule in symbol_rules if rule.bars_sell),
    )


def portfolio_outside_band(
    gaps: Iterable[int], cash_gap: int, managed: int, band_bps: Decimal
) -> bool:
    """Whether half of the sum of |drift| over holdings and CASH is strictly outside the band.

    >>> portfolio_outside_band((200, -100), -100, 10_000, Decimal(200))
    False
    >>> portfolio_outside_band((201, -100), -101, 10_000, Decimal(200))
    True
    """
    return _total(gaps, cash_gap) > most_inside(2 * managed, band_bps)


def _total(gaps: Iterable[int], cash_gap: int) -> int:
    """Twice the drift of the portfolio."""
    return abs(cash_gap) + sum(abs(gap) for gap in gaps)


def _trigger(valuation: Valuation, policy: RebalancePolicy) -> Trigger:
    mode, managed = policy.trigger_mode, valuation.managed
    match mode:
        case TriggerMode.PER_HOLDING:
            bps = policy.per_holding_band_bps
            return Trigger(mode=mode, band_bps=bps, managed=managed, most=most_inside(managed, bps))
        case TriggerMode.TOTAL_DRIFT:
            bps = policy.portfolio_total_band_bps
            return Trigger(
                mode=mode,
                band_bps=bps,
                managed=managed,
                most=most_inside(2 * managed, bps),
                total=_total((h.gap for h in valuation.holdings), valuation.cash_gap),
            )


def _bands(
    valuation: Valuation, policy: RebalancePolicy, rules: Mapping[Symbol, SymbolRule]
) -> tuple[Band, ...]:
    match policy.trigger_mode:
        case TriggerMode.PER_HOLDING:
            return tuple(bands(valuation.holdings, valuation.managed, policy, rules))
        case TriggerMode.TOTAL_DRIFT:
            return ()


def _triggered(
    valuation: Valuation, trigger: Trigger, every: tuple[Band, ...]
) -> list[tuple[Holding, Band | None]]:
    """What the trigger calls up, by |gap|: what is outside its band, or all of the portfolio."""
    if trigger.total is None:
        pairs = zip(valuation.holdings, every, strict=True)
        return [(holding, band) for holding, band in pairs if band.is_outside(holding.gap)]
    if not trigger.is_outside(None):
        return []
    return [(holding, None) for holding in valuation.holdings if holding.gap]


def _default_reason(policy: RebalancePolicy) -> Reason:
    match policy.trigger_mode:
        case TriggerMode.PER_HOLDING:
            return Reason.WITHIN_BAND
        case TriggerMode.TOTAL_DRIFT:
            return Reason.PORTFOLIO_WITHIN_BAND


def _is_held(rule: SymbolRule | None) -> bool:
    return rule is not None and rule.hold


def _why_barred(holding: Holding, rule: SymbolRule | None) -> Reason | None:
    """The user's own word, before anything else about the trade counts."""
    if rule is None:
        return None
    if rule.hold:
        return Reason.HOLD
    if holding.gap > 0:
        return Reason.NO_BUY if rule.no_buy else None
    return Reason.NO_SELL if rule.no_sell else None


def _why_not_bought(holding: Holding, blocked: Mapping[ConId, NotBuyable]) -> SetAside | None:
    why = None if holding.quote is None else blocked.get(holding.quote.con_id)
    if why is None or holding.gap < 0:
        return None
    return SetAside(holding=holding, reason=why.reason, note=Stated(text=why.why))


def _stopped(
    candidate: Candidate,
    band: Band | None,
    costs: int,
    valuation: Valuation,
    policy: RebalancePolicy,
) -> Candidate | SetAside:
    """The candidate for its destination; unchanged where that is its target."""
    if band is None or not band.distance:
        return candidate
    holding, distance = candidate.holding, band.distance
    if holding.gap < 0:
        distance = band.sell_distance(share_of_costs(holding, valuation, policy), costs)
    return to_distance(candidate, distance, valuation, policy)
