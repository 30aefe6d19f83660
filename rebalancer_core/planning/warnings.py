"""Cautions: what a person should know of the whole account before saying yes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from rebalancer_core.planning.decisions import Decisions
from rebalancer_core.planning.note_facts import (
    CashIdle,
    Caution,
    ExtendedHours,
    FractionsRefused,
    FreeRiding,
    LeftOut,
    LeverageNow,
    LeverageWanted,
    LeverageWith,
    SweepCounted,
)
from rebalancer_core.planning.triggers import outside_band
from rebalancer_core.planning.valuation import Valuation, foreign_cash
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import USD
from rebalancer_core.values.money import ZERO, quotient
from rebalancer_core.values.policy import RebalancePolicy, TradingHours


def cautions(
    snapshot: AccountSnapshot, decided: Decisions, policy: RebalancePolicy
) -> tuple[Caution, ...]:
    """The warnings of one plan."""
    valuation = decided.valuation
    every: tuple[Caution | None, ...] = (
        _sweep(snapshot),
        _left_out(snapshot, valuation, policy),
        _leverage_now(valuation, decided, policy),
        _leverage_wanted(valuation, decided, policy),
        _idle_cash(valuation, decided),
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
    for balance in foreign_cash(snapshot):
        gross[balance.currency] = gross.get(balance.currency, ZERO) + abs(balance.amount)
    for position in valuation.left_out:
        at_cost = abs(position.quantity * (position.average_cost or ZERO))
        gross[position.currency] = gross.get(position.currency, ZERO) + at_cost
    if not gross:
        return None
    return LeftOut(
        gross=tuple((currency, gross[currency]) for currency in sorted(gross)),
        unknown=tuple(p.symbol for p in valuation.left_out if p.average_cost is None),
        with_usd=_leverage_with(gross.get(USD, ZERO), valuation, policy),
    )


def _leverage_with(
    more_usd: Decimal, valuation: Valuation, policy: RebalancePolicy
) -> LeverageWith | None:
    net = valuation.units.dollars(valuation.net_liquidation)
    gross = valuation.units.dollars(valuation.net_liquidation - valuation.cash)
    if not more_usd or gross + more_usd <= policy.max_leverage * net:
        return None
    return LeverageWith(leverage=(gross + more_usd) / net, at_most=policy.max_leverage)


def _leverage_now(
    valuation: Valuation, decided: Decisions, policy: RebalancePolicy
) -> LeverageNow | None:
    if valuation.cash >= decided.floor.cap:
        return None
    return LeverageNow(leverage=_leverage(valuation.cash, valuation), at_most=policy.max_leverage)


def _leverage_wanted(
    valuation: Valuation, decided: Decisions, policy: RebalancePolicy
) -> LeverageWanted | None:
    if valuation.cash_target >= decided.floor.cap:
        return None
    wanted = _leverage(valuation.cash_target, valuation)
    return LeverageWanted(leverage=wanted, at_most=policy.max_leverage)


def _leverage(cash: int, valuation: Valuation) -> Decimal:
    net = valuation.net_liquidation
    return quotient(net - cash, net)


def _idle_cash(valuation: Valuation, decided: Decisions) -> CashIdle | None:
    band = decided.screened.trigger.band_bps
    if decided.screened.triggered or not outside_band(valuation.cash_gap, valuation.managed, band):
        return None
    return CashIdle(
        off=quotient(abs(valuation.cash_gap), valuation.managed),
        is_over=valuation.cash_gap < 0,
        band_bps=band,
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
    moved = zip(decided.sized.candidates, decided.sized.moved, strict=True)
    return sum(value for candidate, value in moved if (candidate.holding.gap > 0) is buys)


def _fractions(decided: Decisions, policy: RebalancePolicy) -> FractionsRefused | None:
    if not policy.allow_fractional or not any(decided.sized.lots):
        return None
    return FractionsRefused()


def _extended_hours(decided: Decisions, policy: RebalancePolicy) -> ExtendedHours | None:
    if policy.trading_hours is not TradingHours.ETH or not any(decided.sized.lots):
        return None
    return ExtendedHours()
