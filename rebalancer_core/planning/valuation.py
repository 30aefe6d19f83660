"""What the account is worth, and how far each holding is from its target, in exact units."""

from __future__ import annotations

from decimal import Decimal
from itertools import repeat

from attrs import frozen
from returns.result import Failure, Result, Success

from rebalancer_core.market.identity import (
    QuoteBook,
    Quotes,
    held_positions,
    left_out,
    quote_book,
)
from rebalancer_core.planning.foreign_cash import debts, foreign_cash
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.sizing.exact_units import (
    ExactUnit,
    decimals,
    part,
    parts,
    unit_of_decimals,
)
from rebalancer_core.planning.trading_costs import AnyCommissions, amounts_of_costs, lot_costs
from rebalancer_core.values.account import AccountSnapshot, Position, Quote
from rebalancer_core.values.commission import NO_COMMISSION
from rebalancer_core.values.faults import AccountFault, NothingToManage, UnlistedHolding
from rebalancer_core.values.flow import REBALANCE, Flow, amount_of
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.policy import RebalancePolicy, UnlistedPositions
from rebalancer_core.values.portfolios import Targets

FRACTIONAL_LOT = Decimal("0.0001")
# A tolerance of one basis point is then a whole number of units too.
_BASIS_POINT_DECIMALS = 4


@frozen(kw_only=True)
class Kept:
    """A holding that is not in portfolios.csv and stays: no weight or drift counts it."""

    position: Position
    quote: Quote


@frozen(kw_only=True)
class Valuation:
    """The account in units; `managed` net liquidation leaves the `kept` holdings out.

    `left_out` are positions that are no USD stock or ETF: no figure counts them.

    `holdings` come by priority: largest |gap| first, then by symbol. `cash_target` is that of the
    targets that drift is measured by, `asked_cash_target` the one before leverage scaling. `debt`
    is foreign cash that is owed: it counts for the leverage cap alone, as does `worth_for_cap`.
    `cash` and all that is made of it is without what is `set_aside`; `set_aside_short` is what is
    missing to set_aside_usd.
    """

    units: ExactUnit
    lot: Decimal
    cash: int
    cash_weight: Decimal
    cash_target: int
    asked_cash_target: int
    debt: int
    managed: int
    net_liquidation: int
    holdings: tuple[Holding, ...]
    kept: tuple[Kept, ...]
    left_out: tuple[Position, ...]
    set_aside: int = 0
    set_aside_short: int = 0

    @property
    def worth_for_cap(self) -> int:
        """Net liquidation less foreign debt: what `max_leverage` is a multiple of."""
        return self.net_liquidation - self.debt

    @property
    def cash_gap(self) -> int:
        """Target - cash, in units."""
        return self.cash_target - self.cash


def value_account(
    *,
    snapshot: AccountSnapshot,
    quotes: Quotes,
    targets: Targets,
    policy: RebalancePolicy,
    commissions: AnyCommissions = NO_COMMISSION,
    asked_cash: Decimal | None = None,
    flow: Flow = REBALANCE,
) -> Result[Valuation, AccountFault]:
    """The account valued; fails where it cannot be, or where nothing is left to manage.

    `asked_cash` is the CASH target before the `targets` were scaled to the leverage cap, None where
    they were not. The amount of the `flow` is a whole number of the units.
    """
    book = quote_book(quotes)
    listed = {w.symbol: w.fraction for w in targets.weights}

    def valued(held: dict[Symbol, Position]) -> Result[Valuation, AccountFault]:
        unlisted = sorted([symbol for symbol in held if symbol not in listed])
        if unlisted and policy.unlisted_positions is UnlistedPositions.ABORT:
            return Failure(UnlistedHolding(account_id=snapshot.account_id, symbols=tuple(unlisted)))
        keep = policy.unlisted_positions is UnlistedPositions.KEEP
        valuation = _valuation(
            snapshot=snapshot,
            policy=policy,
            commissions=commissions,
            amount=amount_of(flow),
            cash_weights=(targets.cash, targets.cash if asked_cash is None else asked_cash),
            held=held,
            weights=listed if keep else listed | dict.fromkeys(unlisted, ZERO),
            book=book,
        )
        least = min(valuation.managed, valuation.worth_for_cap)
        if least <= 0:
            return Failure(_nothing_to_manage(snapshot, valuation.units.dollars(least)))
        return Success(valuation)

    return held_positions(snapshot, book, listed).bind(valued)


def _kept(positions: list[Position], book: QuoteBook) -> tuple[Kept, ...]:
    quotes = [book.by_contract[position.con_id] for position in positions]
    return tuple(
        Kept(position=position, quote=quote)
        for position, quote in zip(positions, quotes, strict=True)
        if isinstance(quote, Quote)
    )


def _nothing_to_manage(snapshot: AccountSnapshot, net_liquidation: Decimal) -> NothingToManage:
    return NothingToManage(
        account_id=snapshot.account_id,
        net_liquidation=net_liquidation,
        foreign_cash=foreign_cash(snapshot),
    )


def _valuation(
    *,
    snapshot: AccountSnapshot,
    policy: RebalancePolicy,
    commissions: AnyCommissions,
    amount: Decimal,
    cash_weights: tuple[Decimal, Decimal],
    held: dict[Symbol, Position],
    weights: dict[Symbol, Decimal],
    book: QuoteBook,
) -> Valuation:
    kept = _kept([held[symbol] for symbol in sorted(held) if symbol not in weights], book)
    lot = FRACTIONAL_LOT if policy.allow_fractional else ONE
    symbols = sorted(weights)
    positions = [held.get(symbol) for symbol in symbols]
    quotes = [
        book.by_symbol.get(symbol) if position is None else book.by_contract[position.con_id]
        for symbol, position in zip(symbols, positions, strict=True)
    ]
    quantities = [ZERO if position is None else position.quantity for position in positions]
    dollars = [q.price if isinstance(q, Quote) else ZERO for q in quotes]
    units = _units(
        snapshot=snapshot,
        policy=policy,
        prices=[
            *dollars,
            *(k.quote.price for k in kept),
            *amounts_of_costs(quotes, commissions),
            *(owed := debts(snapshot)),
            amount,
        ],
        weights=(*weights.values(), *cash_weights),
        lot=lot,
    )
    prices = units.of_each(dollars)
    values = parts(prices, quantities)
    asked_aside, read = units.of(policy.set_aside_usd), units.of(snapshot.usd_cash)
    aside = min(asked_aside, max(0, read))
    cash = read - aside
    managed = cash + sum(values)
    wanted = parts(repeat(managed), [weights[s] for s in symbols])
    gaps = [target - value for target, value in zip(wanted, values, strict=True)]
    lot_values = prices if lot is ONE else parts(prices, repeat(lot, len(prices)))
    costs_of_lots = lot_costs(quotes, lot_values, lot, units, commissions)
    holdings = [
        Holding(
            symbol=symbol,
            held=quantity,
            quote=quote,
            weight=weights[symbol],
            gap=gap,
            lot_value=lot_value,
            costs=costs,
        )
        for (symbol, quantity), quote, gap, lot_value, costs in zip(
            zip(symbols, quantities, strict=True),
            quotes,
            gaps,
            lot_values,
            costs_of_lots,
            strict=True,
        )
    ]
    # The sort is stable: equal gaps stay in the order of their symbols.
    holdings.sort(key=_drift, reverse=True)
    return Valuation(
        units=units,
        lot=lot,
        cash=cash,
        cash_weight=cash_weights[0],
        cash_target=part(managed, cash_weights[0]),
        asked_cash_target=part(managed, cash_weights[1]),
        debt=sum(map(units.of, owed)),
        managed=managed,
        net_liquidation=managed
        + sum(part(units.of(k.quote.price), k.position.quantity) for k in kept),
        holdings=tuple(holdings),
        kept=kept,
        left_out=left_out(snapshot) if len(held) < len(snapshot.positions) else (),
        set_aside=aside,
        set_aside_short=asked_aside - aside,
    )


def _drift(holding: Holding) -> int:
    return abs(holding.gap)


def _units(
    *,
    snapshot: AccountSnapshot,
    policy: RebalancePolicy,
    prices: list[Decimal],
    weights: tuple[Decimal, ...],
    lot: Decimal,
) -> ExactUnit:
    """The unit in which each product of money with a quantity, weight or rule is whole."""
    minimums = policy.min_order_usd, policy.min_improvement_usd
    rules = (*minimums, policy.cash_buffer_abs, policy.set_aside_usd)
    amounts = (*prices, snapshot.usd_cash, *rules)
    quantities = [position.quantity for position in snapshot.positions]
    fractions = (policy.cash_buffer_pct, policy.max_leverage, *weights)
    most = decimals(amounts, (*quantities, lot), fractions)
    return unit_of_decimals(most + _BASIS_POINT_DECIMALS)
