"""The broker's margin preview of one order, as a value of the core; "unset" stops here."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_adapters.ib.library import OrderState
from rebalancer_adapters.ib.numbers import to_figure, to_number
from rebalancer_core.values.margin import MarginEffect, Shift


def to_margin_effect(state: OrderState) -> MarginEffect | None:
    """The effect that an openOrder message of a what-if order names, or None where it names none.

    TWS answers twice, at first with every figure unset (ib_insync #380).

    >>> to_margin_effect(OrderState(initMarginBefore="1.7976931348623157E308")) is None
    True
    """
    effect = MarginEffect(
        initial=_shift(state.initMarginBefore, state.initMarginChange),
        maintenance=_shift(state.maintMarginBefore, state.maintMarginChange),
        equity_with_loan=_shift(state.equityWithLoanBefore, state.equityWithLoanChange),
        commission=_commission(state),
        commission_currency=state.commissionCurrency,
    )
    figures = (effect.initial, effect.maintenance, effect.equity_with_loan, effect.commission)
    return effect if any(figure is not None for figure in figures) else None


def _shift(before: str, change: str) -> Shift | None:
    known, moved = to_figure(before), to_figure(change)
    return None if known is None or moved is None else Shift(before=known, change=moved)


def _commission(state: OrderState) -> Decimal | None:
    exact = to_number(state.commission)
    return exact if exact is not None else to_number(state.maxCommission)
