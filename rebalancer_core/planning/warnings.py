"""Cautions: sentences about the whole account that a person should read before saying yes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from rebalancer_core.planning.decisions import Decisions
from rebalancer_core.planning.triggers import outside_band
from rebalancer_core.planning.valuation import Valuation, foreign_cash
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import USD
from rebalancer_core.values.money import ZERO, in_percent, plain, quotient, rounded, usd
from rebalancer_core.values.policy import RebalancePolicy

_CENTI = Decimal("0.01")


def cautions(
    snapshot: AccountSnapshot, decided: Decisions, policy: RebalancePolicy
) -> tuple[str, ...]:
    """The warnings of one plan, none empty."""
    valuation = decided.valuation
    every = (
        _about_sweep(snapshot),
        _about_left_out(snapshot, valuation, policy),
        _about_leverage_now(valuation, decided, policy),
        _about_leverage_wanted(valuation, decided, policy),
        _about_idle_cash(valuation, decided),
        _about_free_riding(snapshot, decided),
        _about_fractions(decided, policy),
    )
    return tuple(sentence for sentence in every if sentence)


def _about_sweep(snapshot: AccountSnapshot) -> str:
    more, cash = snapshot.sweep_difference_usd, snapshot.usd_cash
    if not more:
        return ""
    return (
        f"CashBalance is {usd(cash + max(more, ZERO), 2)}, "
        f"TotalCashBalance {usd(cash - min(more, ZERO), 2)} (cash in the insured bank deposit "
        "sweep can be counted twice): sized on the smaller one"
    )


def _about_left_out(
    snapshot: AccountSnapshot, valuation: Valuation, policy: RebalancePolicy
) -> str:
    gross: dict[str, Decimal] = {}
    for balance in foreign_cash(snapshot):
        gross[balance.currency] = gross.get(balance.currency, ZERO) + abs(balance.amount)
    for position in valuation.left_out:
        at_cost = abs(position.quantity * (position.average_cost or ZERO))
        gross[position.currency] = gross.get(position.currency, ZERO) + at_cost
    if not gross:
        return ""
    amounts = ", ".join(f"{rounded(gross[c], Decimal(1)):,f} {c}" for c in sorted(gross))
    unknown = ", ".join(p.symbol for p in valuation.left_out if p.average_cost is None)
    but = f", {unknown} without a known cost" if unknown else ""
    return (
        f"left out of all figures, also of leverage: gross {amounts} (positions at cost{but})"
        + _leverage_with(gross.get(USD, ZERO), valuation, policy)
    )


def _leverage_with(more_usd: Decimal, valuation: Valuation, policy: RebalancePolicy) -> str:
    net = valuation.units.dollars(valuation.net_liquidation)
    gross = valuation.units.dollars(valuation.net_liquidation - valuation.cash)
    if not more_usd or gross + more_usd <= policy.max_leverage * net:
        return ""
    return (
        f"; with the USD part leverage is {rounded((gross + more_usd) / net, _CENTI)}, "
        f"above max_leverage {plain(policy.max_leverage)}"
    )


def _about_leverage_now(valuation: Valuation, decided: Decisions, policy: RebalancePolicy) -> str:
    if valuation.cash >= decided.floor.cap:
        return ""
    now = _leverage(valuation.cash, valuation)
    return (
        f"leverage {now} is above max_leverage {plain(policy.max_leverage)}: "
        "sells go first, and nothing is bought until they bring it below"
    )


def _about_leverage_wanted(
    valuation: Valuation, decided: Decisions, policy: RebalancePolicy
) -> str:
    if valuation.cash_target >= decided.floor.cap:
        return ""
    wanted = _leverage(valuation.cash_target, valuation)
    return (
        f"the targets ask for leverage {wanted}, max_leverage is {plain(policy.max_leverage)}: "
        "the plan stops at the cap"
    )


def _leverage(cash: int, valuation: Valuation) -> str:
    net = valuation.net_liquidation
    return f"{rounded(quotient(net - cash, net), _CENTI)}"


def _about_idle_cash(valuation: Valuation, decided: Decisions) -> str:
    band = decided.screened.trigger.band_bps
    if decided.screened.triggered or not outside_band(valuation.cash_gap, valuation.managed, band):
        return ""
    off = in_percent(quotient(abs(valuation.cash_gap), valuation.managed))
    side = "over" if valuation.cash_gap < 0 else "under"
    return (
        f"CASH is {off} % {side} its target, but no holding is outside its band of "
        f"{plain(band)} bps, so nothing trades -> a narrower band would use it"
    )


def _about_free_riding(snapshot: AccountSnapshot, decided: Decisions) -> str:
    if not is_cash_account(snapshot.account_type):
        return ""
    valuation = decided.valuation
    if _moved(decided, buys=True) <= max(0, valuation.cash) or not _moved(decided, buys=False):
        return ""
    return (
        "cash account: buys use sale proceeds that are not settled; selling what they bought "
        "before settlement is free-riding"
    )


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


def _about_fractions(decided: Decisions, policy: RebalancePolicy) -> str:
    if not policy.allow_fractional or not any(decided.sized.lots):
        return ""
    return (
        "allow_fractional = true: IBKR's API refuses fractional orders for US ETFs today "
        "(error 10243) -> set it false if they are rejected"
    )
