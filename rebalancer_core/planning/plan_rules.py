"""The rules of one plan: what trades, what no buy goes below, and what idle cash may buy."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.planning.candidate import Candidate
from rebalancer_core.planning.flows import (
    floor_of,
    one_sided,
    rules_of,
    without_bands,
    without_own_bands,
)
from rebalancer_core.planning.leverage import CashFloor
from rebalancer_core.planning.triggers import Screening, screening
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.flow import BuyOnly, Flow, Rebalance
from rebalancer_core.values.plan import NotBuyable
from rebalancer_core.values.policy import RebalancePolicy
from rebalancer_core.values.symbol_rules import SymbolRule


@frozen(kw_only=True)
class PlanRules:
    """What screens the holdings of a valuation: rules of the account, of contracts, of symbols."""

    asked: RebalancePolicy
    not_buyable: tuple[NotBuyable, ...]
    symbol_rules: tuple[SymbolRule, ...]
    flow: Flow
    certify: bool = True

    @property
    def policy(self) -> RebalancePolicy:
        """The rules that the cash flow goes by."""
        return rules_of(self.flow, self.asked)

    def screened(self, valuation: Valuation, *, costs: int | None = None) -> Screening:
        """What trades, and what the flow leaves out of it."""
        if self.policy is not self.asked:
            screened = self._whatever_the_bands(valuation)
        else:
            screened = screening(
                valuation, self.asked, self.not_buyable, self.symbol_rules, costs=costs
            )
        over_cap = max(0, self.floor(valuation).cap - valuation.cash)
        return one_sided(screened, self.flow, valuation.units.dollars(over_cap))

    def floor(self, valuation: Valuation) -> CashFloor:
        """What no buy goes below."""
        return floor_of(valuation, self.asked, self.flow)

    def idle_buys(self, valuation: Valuation) -> tuple[Candidate, ...] | None:
        """What idle cash may buy, by priority; None where it is not deployed."""
        if not (self.asked.deploy_idle_cash and isinstance(self.flow, Rebalance | BuyOnly)):
            return None
        every = self._whatever_the_bands(valuation)
        return tuple(each for each in every.candidates if each.holding.gap > 0)

    def _whatever_the_bands(self, valuation: Valuation) -> Screening:
        return screening(
            valuation,
            without_bands(self.asked),
            self.not_buyable,
            without_own_bands(self.symbol_rules),
        )
