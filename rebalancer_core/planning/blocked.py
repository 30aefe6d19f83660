"""Blocked is not nothing to do: which reasons stop a trade that is wanted, and which say it is not.

A trade is wanted where its row has an order, or would have one but for a blocking reason. Want of
cash, the leverage cap, a trade below the minimum order and a holding that is kept block nothing:
tomorrow's run would say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from attrs import frozen

from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.plan import Action, Plan, PlanRow, Reason


class BlockedBy(Enum):
    """What stands between a wanted trade and its order."""

    PRICE = "price"
    HOURS = "hours"
    LIMIT = "limit"
    OPEN_ORDER = "open order"
    WHAT_IF = "refused what-if"
    READ_ONLY_API = "Read-Only API"


# Every reason, so that a new one is decided about; None = it blocks nothing. A cut sell follows
# from a buy that is blocked, which has a row of its own.
BLOCKED_BY: Mapping[Reason, BlockedBy | None] = MappingProxyType(
    {
        Reason.NO_PRICE: BlockedBy.PRICE,
        Reason.PRICE_BLOCKED: BlockedBy.PRICE,
        Reason.MARKET_CLOSED: BlockedBy.HOURS,
        Reason.LIMIT: BlockedBy.LIMIT,
        Reason.OPEN_ORDER_PENDING: BlockedBy.OPEN_ORDER,
        Reason.REFUSED_BY_BROKER: BlockedBy.WHAT_IF,
        Reason.READ_ONLY_API: BlockedBy.READ_ONLY_API,
        Reason.WITHIN_BAND: None,
        Reason.PORTFOLIO_WITHIN_BAND: None,
        Reason.BELOW_MINIMUM_ORDER: None,
        Reason.BELOW_MINIMUM_IMPROVEMENT: None,
        Reason.ROUNDS_TO_ZERO: None,
        Reason.NO_CASH_LEFT: None,
        Reason.LEVERAGE_CAP: None,
        Reason.HOLD: None,
        Reason.NO_BUY: None,
        Reason.NO_SELL: None,
        Reason.KEPT_UNLISTED: None,
        Reason.NOT_MANAGED: None,
        Reason.SELL_CUT: None,
        Reason.GAVE_BACK: None,
        Reason.BUYS_LEFT_OUT: None,
        Reason.SELLS_LEFT_OUT: None,
        Reason.AMOUNT_SPENT: None,
        Reason.AMOUNT_RAISED: None,
        Reason.SOLD_TO_RAISE: None,
        Reason.IDLE_CASH: None,
        Reason.CASH_FOLLOWS: None,
    }
)


@frozen(kw_only=True)
class BlockedTrades:
    """Wanted trades that one reason blocks; `detail` is what their rows say of it, or empty."""

    symbols: tuple[Symbol, ...]
    reason: Reason
    detail: str = ""


def blocked_by(row: PlanRow) -> BlockedBy | None:
    """What blocks the trade of this row; None where nothing does, or none is wanted.

    >>> blocked_by(PlanRow(symbol=Symbol("VTI"), con_id=None, reason=Reason.MARKET_CLOSED)).value
    'hours'
    >>> blocked_by(PlanRow(symbol=Symbol("VTI"), con_id=None, reason=Reason.NO_CASH_LEFT)) is None
    True
    """
    return None if row.reason is None else BLOCKED_BY[row.reason]


def sendable(plan: Plan) -> tuple[PlanRow, ...]:
    """The rows whose orders nothing blocks."""
    return tuple(
        row for row in plan.rows if row.action is not Action.NONE and blocked_by(row) is None
    )


def blocked_trades(plan: Plan) -> tuple[BlockedTrades, ...]:
    """The wanted trades that are blocked, in the order of the rows, grouped by reason and detail.

    Names of symbols before a detail are left out, so that one reason of several rows is one group.
    """
    groups: dict[tuple[Reason, str], tuple[Symbol, ...]] = {}
    for row in plan.rows:
        if row.reason is not None and blocked_by(row) is not None:
            key = row.reason, _detail(row)
            groups[key] = (*groups.get(key, ()), row.symbol)
    return tuple(
        BlockedTrades(symbols=symbols, reason=reason, detail=detail)
        for (reason, detail), symbols in groups.items()
    )


def is_blocked(plan: Plan) -> bool:
    """Whether trades are wanted, and every one of them is blocked.

    >>> from rebalancer_core.values.instruments import AccountId
    >>> from rebalancer_core.values.money import ONE, ZERO
    >>> from datetime import UTC, datetime
    >>> def plan(*reasons: Reason) -> Plan:
    ...     rows = tuple(
    ...         PlanRow(symbol=Symbol("VTI"), con_id=None, reason=each) for each in reasons
    ...     )
    ...     return Plan(
    ...         account_id=AccountId("DU111111"),
    ...         as_of=datetime(2026, 1, 2, tzinfo=UTC),
    ...         rows=rows,
    ...         orders=(),
    ...         net_liquidation=ONE,
    ...         managed_net_liquidation=ONE,
    ...         cash=ZERO,
    ...         cash_after=ZERO,
    ...         cash_buffer=ZERO,
    ...         cash_floor=ZERO,
    ...         max_leverage=ONE,
    ...         residual_drift_usd=ZERO,
    ...         bound_usd=ZERO,
    ...     )
    >>> is_blocked(plan(Reason.WITHIN_BAND)), is_blocked(plan(Reason.WITHIN_BAND, Reason.NO_PRICE))
    (False, True)
    """
    return not sendable(plan) and any(blocked_by(row) is not None for row in plan.rows)


def _detail(row: PlanRow) -> str:
    own = f"{row.symbol}: "
    return "; ".join(part.removeprefix(own) for part in row.note.split("; "))
