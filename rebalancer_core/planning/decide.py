"""All that a plan decides: targets under the cap, triggers, lots, and what the cap asks to sell."""

from __future__ import annotations

from attrs import evolve, frozen
from returns.result import Result, Success

from rebalancer_core.market.identity import QuoteBook, Quotes, quote_book
from rebalancer_core.planning.decisions import Decisions
from rebalancer_core.planning.deleveraging import deleveraging
from rebalancer_core.planning.foreign_cash import debts_of_unknown_rate
from rebalancer_core.planning.leverage import (
    CashFloor,
    cash_floor,
    most_gross,
    scaled_to_leverage,
)
from rebalancer_core.planning.note_facts import RateUnknown
from rebalancer_core.planning.notes import row_note
from rebalancer_core.planning.sizing.exact_units import part
from rebalancer_core.planning.sizing.refitting import shrunk
from rebalancer_core.planning.sizing.sizing import Sized, sized_plan
from rebalancer_core.planning.trading_costs import AnyCommissions
from rebalancer_core.planning.triggers import Screening, screening
from rebalancer_core.planning.valuation import Valuation, value_account
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.commission import Commissions
from rebalancer_core.values.faults import AccountFault
from rebalancer_core.values.money import ONE
from rebalancer_core.values.plan import NotBuyable, Reason
from rebalancer_core.values.policy import RebalancePolicy
from rebalancer_core.values.portfolios import Targets
from rebalancer_core.values.symbol_rules import SymbolRule

# The costs of fewer buys are less, so one round is nearly always enough.
_ROUNDS = 3


@frozen(kw_only=True)
class _Rules:
    """What screens the holdings of a valuation: rules of the account, of contracts, of symbols."""

    policy: RebalancePolicy
    not_buyable: tuple[NotBuyable, ...]
    symbol_rules: tuple[SymbolRule, ...]

    def screened(self, valuation: Valuation, *, costs: int | None = None) -> Screening:
        return screening(valuation, self.policy, self.not_buyable, self.symbol_rules, costs=costs)


def decided(
    *,
    snapshot: AccountSnapshot,
    quotes: Quotes,
    targets: Targets,
    policy: RebalancePolicy,
    not_buyable: tuple[NotBuyable, ...],
    commissions: AnyCommissions,
    certify: bool = True,
    symbol_rules: tuple[SymbolRule, ...] = (),
) -> Result[Decisions, AccountFault]:
    """What is decided about one account, or why it cannot be planned.

    Without `certify` all is decided alike, but not how far from the best it may be.
    """
    book = quote_book(quotes)
    rules = _Rules(
        policy=policy,
        not_buyable=(*_while_debt_is_unknown(snapshot, book), *not_buyable),
        symbol_rules=symbol_rules,
    )

    def valued(
        scaled: Targets, rates: AnyCommissions, asked: Targets | None = None
    ) -> Result[Valuation, AccountFault]:
        return value_account(
            snapshot=snapshot,
            quotes=book,
            targets=scaled,
            policy=policy,
            commissions=rates,
            asked_cash=None if asked is None else asked.cash,
        )

    def with_targets(first: Valuation, rates: AnyCommissions) -> Result[Decisions, AccountFault]:
        scaled = scaled_to_leverage(targets, most_gross(first, policy))
        if scaled == targets:
            return Success(_decided(first, rules, certify=certify))
        return valued(scaled, rates, targets).map(
            lambda second: evolve(_decided(second, rules, certify=certify), asked=targets)
        )

    def with_named(found: Decisions, named: Commissions) -> Result[Decisions, AccountFault]:
        scaled = scaled_to_leverage(targets, most_gross(found.valuation, policy))
        asked = None if found.asked is None else targets
        return valued(scaled, named, asked).map(
            lambda valuation: _fitted_again(found, valuation, rules)
        )

    plain = commissions.rate if isinstance(commissions, Commissions) else commissions
    found = valued(targets, plain).bind(lambda first: with_targets(first, plain))
    if isinstance(commissions, Commissions) and commissions.named:
        named = commissions
        return found.bind(lambda decisions: with_named(decisions, named))
    return found


def _while_debt_is_unknown(snapshot: AccountSnapshot, book: QuoteBook) -> tuple[NotBuyable, ...]:
    """Nothing is bought on leverage that nobody can name."""
    unknown = debts_of_unknown_rate(snapshot)
    if not unknown:
        return ()
    why = row_note(RateUnknown(currencies=tuple(balance.currency for balance in unknown)))
    return tuple(
        NotBuyable(con_id=con_id, why=why, reason=Reason.LEVERAGE_CAP)
        for con_id in book.by_contract
    )


def _decided(valuation: Valuation, rules: _Rules, *, certify: bool) -> Decisions:
    policy, screened = rules.policy, rules.screened(valuation)
    floor, sized = _under_the_cap(valuation, screened, policy, certify=certify)
    return Decisions(
        valuation=valuation,
        floor=floor,
        screened=screened,
        sized=sized,
        deleveraging=deleveraging(valuation, sized, floor, policy, screened.not_sold),
    )


def _under_the_cap(
    valuation: Valuation, screened: Screening, policy: RebalancePolicy, *, certify: bool
) -> tuple[CashFloor, Sized]:
    """The lots, and the floor that keeps the cap also once net liquidation has paid their costs.

    With a buffer the floor is that of the rules; without one it may be a few dollars higher.
    """
    floor = cash_floor(valuation, policy)
    for _ in range(_ROUNDS):
        sized = sized_plan(valuation, screened, floor.floor, policy, certify=certify)
        for_costs = part(sized.costs, policy.max_leverage - ONE)
        if not sized.has_buys or valuation.cash + sized.brought >= floor.cap + for_costs:
            return floor, sized
        floor = evolve(floor, for_costs=for_costs)
    floor = evolve(floor, for_costs=_most_for_costs(screened, policy))
    return floor, sized_plan(valuation, screened, floor.floor, policy, certify=certify)


def _most_for_costs(screened: Screening, policy: RebalancePolicy) -> int:
    every = sum([candidate.cost(candidate.nearest) for candidate in screened.candidates])
    return part(every, policy.max_leverage - ONE)


def _fitted_again(found: Decisions, valuation: Valuation, rules: _Rules) -> Decisions:
    """The same plan at commissions that the broker named: only buys change, and only to fewer."""
    units, sized, policy = valuation.units, found.sized, rules.policy
    # Sells stop where they did, so that the candidates are the same.
    costs = units.of(found.valuation.units.dollars(found.screened.costs))
    screened = rules.screened(valuation, costs=costs)
    floor = evolve(cash_floor(valuation, policy), for_costs=_most_for_costs(screened, policy))
    again = evolve(
        sized,
        candidates=screened.candidates[: len(sized.candidates)],
        bound=units.of(found.valuation.units.dollars(sized.bound)),
        best_closer=units.of(found.valuation.units.dollars(sized.best_closer)),
    )
    if again.has_buys:
        again = shrunk(again, valuation.cash - floor.floor)
    by_symbol = {holding.symbol: holding for holding in valuation.holdings}
    sells = tuple(
        evolve(sell, holding=by_symbol[sell.holding.symbol]) for sell in found.deleveraging.sells
    )
    missed = units.of(found.valuation.units.dollars(found.deleveraging.missed))
    return evolve(
        found,
        valuation=valuation,
        floor=floor,
        screened=screened,
        sized=again,
        deleveraging=evolve(found.deleveraging, sells=sells, missed=missed),
    )
