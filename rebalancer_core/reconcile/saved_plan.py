"""A saved plan is sent as it was saved, or not at all: what must still be so when it is applied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_core.market.hours import closing
from rebalancer_core.orders.tickets import OrderStyle
from rebalancer_core.safety.account_moves import AccountMove, holdings_moved
from rebalancer_core.safety.limits import StatedViolation
from rebalancer_core.safety.price_moves import PriceMove, price_moves
from rebalancer_core.values.account import AccountSnapshot, Quote, Snapshot, Unpriced
from rebalancer_core.values.commission import CommissionRate
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Symbol
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import (
    Action,
    NotBuyable,
    Plan,
    PlannedOrder,
    PlanRow,
    Reason,
    Side,
)
from rebalancer_core.values.policy import TradingHours


@frozen(kw_only=True)
class SavedAccount:
    """One account's plan as it was made, and the rules it broke then.

    `portfolios_sha256` is the hash of the portfolios file it was made from.
    """

    plan: Plan
    style: OrderStyle
    portfolios_sha256: str
    breaches: tuple[StatedViolation, ...] = ()


@frozen(kw_only=True)
class LeftOut:
    """An account without a plan: refused by a rule, or not read, for the reason in `error`."""

    account_id: AccountId
    is_refused: bool
    error: str


@frozen(kw_only=True)
class SavedPlan:
    """A plan file: the plans, what they were made from, and until when they hold.

    `settings_sha256` is the hash of the settings file, `rules_sha256` that of the values in force,
    environment and defaults included; `sha256` is the hash of all that the file says.
    """

    program: str
    created: datetime
    expires: datetime
    settings_sha256: str
    rules_sha256: str
    accounts: tuple[SavedAccount, ...]
    left_out: tuple[LeftOut, ...]
    snapshot: Snapshot
    sha256: str = ""

    def made_from(self, account_id: AccountId) -> AccountSnapshot | None:
        """The account as it was when its plan was made; None where the file lacks it."""
        found = tuple(each for each in self.snapshot.accounts if each.account_id == account_id)
        return found[0] if found else None


@frozen(kw_only=True)
class CashShort:
    """USD cash is less than the plan counts with."""

    cash: Decimal
    counted_with: Decimal


@frozen(kw_only=True)
class BuyBlocked:
    """A buy of the plan is blocked by now; `why` is a sentence."""

    symbol: Symbol
    reason: Reason
    why: str


@frozen(kw_only=True)
class AppliedBefore:
    """A run, started at `at` (UTC), sent the orders of this account already."""

    run_id: str
    at: datetime


@frozen(kw_only=True)
class PlanEnded:
    """The plan held until `at` (UTC)."""

    at: datetime


@frozen(kw_only=True)
class CommissionsTooHigh:
    """IBKR names so much commission, USD, that the buys would not leave the cash floor."""

    named: Decimal


Misfit = (
    AccountMove
    | PriceMove
    | CashShort
    | BuyBlocked
    | AppliedBefore
    | PlanEnded
    | CommissionsTooHigh
)


def account_misfits(
    plan: Plan,
    made_from: AccountSnapshot,
    seen: AccountSnapshot,
    quotes: tuple[Quote | Unpriced, ...],
) -> tuple[Misfit, ...]:
    """Why the plan made from `made_from` no longer fits the account; empty while it fits.

    Positions and open orders must be the same, USD cash no less than the plan counts with, and the
    prices of ordered symbols fit for trading and within a percent.
    """
    return (
        *holdings_moved(made_from, seen),
        *_cash_misfit(plan, seen),
        *price_moves(plan, quotes),
    )


def not_buyable_now(plan: Plan, not_buyable: tuple[NotBuyable, ...]) -> tuple[BuyBlocked, ...]:
    """The buys of the plan that are blocked by now."""
    blocked = {each.con_id: each for each in not_buyable}
    return tuple(
        BuyBlocked(symbol=order.symbol, reason=found.reason, why=found.why)
        for order in plan.orders
        if order.side is Side.BUY and (found := blocked.get(order.con_id)) is not None
    )


def commissions_misfit(
    plan: Plan, rate: CommissionRate, named: Mapping[ConId, Decimal]
) -> tuple[CommissionsTooHigh, ...]:
    """Whether the commissions `named` for orders of the plan leave less cash than the floor."""
    more = sum(
        (
            max(ZERO, named[order.con_id] - rate.estimate(order.quantity))
            for order in plan.orders
            if order.con_id in named
        ),
        ZERO,
    )
    left = plan.cash_after - plan.reserve_usd - more
    buys = any(order.side is Side.BUY for order in plan.orders)
    if not more or not buys or left >= plan.cash_floor:
        return ()
    return (CommissionsTooHigh(named=sum(named.values(), ZERO)),)


def end_of_trading(
    plan: Plan, listings: tuple[Listing, ...], hours: TradingHours, now: datetime
) -> datetime | None:
    """When the first of the ordered symbols closes at the next close after `now` (UTC).

    None where there are no orders, or the broker named no hours.
    """
    ordered = {order.con_id for order in plan.orders}
    closes = (closing(each, hours, now) for each in listings if each.con_id in ordered)
    known = tuple(close for close in closes if close is not None)
    return min(known) if known else None


def is_as_shown(plan: Plan) -> bool:
    """Whether the orders are those of the rows that people read, no more and no less."""
    trading = tuple(row for row in plan.rows if row.action is not Action.NONE)
    shown = frozenset(order for row in trading for order in _order_of(row))
    return len(plan.orders) == len(trading) and frozenset(plan.orders) == shown


def _order_of(row: PlanRow) -> tuple[PlannedOrder, ...]:
    if row.con_id is None or row.price is None or row.price <= ZERO:
        return ()
    return (
        PlannedOrder(
            con_id=row.con_id,
            symbol=row.symbol,
            side=Side.BUY if row.action is Action.BUY else Side.SELL,
            quantity=row.quantity,
            price=row.price,
        ),
    )


def _cash_misfit(plan: Plan, seen: AccountSnapshot) -> tuple[CashShort, ...]:
    counted_with = plan.cash + plan.set_aside_usd
    if seen.usd_cash >= counted_with:
        return ()
    return (CashShort(cash=seen.usd_cash, counted_with=counted_with),)
