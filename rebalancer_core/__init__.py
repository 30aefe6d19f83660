"""Pure core: decides what to trade and what became of it; it does no I/O and reads no clock.

What a notebook or another program needs is importable from here (docs/library.md). A name is loaded
when it is first asked for, so that a program pays for what it uses.

>>> from decimal import Decimal
>>> from rebalancer_core import RebalancePolicy
>>> RebalancePolicy(min_order_usd=Decimal(250)).min_order_usd
Decimal('250')
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rebalancer_core.market.identity import QuoteBook, quote_book
    from rebalancer_core.market.pricing import quote
    from rebalancer_core.messages import explain
    from rebalancer_core.messages.explanation import sentences
    from rebalancer_core.planning.blocked import (
        BlockedBy,
        BlockedTrades,
        blocked_by,
        blocked_trades,
        is_blocked,
    )
    from rebalancer_core.planning.decisions import PlanWithDecisions
    from rebalancer_core.planning.explain import Explanation, explanations
    from rebalancer_core.planning.leverage import scaled_to_leverage
    from rebalancer_core.planning.plan import plan_account, plan_with_decisions
    from rebalancer_core.planning.quantities import AccountToPlan, plan_many, plan_quantities
    from rebalancer_core.planning.refit import refit_buys
    from rebalancer_core.planning.snapshots import plan_snapshot
    from rebalancer_core.planning.targets import Contribution, blended_targets, contributions
    from rebalancer_core.values.account import (
        AccountSnapshot,
        CashBalance,
        DataType,
        MarketObservation,
        OpenOrder,
        Position,
        Quote,
        QuoteBlock,
        QuoteKind,
        Snapshot,
        Unpriced,
    )
    from rebalancer_core.values.commission import CommissionRate, Commissions
    from rebalancer_core.values.drift import drift
    from rebalancer_core.values.faults import AccountFault
    from rebalancer_core.values.instruments import AccountId, ConId, Symbol
    from rebalancer_core.values.plan import (
        Action,
        NotBuyable,
        Plan,
        PlannedOrder,
        PlanRow,
        Reason,
        Side,
    )
    from rebalancer_core.values.policy import (
        BandRule,
        CashBufferType,
        Destination,
        PricingPolicy,
        RebalancePolicy,
        SafetyPolicy,
        Sizing,
        TriggerMode,
        UnlistedPositions,
    )
    from rebalancer_core.values.portfolios import Blend, ModelPortfolio, ModelShare, Targets, Weight
    from rebalancer_core.values.symbol_rules import SymbolRule

__all__ = [
    "AccountFault",
    "AccountId",
    "AccountSnapshot",
    "AccountToPlan",
    "Action",
    "BandRule",
    "Blend",
    "BlockedBy",
    "BlockedTrades",
    "CashBalance",
    "CashBufferType",
    "CommissionRate",
    "Commissions",
    "ConId",
    "Contribution",
    "DataType",
    "Destination",
    "Explanation",
    "MarketObservation",
    "ModelPortfolio",
    "ModelShare",
    "NotBuyable",
    "OpenOrder",
    "Plan",
    "PlanRow",
    "PlanWithDecisions",
    "PlannedOrder",
    "Position",
    "PricingPolicy",
    "Quote",
    "QuoteBlock",
    "QuoteBook",
    "QuoteKind",
    "Reason",
    "RebalancePolicy",
    "SafetyPolicy",
    "Side",
    "Sizing",
    "Snapshot",
    "Symbol",
    "SymbolRule",
    "Targets",
    "TriggerMode",
    "UnlistedPositions",
    "Unpriced",
    "Weight",
    "blended_targets",
    "blocked_by",
    "blocked_trades",
    "contributions",
    "drift",
    "explain",
    "explanations",
    "is_blocked",
    "plan_account",
    "plan_many",
    "plan_quantities",
    "plan_snapshot",
    "plan_with_decisions",
    "quote",
    "quote_book",
    "refit_buys",
    "scaled_to_leverage",
    "sentences",
]

# The same names for run time, by the module that each comes from.
_HOMES = {
    "rebalancer_core.messages": "explain",
    "rebalancer_core.messages.explanation": "sentences",
    "rebalancer_core.values.faults": "AccountFault",
    "rebalancer_core.planning.blocked": (
        "BlockedBy BlockedTrades blocked_by blocked_trades is_blocked"
    ),
    "rebalancer_core.planning.decisions": "PlanWithDecisions",
    "rebalancer_core.planning.explain": "Explanation explanations",
    "rebalancer_core.planning.leverage": "scaled_to_leverage",
    "rebalancer_core.values.commission": "CommissionRate Commissions",
    "rebalancer_core.values.drift": "drift",
    "rebalancer_core.planning.plan": "plan_account plan_with_decisions",
    "rebalancer_core.market.identity": "QuoteBook quote_book",
    "rebalancer_core.market.pricing": "quote",
    "rebalancer_core.planning.quantities": "AccountToPlan plan_many plan_quantities",
    "rebalancer_core.planning.refit": "refit_buys",
    "rebalancer_core.planning.snapshots": "plan_snapshot",
    "rebalancer_core.planning.targets": "Contribution blended_targets contributions",
    "rebalancer_core.values.account": (
        "AccountSnapshot CashBalance DataType MarketObservation OpenOrder Position Quote "
        "QuoteBlock QuoteKind Snapshot Unpriced"
    ),
    "rebalancer_core.values.instruments": "AccountId ConId Symbol",
    "rebalancer_core.values.plan": "Action NotBuyable Plan PlannedOrder PlanRow Reason Side",
    "rebalancer_core.values.policy": (
        "BandRule CashBufferType Destination PricingPolicy RebalancePolicy SafetyPolicy Sizing "
        "TriggerMode UnlistedPositions"
    ),
    "rebalancer_core.values.portfolios": "Blend ModelPortfolio ModelShare Targets Weight",
    "rebalancer_core.values.symbol_rules": "SymbolRule",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """The public name from its module, from now on an ordinary attribute of this package."""
        for home, names in _HOMES.items():
            if name in names.split():
                value = getattr(import_module(home), name)
                globals()[name] = value
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
