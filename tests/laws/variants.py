"""The same account, written in another way: a plan must not change by it."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import TypeVar

from attrs import evolve

from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.commission import CommissionRate
from rebalancer_core.values.plan import Plan
from tests.support.strategies import Instance

Row = TypeVar("Row")


def shuffled_instance(instance: Instance, chance: Random) -> Instance:
    """The same account with all its rows in another order."""
    return evolve(
        instance,
        snapshot=evolve(
            instance.snapshot,
            positions=_shuffled(instance.snapshot.positions, chance),
            cash=_shuffled(instance.snapshot.cash, chance),
        ),
        targets=evolve(instance.targets, weights=_shuffled(instance.targets.weights, chance)),
        quotes=_shuffled(instance.quotes, chance),
        symbol_rules=_shuffled(instance.symbol_rules, chance),
    )


def decisions(plan: Plan) -> list[tuple[object, ...]]:
    """What does not depend on the unit of money."""
    return [
        (
            r.symbol,
            r.action,
            r.quantity,
            r.reason,
            r.target_weight,
            r.current_weight,
            r.after_weight,
        )
        for r in plan.rows
        if not r.is_cash
    ]


def scaled(instance: Instance, scale: Decimal) -> Instance:
    """The same account in another unit of money."""
    rules = instance.policy
    fees = instance.commission
    money = [evolve(b, amount=b.amount * scale) for b in instance.snapshot.cash]
    quotes = [_scaled_quote(q, scale) for q in instance.quotes]
    return evolve(
        instance,
        snapshot=evolve(instance.snapshot, cash=tuple(money)),
        quotes=tuple(quotes),
        policy=evolve(
            rules,
            min_order_usd=rules.min_order_usd * scale,
            min_improvement_usd=rules.min_improvement_usd * scale,
            cash_buffer_abs=rules.cash_buffer_abs * scale,
        ),
        commission=CommissionRate(per_share=fees.per_share * scale, minimum=fees.minimum * scale),
    )


def _scaled_quote(quote: Quote | Unpriced, scale: Decimal) -> Quote | Unpriced:
    if not isinstance(quote, Quote):
        return quote
    bid, ask = (None if side is None else side * scale for side in (quote.bid, quote.ask))
    return evolve(quote, price=quote.price * scale, bid=bid, ask=ask)


def _shuffled(rows: tuple[Row, ...], chance: Random) -> tuple[Row, ...]:
    mixed = list(rows)
    chance.shuffle(mixed)
    return tuple(mixed)
