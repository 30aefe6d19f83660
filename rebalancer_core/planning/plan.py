"""The plan of one account: a pure function of snapshot, quotes, targets and policy."""

from __future__ import annotations

from returns.result import Result

from rebalancer_core.planning.decisions import Decisions, PlanWithDecisions
from rebalancer_core.planning.leverage import cash_floor
from rebalancer_core.planning.notes import explain_caution
from rebalancer_core.planning.rows import plan_rows, planned_orders
from rebalancer_core.planning.sizing.sizing import sized_plan
from rebalancer_core.planning.triggers import screening
from rebalancer_core.planning.valuation import Valuation, value_account
from rebalancer_core.planning.warnings import cautions
from rebalancer_core.values.account import AccountSnapshot, Quote, Unpriced
from rebalancer_core.values.faults import AccountFault
from rebalancer_core.values.plan import NotBuyable, Plan
from rebalancer_core.values.policy import RebalancePolicy
from rebalancer_core.values.portfolios import Targets


def plan_account(
    *,
    snapshot: AccountSnapshot,
    quotes: tuple[Quote | Unpriced, ...],
    targets: Targets,
    policy: RebalancePolicy,
    not_buyable: tuple[NotBuyable, ...] = (),
) -> Result[Plan, AccountFault]:
    """What this account would trade and why the rest does not, or why it cannot be planned.

    Every position and every target has a row. Quotes may hold more symbols than the account needs.
    What is `not_buyable` is not bought; sells are then cut, from the smallest drift up, to what
    the other buys and the cash floor need.

    >>> from datetime import datetime, timezone
    >>> from decimal import Decimal
    >>> from rebalancer_core.values.account import CashBalance, QuoteKind
    >>> from rebalancer_core.values.instruments import AccountId, ConId, Symbol
    >>> from rebalancer_core.values.portfolios import Weight
    >>> noon = datetime(2026, 1, 2, 17, tzinfo=timezone.utc)
    >>> plan = plan_account(
    ...     snapshot=AccountSnapshot(
    ...         account_id=AccountId("DU111111"),
    ...         as_of=noon,
    ...         base_currency="USD",
    ...         cash=(CashBalance(currency="USD", amount=Decimal(10_000)),),
    ...         positions=(),
    ...     ),
    ...     quotes=(
    ...         Quote(
    ...             con_id=ConId(756733),
    ...             symbol=Symbol("SPY"),
    ...             price=Decimal(600),
    ...             kind=QuoteKind.LAST,
    ...             as_of=noon,
    ...         ),
    ...     ),
    ...     targets=Targets(
    ...         weights=(Weight(symbol=Symbol("SPY"), fraction=Decimal("0.6")),),
    ...         cash=Decimal("0.4"),
    ...     ),
    ...     policy=RebalancePolicy(),
    ... ).unwrap()
    >>> [(order.side.value, str(order.quantity), order.symbol) for order in plan.orders]
    [('BUY', '10', 'SPY')]
    """
    return plan_with_decisions(
        snapshot=snapshot,
        quotes=quotes,
        targets=targets,
        policy=policy,
        not_buyable=not_buyable,
    ).map(_plan_alone)


def plan_with_decisions(
    *,
    snapshot: AccountSnapshot,
    quotes: tuple[Quote | Unpriced, ...],
    targets: Targets,
    policy: RebalancePolicy,
    not_buyable: tuple[NotBuyable, ...] = (),
) -> Result[PlanWithDecisions, AccountFault]:
    """The same plan as of `plan_account`, with what was decided on the way, for `explanations`."""

    def planned(valuation: Valuation) -> PlanWithDecisions:
        decided = _decided(valuation, policy, not_buyable)
        return PlanWithDecisions(plan=_plan(decided, snapshot, targets, policy), decisions=decided)

    return value_account(snapshot=snapshot, quotes=quotes, targets=targets, policy=policy).map(
        planned
    )


def _plan_alone(planned: PlanWithDecisions) -> Plan:
    return planned.plan


def _decided(
    valuation: Valuation, policy: RebalancePolicy, not_buyable: tuple[NotBuyable, ...]
) -> Decisions:
    floor = cash_floor(valuation, policy)
    screened = screening(valuation, policy, not_buyable)
    sized = sized_plan(valuation, screened, floor.floor, policy)
    return Decisions(valuation=valuation, floor=floor, screened=screened, sized=sized)


def _plan(
    decided: Decisions, snapshot: AccountSnapshot, targets: Targets, policy: RebalancePolicy
) -> Plan:
    valuation, sized = decided.valuation, decided.sized
    rows = plan_rows(snapshot, decided, targets.cash)
    dollars = valuation.units.dollars
    return Plan(
        account_id=snapshot.account_id,
        as_of=snapshot.as_of,
        rows=rows,
        orders=planned_orders(rows),
        net_liquidation=dollars(valuation.net_liquidation),
        managed_net_liquidation=dollars(valuation.managed),
        cash=dollars(valuation.cash),
        cash_after=dollars(sized.cash_after),
        cash_buffer=dollars(decided.floor.buffer),
        cash_floor=dollars(decided.floor.floor),
        max_leverage=policy.max_leverage,
        residual_drift_usd=dollars(_residual(decided)),
        bound_usd=dollars(sized.bound),
        best_closer_usd=dollars(sized.best_closer),
        warnings=tuple(explain_caution(each) for each in cautions(snapshot, decided, policy)),
    )


def _residual(decided: Decisions) -> int:
    left = sum([abs(holding.gap) for holding in decided.valuation.holdings])
    for candidate, moved in zip(decided.sized.candidates, decided.sized.moved, strict=True):
        gap = abs(candidate.holding.gap)
        left += abs(gap - moved) - gap
    return left
