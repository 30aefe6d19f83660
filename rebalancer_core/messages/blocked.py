"""Why nothing of what a plan wants could be sent: one sentence for each reason, symbols first."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.planning.blocked import BlockedTrades, blocked_trades, is_blocked
from rebalancer_core.safety.limits import StatedViolation
from rebalancer_core.safety.row_reasons import in_row
from rebalancer_core.values.first_connection import FirstConnection
from rebalancer_core.values.plan import Action, Plan, PlanRow, Reason


def why_blocked(plan: Plan, breaches: tuple[StatedViolation, ...] = ()) -> tuple[str, ...]:
    """The sentences of a plan whose wanted trades are all blocked; empty for every other plan.

    `breaches` are those that the rows of the plan name as reasons: what is about the whole account
    is said first, once.
    """
    if not is_blocked(plan):
        return ()
    whole = tuple(breach.sentence for breach in breaches if breach.con_id is None)
    about = {breach.con_id for breach in breaches}
    # An order that only a breach of the whole account stops is told with that.
    rows = tuple(
        _with_breaches(row, breaches)
        for row in plan.rows
        if not whole or row.action is Action.NONE or row.con_id in about
    )
    return (*whole, *map(explain_blocked, blocked_trades(evolve(plan, rows=rows))))


def explain_blocked(trades: BlockedTrades) -> str:
    """Which symbols, why, and what their rows say of it.

    >>> from rebalancer_core.values.instruments import Symbol
    >>> symbols = (Symbol("VTI"), Symbol("BND"))
    >>> explain_blocked(BlockedTrades(symbols=symbols, reason=Reason.NO_PRICE, detail="halted"))
    'VTI, BND: no price (halted; see docs/first-connection.md, 4)'
    """
    why, detail = trades.reason.value, trades.detail
    if _is_about_market_data(trades):
        place = FirstConnection.MARKET_DATA.place
        detail = f"{detail}; {place}" if detail else place
    return f"{', '.join(trades.symbols)}: {f'{why} ({detail})' if detail else why}"


def _is_about_market_data(trades: BlockedTrades) -> bool:
    """Whether the login may lack live data: no price came, or a delayed one."""
    is_delayed = trades.reason is Reason.PRICE_BLOCKED and "delayed" in trades.detail
    return trades.reason is Reason.NO_PRICE or is_delayed


def blocked(why: tuple[str, ...]) -> str:
    """The error of an account whose wanted trades are all blocked.

    >>> blocked(("VTI: no price", "BND: market closed"))
    'blocked: VTI: no price; BND: market closed'
    """
    return f"blocked: {'; '.join(why)}"


def _with_breaches(row: PlanRow, breaches: tuple[StatedViolation, ...]) -> PlanRow:
    """The row with what stops it alone; its own note is about its size, too."""
    own = tuple(
        in_row(breach, row.symbol)
        for breach in breaches
        if breach.con_id is not None and breach.con_id == row.con_id
    )
    return evolve(row, note="; ".join(own)) if own else row
