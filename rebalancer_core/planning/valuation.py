"""What the account is worth, and how far each holding is from its target, in exact units."""

from __future__ import annotations

from decimal import Decimal
from itertools import repeat

from attrs import frozen
from returns.result import Failure, Result, Success

from rebalancer_core.market.identity import QuoteBook, held_positions, left_out, quote_book
from rebalancer_core.planning.sizing.exact_units import (
    ExactUnit,
    decimals,
    nearest_lots,
    part,
    parts,
    unit_of_decimals,
)
from rebalancer_core.values.account import AccountSnapshot, CashBalance, Position, Quote, Unpriced
from rebalancer_core.values.faults import AccountFault, NothingToManage, UnlistedHolding
from rebalancer_core.values.instruments import USD, Symbol
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.policy import RebalancePolicy, UnlistedPositions
from rebalancer_core.values.portfolios import Targets

FRACTIONAL_LOT = Decimal("0.0001")
# A tolerance of one basis point is then a whole number of units too.
_BASIS_POINT_DECIMALS = 4
# The ledger's total over all currencies is no currency.
_LEDGER_TOTAL = "BASE"


@frozen(kw_only=True)
class Holding:
    """One managed holding or target; `gap` and `lot_value` in units, `held` in shares.

    `gap` = target - value: positive = to buy. `quote` is None where none came at all;
    without a price `lot_value` is 0.
    """

    symbol: Symbol
    held: Decimal
    quote: Quote | Unpriced | None
    weight: Decimal
    gap: int
    lot_value: int

    def whole_lots(self, lot: Decimal) -> int:
        """The lots that can be sold; what is left of `held` is less than one."""
        shares, under = self.held.as_integer_ratio()
        lots, lots_under = lot.as_integer_ratio()
        return shares * lots_under // (under * lots)

    def closest_lots(self, lot: Decimal) -> int:
        """The lots to trade that bring it closest to its target, whatever cash and rules allow.

        Never more than can be sold; 0 without a price.
        """
        if not self.lot_value:
            return 0
        lots = nearest_lots(abs(self.gap), self.lot_value)
        return min(lots, self.whole_lots(lot)) if self.gap < 0 else lots


@frozen(kw_only=True)
class Kept:
    """A holding that is not in portfolios.csv and stays: no weight or drift counts it."""

    position: Position
    quote: Quote


@frozen(kw_only=True)
class Valuation:
    """The account in units; `managed` net liquidation leaves the `kept` holdings out.

    `left_out` are positions that are no USD stock or ETF: no figure counts them.

    `holdings` come by priority: largest |gap| first, then by symbol.
    """

    units: ExactUnit
    lot: Decimal
    cash: int
    cash_target: int
    managed: int
    net_liquidation: int
    holdings: tuple[Holding, ...]
    kept: tuple[Kept, ...]
    left_out: tuple[Position, ...]

    @property
    def cash_gap(self) -> int:
        """Target - cash, in units."""
        return self.cash_target - self.cash


def value_account(
    *,
    snapshot: AccountSnapshot,
    quotes: tuple[Quote | Unpriced, ...],
    targets: Targets,
    policy: RebalancePolicy,
) -> Result[Valuation, AccountFault]:
    """The account valued; fails where it cannot be, or where nothing is left to manage."""
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
            cash_weight=targets.cash,
            held=held,
            kept=_kept([held[symbol] for symbol in unlisted], book) if keep else (),
            weights=listed if keep else listed | dict.fromkeys(unlisted, ZERO),
            book=book,
        )
        least = min(valuation.managed, valuation.net_liquidation)
        if least <= 0:
            return Failure(_nothing_to_manage(snapshot, valuation.units.dollars(least)))
        return Success(valuation)

    return held_positions(snapshot, book, listed).bind(valued)


def foreign_cash(snapshot: AccountSnapshot) -> tuple[CashBalance, ...]:
    """Cash that is not USD, left out of everything, sorted by currency."""
    return tuple(
        sorted(
            (b for b in snapshot.cash if b.currency not in {USD, _LEDGER_TOTAL} and b.amount),
            key=_currency,
        )
    )


def _kept(positions: list[Position], book: QuoteBook) -> tuple[Kept, ...]:
    quotes = [book.by_contract[position.con_id] for position in positions]
    return tuple(
        Kept(position=position, quote=quote)
        for position, quote in zip(positions, quotes, strict=True)
        if isinstance(quote, Quote)
    )


def _currency(balance: CashBalance) -> str:
    return balance.currency


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
    cash_weight: Decimal,
    held: dict[Symbol, Position],
    kept: tuple[Kept, ...],
    weights: dict[Symbol, Decimal],
    book: QuoteBook,
) -> Valuation:
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
        prices=[*dollars, *(k.quote.price for k in kept)],
        weights=(*weights.values(), cash_weight),
        lot=lot,
    )
    prices = units.of_each(dollars)
    values = parts(prices, quantities)
    cash = units.of(snapshot.usd_cash)
    managed = cash + sum(values)
    wanted = parts(repeat(managed), [weights[s] for s in symbols])
    gaps = [target - value for target, value in zip(wanted, values, strict=True)]
    lot_values = prices if lot is ONE else parts(prices, repeat(lot, len(prices)))
    holdings = [
        Holding(
            symbol=symbol,
            held=quantity,
            quote=quote,
            weight=weights[symbol],
            gap=gap,
            lot_value=lot_value,
        )
        for symbol, quantity, quote, gap, lot_value in zip(
            symbols, quantities, quotes, gaps, lot_values, strict=True
        )
    ]
    # The sort is stable: equal gaps stay in the order of their symbols.
    holdings.sort(key=_drift, reverse=True)
    return Valuation(
        units=units,
        lot=lot,
        cash=cash,
        cash_target=part(managed, cash_weight),
        managed=managed,
        net_liquidation=managed
        + sum(part(units.of(k.quote.price), k.position.quantity) for k in kept),
        holdings=tuple(holdings),
        kept=kept,
        left_out=left_out(snapshot) if len(held) < len(snapshot.positions) else (),
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
    amounts = (*prices, snapshot.usd_cash, policy.min_order_usd, policy.cash_buffer_abs)
    quantities = [position.quantity for position in snapshot.positions]
    fractions = (policy.cash_buffer_pct, policy.max_leverage, *weights)
    most = decimals(amounts, (*quantities, lot), fractions)
    return unit_of_decimals(most + _BASIS_POINT_DECIMALS)
