"""What a rule says in the row that it is about: each thing once, beside the reason of the row."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.market.pricing import FROZEN_PRICE
from rebalancer_core.safety.limits import StatedViolation
from rebalancer_core.values.account import QuoteBlock
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.plan import Action, Plan, PlanRow, Reason

# How a sentence about hours begins, behind its symbol; the row names symbol and reason already.
MARKET_CLOSED = "the market is closed, "
# A closed market explains these: the price is the last one before the close. Its age is still said.
_OF_A_CLOSED_MARKET = frozenset({QuoteBlock.FROZEN.value, QuoteBlock.STALE.value, FROZEN_PRICE})


def with_violations(plan: Plan, violations: tuple[StatedViolation, ...]) -> Plan:
    """The plan with each violation about one symbol as that row's reason.

    One of the whole account is the reason of every row with an order that has none of its own; its
    sentence is said once, beside the plan.
    """
    whole = tuple(violation for violation in violations if violation.con_id is None)
    return evolve(
        plan, rows=tuple(_row_with_violations(row, violations, whole) for row in plan.rows)
    )


def in_row(violation: StatedViolation, symbol: Symbol) -> str:
    """What the row of the symbol says of a violation: of a closed market what it does not say yet.

    >>> shut = StatedViolation(
    ...     sentence="VTI: the market is closed, opens Mon", reason=Reason.MARKET_CLOSED
    ... )
    >>> in_row(shut, Symbol("VTI"))
    'opens Mon'
    """
    if violation.reason is not Reason.MARKET_CLOSED:
        return violation.sentence
    return violation.sentence.removeprefix(f"{symbol}: ").removeprefix(MARKET_CLOSED)


def _row_with_violations(
    row: PlanRow, violations: tuple[StatedViolation, ...], whole: tuple[StatedViolation, ...]
) -> PlanRow:
    own = tuple(v for v in violations if v.con_id is not None and v.con_id == row.con_id)
    if own:
        return evolve(row, reason=own[-1].reason, note="; ".join(_notes(row, own)))
    if whole and row.action is not Action.NONE:
        return evolve(row, reason=whole[0].reason)
    return row


def _notes(row: PlanRow, own: tuple[StatedViolation, ...]) -> tuple[str, ...]:
    """The notes of the row and of the rules; where the market is closed the opening comes first."""
    said = tuple(in_row(violation, row.symbol) for violation in own)
    if own[-1].reason is not Reason.MARKET_CLOSED:
        return (row.note, *said) if row.note else said
    notes = (note for note in row.note.split("; ") if note and note not in _OF_A_CLOSED_MARKET)
    return (said[-1], *notes, *said[:-1])
