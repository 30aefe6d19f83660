"""The plan of one account: a pure function of snapshot, quotes, targets and policy."""

from __future__ import annotations

from decimal import Decimal

from returns.result import Result

from rebalancer_core.market.identity import Quotes
from rebalancer_core.planning.decide import decided
from rebalancer_core.planning.decisions import Decisions, PlanWithDecisions
from rebalancer_core.planning.notes import explain_caution
from rebalancer_core.planning.rows import plan_rows, planned_orders
from rebalancer_core.planning.trading_costs import AnyCommissions
from rebalancer_core.planning.warnings import cautions
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.commission import IBKR_FIXED
from rebalancer_core.values.faults import AccountFault
from rebalancer_core.values.flow import REBALANCE, Flow, amount_of
from rebalancer_core.values.plan import NotBuyable, Plan
from rebalancer_core.values.policy import RebalancePolicy
from rebalancer_core.values.portfolios import Targets
from rebalancer_core.values.symbol_rules import SymbolRule


def plan_account(
    *,
    snapshot: AccountSnapshot,
    quotes: Quotes,
    targets: Targets,
    policy: RebalancePolicy,
    not_buyable: tuple[NotBuyable, ...] = (),
    commissions: AnyCommissions = IBKR_FIXED,
    symbol_rules: tuple[SymbolRule, ...] = (),
    flow: Flow = REBALANCE,
) -> Result[Plan, AccountFault]:
    """What this account would trade and why the rest does not, or why it cannot be planned.

    Every position and every target has a row. Quotes may hold more symbols than the account
    needs; `quote_book` indexes them once for many accounts.
    What is `not_buyable` is not bought; sells are then cut, from the smallest drift up, to what
    the other buys and the cash floor need. `commissions` are reserved for, half the spread of each
    quote too; what `Commissions` name for single orders only makes buys smaller. `symbol_rules`
    are at most one a symbol; what they keep from being bought cuts no sell. `flow` invests cash,
    raises some, or leaves one side of the trades out (R 4.11); a `Raise` of more than can be sold
    has no orders, and says the most in `most_raised_usd`.

    >>> from datetime import datetime, timezone
    >>> from decimal import Decimal
    >>> from rebalancer_core.values.account import CashBalance, Quote, QuoteKind
    >>> from rebalancer_core.values.instruments import AccountId, ConId, Symbol
    >>> from rebalancer_core.values.portfolios import Weight
    >>> noon = datetime(2026, 1, 2, 17, tzinfo=timezone.utc)
    >>> plan = plan_account(
    ...     snapshot=AccountSnapshot(
    ...         account_id=AccountId("DU111111"),
    ...         as_of=noon,
    ...         base_currency="USD",
    ...         cash=(CashBalance(currency="USD", amount=Decimal(10_020)),),
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
        commissions=commissions,
        symbol_rules=symbol_rules,
        flow=flow,
    ).map(_plan_alone)


def plan_with_decisions(
    *,
    snapshot: AccountSnapshot,
    quotes: Quotes,
    targets: Targets,
    policy: RebalancePolicy,
    not_buyable: tuple[NotBuyable, ...] = (),
    commissions: AnyCommissions = IBKR_FIXED,
    symbol_rules: tuple[SymbolRule, ...] = (),
    flow: Flow = REBALANCE,
) -> Result[PlanWithDecisions, AccountFault]:
    """The same plan as of `plan_account`, with what was decided on the way, for `explanations`."""

    def planned(decisions: Decisions) -> PlanWithDecisions:
        plan = _plan(decisions, snapshot, targets, policy)
        return PlanWithDecisions(plan=plan, decisions=decisions)

    return decided(
        snapshot=snapshot,
        quotes=quotes,
        targets=targets,
        policy=policy,
        not_buyable=not_buyable,
        commissions=commissions,
        symbol_rules=symbol_rules,
        flow=flow,
    ).map(planned)


def _plan_alone(planned: PlanWithDecisions) -> Plan:
    return planned.plan


def _plan(
    decided: Decisions, snapshot: AccountSnapshot, targets: Targets, policy: RebalancePolicy
) -> Plan:
    valuation = decided.valuation
    rows = plan_rows(snapshot, decided)
    dollars = valuation.units.dollars
    return Plan(
        account_id=snapshot.account_id,
        as_of=snapshot.as_of,
        rows=rows,
        orders=planned_orders(rows),
        net_liquidation=dollars(valuation.net_liquidation),
        managed_net_liquidation=dollars(valuation.managed),
        cash=dollars(valuation.cash),
        cash_after=dollars(decided.cash_after),
        cash_buffer=dollars(decided.floor.buffer),
        cash_floor=dollars(decided.floor.floor),
        max_leverage=policy.max_leverage,
        residual_drift_usd=dollars(decided.residual),
        bound_usd=dollars(decided.bound),
        best_closer_usd=dollars(decided.sized.best_closer),
        reserve_usd=dollars(decided.reserve),
        foreign_debt_usd=dollars(valuation.debt),
        cap_missed_usd=dollars(decided.deleveraging.missed),
        inside_band_sells=tuple(
            sorted(sell.holding.symbol for sell in decided.deleveraging.sells if not sell.wanted)
        ),
        asked_cash_weight=targets.cash,
        warnings=tuple(explain_caution(each) for each in cautions(snapshot, decided, policy)),
        flow=decided.flow,
        set_aside_usd=dollars(valuation.set_aside),
        set_aside_short_usd=dollars(valuation.set_aside_short),
        most_raised_usd=_most_raised(decided),
    )


def _most_raised(decided: Decisions) -> Decimal | None:
    """The most that can be raised, where that is less than is asked for."""
    if decided.raising is None or not decided.raising.short:
        return None
    units = decided.valuation.units
    return units.dollars(max(0, units.of(amount_of(decided.flow)) - decided.raising.short))
