"""Every account of a snapshot planned in one call: the front door of the library."""

from __future__ import annotations

from typing import TypeAlias

from returns.result import Result

from rebalancer_core.market.identity import quote_book
from rebalancer_core.planning.plan import plan_account
from rebalancer_core.planning.targets import blended_targets
from rebalancer_core.values.account import Snapshot
from rebalancer_core.values.faults import AccountFault
from rebalancer_core.values.plan import NotBuyable, Plan
from rebalancer_core.values.policy import RebalancePolicy
from rebalancer_core.values.portfolios import Blend, ModelPortfolio
from rebalancer_core.values.symbol_rules import SymbolRule

Plans: TypeAlias = tuple[Result[Plan, AccountFault], ...]


def plan_snapshot(
    *,
    snapshot: Snapshot,
    portfolios: tuple[ModelPortfolio, ...],
    blend: Blend,
    policy: RebalancePolicy,
    not_buyable: tuple[NotBuyable, ...] = (),
    symbol_rules: tuple[SymbolRule, ...] = (),
) -> Plans:
    """One result an account, in the order of the snapshot: its plan, or why it has none.

    A plan and a fault both name their `account_id`. One account's fault is its own: the others are
    planned. All have the same targets (`portfolios` by the shares of `blend`) and the same rules,
    and see the same prices, `snapshot.quotes`. Money is US dollars, weights are fractions, bands
    basis points. Each plan is that of `plan_account`; docs/library.md tells how to read it.

    Raises KeyError where `blend` names a model that is not among the `portfolios`.

    >>> from datetime import datetime, timezone
    >>> from decimal import Decimal
    >>> from rebalancer_core.values.account import AccountSnapshot, CashBalance, Quote, QuoteKind
    >>> from rebalancer_core.values.instruments import AccountId, ConId, Symbol
    >>> from rebalancer_core.values.portfolios import ModelShare, Weight
    >>> noon, SPY = datetime(2026, 1, 2, 17, tzinfo=timezone.utc), Symbol("SPY")
    >>> def account(account_id: str, dollars: int) -> AccountSnapshot:
    ...     return AccountSnapshot(
    ...         account_id=AccountId(account_id),
    ...         as_of=noon,
    ...         base_currency="USD",
    ...         cash=(CashBalance(currency="USD", amount=Decimal(dollars)),),
    ...         positions=(),
    ...     )
    >>> price = Quote(
    ...     con_id=ConId(756733), symbol=SPY, price=Decimal(600), kind=QuoteKind.LAST, as_of=noon
    ... )
    >>> core = ModelPortfolio(
    ...     name="core",
    ...     weights=(Weight(symbol=SPY, fraction=Decimal("0.6")),),
    ...     cash=Decimal("0.4"),
    ... )
    >>> funded, empty = plan_snapshot(
    ...     snapshot=Snapshot(
    ...         as_of=noon,
    ...         accounts=(account("DU111111", 10_020), account("DU222222", 0)),
    ...         quotes=(price,),
    ...     ),
    ...     portfolios=(core,),
    ...     blend=Blend(shares=(ModelShare(name="core", fraction=Decimal(1)),)),
    ...     policy=RebalancePolicy(),
    ... )
    >>> [(order.side.value, str(order.quantity)) for order in funded.unwrap().orders]
    [('BUY', '10')]
    >>> fault = empty.failure()
    >>> type(fault).__name__, fault.account_id
    ('NothingToManage', 'DU222222')
    """
    targets = blended_targets(portfolios, blend)
    book = quote_book(snapshot.quotes)
    return tuple(
        plan_account(
            snapshot=account,
            quotes=book,
            targets=targets,
            policy=policy,
            not_buyable=not_buyable,
            symbol_rules=symbol_rules,
        )
        for account in snapshot.accounts
    )
