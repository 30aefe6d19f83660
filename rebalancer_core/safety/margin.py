"""Margin of a plan: what the broker said of each order by itself, added up."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.values.margin import MarginEffect, PlanMargin, Shift, WhatIf
from rebalancer_core.values.money import ZERO


def plan_margin(
    answers: tuple[WhatIf, ...], currency: str, errors: tuple[str, ...] = ()
) -> PlanMargin:
    """The account after all orders that were answered; `currency` is its base currency.

    Each answer is about one order alone, so the changes add up on what is without any. Excess
    liquidity is equity with loan value less maintenance margin (IBKR's definition).

    >>> sell = MarginEffect(initial=Shift(before=Decimal(500), change=Decimal(-200)))
    >>> buy = MarginEffect(initial=Shift(before=Decimal(500), change=Decimal(150)))
    >>> margin = plan_margin((sell, None, buy), "USD")
    >>> margin.initial, margin.maintenance, margin.answered, margin.asked
    (Decimal('450'), None, 2, 3)
    """
    known = tuple(answer for answer in answers if isinstance(answer, MarginEffect))
    maintenance = _after(tuple(effect.maintenance for effect in known))
    equity = _after(tuple(effect.equity_with_loan for effect in known))
    return PlanMargin(
        asked=len(answers),
        answered=len(known),
        currency=currency,
        initial=_after(tuple(effect.initial for effect in known)),
        maintenance=maintenance,
        excess_liquidity=None if equity is None or maintenance is None else equity - maintenance,
        commissions=_commissions(known),
        errors=errors,
    )


def _after(shifts: tuple[Shift | None, ...]) -> Decimal | None:
    """The figure after all changes; None without any answer, or when one lacks the figure."""
    known = tuple(shift for shift in shifts if shift is not None)
    if not known or len(known) < len(shifts):
        return None
    return known[0].before + sum((shift.change for shift in known), ZERO)


def _commissions(effects: tuple[MarginEffect, ...]) -> tuple[tuple[str, Decimal], ...]:
    """The sum in each currency; nothing when an answer names no commission."""
    sums: dict[str, Decimal] = {}
    for effect in effects:
        if effect.commission is None:
            return ()
        so_far = sums.get(effect.commission_currency, ZERO)
        sums[effect.commission_currency] = so_far + effect.commission
    return tuple(sums.items())
