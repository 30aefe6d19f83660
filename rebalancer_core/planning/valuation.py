"""What the account is worth, and how far each holding is from its target, in exact grains."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen
from returns.result import Failure, Result, Success

from rebalancer_core.errors import AccountFault, NothingToManage, UnlistedHolding
from rebalancer_core.planning.grains import Grains, decimals, grains_of_decimals, part
from rebalancer_core.planning.identity import Owned, QuoteBook, left_out, owned_holdings, quote_book
from rebalancer_core.values.account import AccountSnapshot, CashBalance, Position, Quote, Unpriced
from rebalancer_core.values.instruments import USD, ConId, Symbol
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.policy import RebalancePolicy, UnlistedPositions
from rebalancer_core.values.portfolios import Targets

FRACTIONAL_LOT = Decimal("0.0001")
# A tolerance of one basis point is then a whole number of grains too.
_BASIS_POINT_DECIMALS = 4
# The ledger's total over all currencies is no currency.
_LEDGER_TOTAL = "BASE"


# One is made for each row of a plan: without slots that takes a quarter less time.
@frozen(kw_only=True, slots=False)
class Holding:
    """One managed holding or target; `gap` and `lot_value` in grains, `held` in shares.

    `gap` = target - value: positive = to buy. `quote` is None where none came at all;
    without a price `lot_value` is 0.
    """

    symbol: Symbol
    held: Decimal
    quote: Quote | Unpriced | None
    weight: Decimal
    gap: int
    lot_value: int

    @property
    def con_id(self) -> ConId | None:
        """The contract that is traded."""
        return None if self.quote is None else self.quote.con_id

    def whole_lots(self, lot: Decimal) -> int:
        """The lots that can be sold; what is left of `held` is less than one."""
        shares, under = self.held.as_integer_ratio()
        lots, lots_under = lot.as_integer_ratio()
        return shares * lots_under // (under * lots)


@frozen(kw_only=True)
class Valuation:
    """The account in grains; `managed` net liquidation leaves the `kept` holdings out.

    `left_out` are positions that are no USD stock or ETF: no figure counts them.

    `holdings` come by priority: largest |gap| first, then by symbol.
    """

    grains: Grains
    lot: Decimal
    cash: int
    cash_target: int
    managed: int
    net_liquidation: int
    holdings: tuple[Holding, ...]
    kept: tuple[Owned, ...]
    left_out: tuple[Position, ...]

    @property
    def cash_gap(self) -> int:
        """Target - cash, in grains."""
        return self.cash_target - self.cash


def value_account(
    *,
    snapshot: AccountSnapshot,
    quotes: tuple[Quote | Unpriced, ...],
    targets: Targets,
    policy: RebalancePolicy,
) -> Result[Valuation, AccountFault]:
    """The account valued (SPEC 3.2 to 3.4); fails where it cannot be, or where nothing is left."""
    book = quote_book(quotes)
    listed = {w.symbol: w.fraction for w in targets.weights}

    def valued(owned: tuple[Owned, ...]) -> Result[Valuation, AccountFault]:
        unlisted = _unlisted(owned, listed)
        if unlisted and policy.unlisted_positions is UnlistedPositions.ABORT:
            symbols = tuple(o.symbol for o in unlisted)
            return Failure(UnlistedHolding(account_id=snapshot.account_id, symbols=symbols))
        keep = policy.unlisted_positions is UnlistedPositions.KEEP
        weights = listed | ({} if keep else {o.symbol: ZERO for o in unlisted})
        valuation = _valuation(
            snapshot=snapshot,
            policy=policy,
            cash_weight=targets.cash,
            owned=owned,
            kept=unlisted if keep else (),
            weights=weights,
            book=book,
        )
        least = min(valuation.managed, valuation.net_liquidation)
        if least <= 0:
            return Failure(_nothing_to_manage(snapshot, valuation.grains.dollars(least)))
        return Success(valuation)

    return owned_holdings(snapshot, book, listed).bind(valued)


def foreign_cash(snapshot: AccountSnapshot) -> tuple[CashBalance, ...]:
    """Cash that is not USD, left out of everything (SPEC 3.2), sorted by currency."""
    return tuple(
        sorted(
            (b for b in snapshot.cash if b.currency not in {USD, _LEDGER_TOTAL} and b.amount),
            key=_currency,
        )
    )


def _unlisted(owned: tuple[Owned, ...], listed: dict[Symbol, Decimal]) -> tuple[Owned, ...]:
    others = [o for o in owned if o.quote.symbol not in listed]
    return tuple(sorted(others, key=_symbol)) if others else ()


def _symbol(owned: Owned) -> Symbol:
    return owned.symbol


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
    owned: tuple[Owned, ...],
    kept: tuple[Owned, ...],
    weights: dict[Symbol, Decimal],
    book: QuoteBook,
) -> Valuation:
    lot = FRACTIONAL_LOT if policy.allow_fractional else ONE
    grains = _grains(
        snapshot=snapshot,
        policy=policy,
        weights=(*weights.values(), cash_weight),
        owned=owned,
        book=book,
        lot=lot,
    )
    managed = cash = grains.of(snapshot.usd_cash)
    held = {o.quote.symbol: o for o in owned}
    worth: list[tuple[Symbol, Decimal, Quote | Unpriced | None, int, int]] = []
    for symbol in sorted(weights):
        owner = held.get(symbol)
        quote = book.by_symbol.get(symbol) if owner is None else owner.quote
        price = grains.of(quote.price) if isinstance(quote, Quote) else 0
        quantity = ZERO if owner is None else owner.position.quantity
        value = part(price, quantity) if quantity else 0
        managed += value
        worth.append((symbol, quantity, quote, price, value))
    holdings = [
        Holding(
            symbol=symbol,
            held=quantity,
            quote=quote,
            weight=weights[symbol],
            gap=part(managed, weights[symbol]) - value,
            lot_value=price if lot is ONE else part(price, lot),
        )
        for symbol, quantity, quote, price, value in worth
    ]
    # The sort is stable: equal gaps stay in the order of their symbols.
    holdings.sort(key=_drift, reverse=True)
    return Valuation(
        grains=grains,
        lot=lot,
        cash=cash,
        cash_target=part(managed, cash_weight),
        managed=managed,
        net_liquidation=managed + sum(_value(o, grains) for o in kept),
        holdings=tuple(holdings),
        kept=kept,
        left_out=left_out(snapshot),
    )


def _drift(holding: Holding) -> int:
    return abs(holding.gap)


def _value(owned: Owned, grains: Grains) -> int:
    return part(grains.of(owned.quote.price), owned.position.quantity)


def _grains(
    *,
    snapshot: AccountSnapshot,
    policy: RebalancePolicy,
    weights: tuple[Decimal, ...],
    owned: tuple[Owned, ...],
    book: QuoteBook,
    lot: Decimal,
) -> Grains:
    """The unit in which each product of money with a quantity, weight or rule is whole."""
    amounts = [q.price for q in book.by_contract.values() if isinstance(q, Quote)]
    amounts += (snapshot.usd_cash, policy.min_order_usd, policy.cash_buffer_abs)
    quantities = [o.position.quantity for o in owned]
    quantities.append(lot)
    fractions = (policy.cash_buffer_pct, policy.max_leverage, *weights)
    return grains_of_decimals(
        decimals(amounts) + decimals(quantities) + decimals(fractions) + _BASIS_POINT_DECIMALS
    )
