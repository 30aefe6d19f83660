"""Cautions: what a person should know of the whole account before saying yes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from rebalancer_core.planning.bands import BandSource, outside_band
from rebalancer_core.planning.caution_facts import (
    BandsInForce,
    BorrowsBesideKept,
    CashIdle,
    Caution,
    ExtendedHours,
    ForeignDebt,
    FractionsRefused,
    FreeRiding,
    LeftOut,
    LeverageNow,
    LeverageWith,
    SweepCounted,
    TargetsScaled,
)
from rebalancer_core.planning.decisions import Decisions
from rebalancer_core.planning.flow_cautions import over_cap_once_withdrawn, set_aside_short
from rebalancer_core.planning.foreign_cash import debts_of_unknown_rate, foreign_cash
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.flow import Rebalance, may_sell
from rebalancer_core.values.instruments import USD
from rebalancer_core.values.money import ONE, ZERO, quotient
from rebalancer_core.values.policy import (
    BandRule,
    Destination,
    RebalancePolicy,
    TradingHours,
    TriggerMode,
)


def cautions(
    snapshot: AccountSnapshot, decided: Decisions, policy: RebalancePolicy
) -> tuple[Caution, ...]:
    """The warnings of one plan."""
    valuation = decided.valuation
    every: tuple[Caution | None, ...] = (
        _sweep(snapshot),
        _left_out(snapshot, valuation, policy),
        _leverage_now(decided, policy),
        _targets_scaled(decided, policy),
        _foreign_debt(snapshot, valuation),
        _beside_kept(valuation),
        _bands_in_force(decided, policy),
        _idle_cash(valuation, decided),
        set_aside_short(valuation),
        over_cap_once_withdrawn(decided, policy),
        _free_riding(snapshot, decided),
        _fractions(decided, policy),
        _extended_hours(decided, policy),
    )
    return tuple(caution for caution in every if caution is not None)


def _sweep(snapshot: AccountSnapshot) -> SweepCounted | None:
    more, cash = snapshot.sweep_difference_usd, snapshot.usd_cash
    if not more:
        return None
    return SweepCounted(
        cash_balance=cash + max(more, ZERO), total_cash_balance=cash - min(more, ZERO)
    )


def _left_out(
    snapshot: AccountSnapshot, valuation: Valuation, policy: RebalancePolicy
) -> LeftOut | None:
    gross: dict[str, Decimal] = {}
    positions_usd = ZERO
    rates = {b.currency: b.usd_rate for b in snapshot.cash if b.usd_rate} | {USD: ONE}
    for balance in foreign_cash(snapshot):
        if balance.amount < ZERO:
            continue
        gross[balance.currency] = gross.get(balance.currency, ZERO) + balance.amount
    for position in valuation.left_out:
        at_cost = abs(position.quantity * (position.average_cost or ZERO))
        gross[position.currency] = gross.get(position.currency, ZERO) + at_cost
        positions_usd += at_cost * rates.get(position.currency, ZERO)
    if not gross:
        return None
    return LeftOut(
        gross=tuple((currency, gross[currency]) for currency in sorted(gross)),
        unknown=tuple(p.symbol for p in valuation.left_out if p.average_cost is None),
        with_positions=_leverage_with(positions_usd, valuation, policy),
    )


def _leverage_with(
    more_usd: Decimal, valuation: Valuation, policy: RebalancePolicy
) -> LeverageWith | None:
    net = valuation.units.dollars(valuation.net_liquidation)
    gross = valuation.units.dollars(valuation.net_liquidation - valuation.cash)
    if not more_usd or gross + more_usd <= policy.max_leverage * net:
        return None
    return LeverageWith(leverage=(gross + more_usd) / net, at_most=policy.max_leverage)


def _leverage_now(decided: Decisions, policy: RebalancePolicy) -> LeverageNow | None:
    valuation = decided.valuation
    if valuation.cash >= decided.floor.cap:
        return None
    return LeverageNow(
        leverage=_leverage(valuation.net_liquidation - valuation.cash, valuation),
        at_most=policy.max_leverage,
        after=_leverage(valuation.net_liquidation - decided.cash_after, valuation),
        is_sold=any(value < 0 for value in decided.moved.values()),
        missed=_still_over(decided),
        may_sell=may_sell(decided.flow),
    )


def _still_over(decided: Decisions) -> Decimal:
    """What gross is above the cap after the plan, costs paid; 0 where it is not."""
    over = decided.floor.cap + decided.reserve - decided.cash_after
    return decided.valuation.units.dollars(max(decided.deleveraging.missed, over, 0))


def _targets_scaled(decided: Decisions, policy: RebalancePolicy) -> TargetsScaled | None:
    valuation, asked = decided.valuation, decided.asked
    if asked is None:
        return None
    worth = valuation.net_liquidation
    return TargetsScaled(
        asked=_leverage(worth - valuation.asked_cash_target, valuation),
        scaled=_leverage(worth - valuation.cash_target, valuation),
        at_most=policy.max_leverage,
    )


def _foreign_debt(snapshot: AccountSnapshot, valuation: Valuation) -> ForeignDebt | None:
    unknown = tuple(
        (balance.currency, abs(balance.amount)) for balance in debts_of_unknown_rate(snapshot)
    )
    if not valuation.debt and not unknown:
        return None
    return ForeignDebt(usd=valuation.units.dollars(valuation.debt), unknown=unknown)


def _beside_kept(valuation: Valuation) -> BorrowsBesideKept | None:
    if valuation.cash >= 0 or not valuation.kept or valuation.asked_cash_target < 0:
        return None
    return BorrowsBesideKept(cash=valuation.units.dollars(valuation.cash))


def _leverage(gross: int, valuation: Valuation) -> Decimal:
    return quotient(gross, valuation.worth_for_cap)


def _bands_in_force(decided: Decisions, policy: RebalancePolicy) -> BandsInForce | None:
    if policy.trigger_mode is TriggerMode.TOTAL_DRIFT:
        return None
    pairs = zip(decided.valuation.holdings, decided.screened.bands, strict=True)
    own = sorted((h.symbol, band.bps) for h, band in pairs if band.source is BandSource.SYMBOL)
    is_usual = policy.band_rule is BandRule.ABSOLUTE and policy.destination is Destination.TARGET
    if is_usual and not own:
        return None
    return BandsInForce(
        rule=policy.band_rule,
        band_bps=policy.per_holding_band_bps,
        relative_pct=policy.relative_band_pct,
        destination=policy.destination,
        destination_bps=policy.destination_bps,
        own=tuple(own),
    )


def _idle_cash(valuation: Valuation, decided: Decisions) -> CashIdle | None:
    band = decided.screened.trigger.band_bps
    if (
        not isinstance(decided.flow, Rebalance)
        or decided.moved
        or decided.screened.triggered
        or not outside_band(valuation.cash_gap, valuation.managed, band)
    ):
        return None
    return CashIdle(
        off=quotient(abs(valuation.cash_gap), valuation.managed),
        is_over=valuation.cash_gap < 0,
        band_bps=band if decided.screened.has_one_band else None,
    )


def _free_riding(snapshot: AccountSnapshot, decided: Decisions) -> FreeRiding | None:
    if not is_cash_account(snapshot.account_type):
        return None
    valuation = decided.valuation
    if _moved(decided, buys=True) <= max(0, valuation.cash) or not _moved(decided, buys=False):
        return None
    return FreeRiding()


def is_cash_account(account_type: str) -> bool:
    """Whether the broker calls this a cash account: CASH is a word of its type.

    >>> is_cash_account("INDIVIDUAL-CASH"), is_cash_account("CASH"), is_cash_account("INDIVIDUAL")
    (True, True, False)
    """
    words: Iterable[str] = re.split(r"[^A-Z]+", account_type.upper())
    return "CASH" in set(words)


def _moved(decided: Decisions, *, buys: bool) -> int:
    return sum(abs(value) for value in decided.moved.values() if (value > 0) is buys)


def _fractions(decided: Decisions, policy: RebalancePolicy) -> FractionsRefused | None:
    if not policy.allow_fractional or not decided.moved:
        return None
    return FractionsRefused()


def _extended_hours(decided: Decisions, policy: RebalancePolicy) -> ExtendedHours | None:
    if policy.trading_hours is not TradingHours.ETH or not decided.moved:
        return None
    return ExtendedHours()
