"""The cash floor and the leverage cap: what no buy may take the account below, and which rule."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.sizing.exact_units import part
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.money import ONE, ZERO, difference, plain, quotient, total
from rebalancer_core.values.policy import CashBufferType, RebalancePolicy
from rebalancer_core.values.portfolios import Targets, Weight

# A scaled weight has so many decimals; it is rounded down, CASH gets what is left.
_FINE = 10**12


@frozen(kw_only=True)
class CashFloor:
    """Units: `buffer` no buy may touch; `wanted` by CASH target and buffer; `cap` by leverage.

    Long-only, gross position value = net liquidation - cash, so that a gross value of at most
    `max_leverage` x net liquidation means cash of at least (1 - `max_leverage`) x net liquidation.
    Foreign debt comes off the net liquidation that the cap is a multiple of. `for_costs` is what
    the cap asks for besides, as costs are paid out of net liquidation too. `least` is what the
    cash flow never goes below (an investment borrows nothing), `unspent` what its amount leaves.
    """

    buffer: int
    wanted: int
    cap: int
    for_costs: int = 0
    least: int | None = None
    unspent: int | None = None

    @property
    def floor(self) -> int:
        """The highest of the rules; the buffer holds also where the cap binds."""
        kept = self._kept
        return kept if self.unspent is None else max(kept, self.unspent)

    @property
    def set_by_leverage(self) -> bool:
        """Whether the leverage cap asks for more cash than every other rule does."""
        return self.floor == self._by_cap and self._by_cap > self.wanted

    @property
    def set_by_amount(self) -> bool:
        """Whether the amount to invest leaves more cash than the other rules ask for."""
        return self.unspent is not None and self.unspent > self._kept

    @property
    def _kept(self) -> int:
        rules = max(self.wanted, self._by_cap)
        return rules if self.least is None else max(rules, self.least)

    @property
    def _by_cap(self) -> int:
        return self.cap + max(self.buffer, self.for_costs)


def cash_floor(valuation: Valuation, policy: RebalancePolicy) -> CashFloor:
    """`max(CASH target, buffer)`, or CASH target + buffer where the models borrow.

    The CASH target is the one of the models, before any leverage scaling.
    """
    buffer = _buffer(valuation, policy)
    target = valuation.asked_cash_target
    return CashFloor(
        buffer=buffer,
        wanted=max(target, buffer) if target >= 0 else target + buffer,
        cap=valuation.net_liquidation - part(valuation.worth_for_cap, policy.max_leverage),
    )


def scaled_to_leverage(targets: Targets, at_most: Decimal) -> Targets:
    """The targets with a gross of `at_most`: each weight x `at_most` / gross, CASH the rest.

    Fractions of managed net liquidation. Targets whose gross is no more are returned as they are.
    Weights are rounded down to 12 decimals, so that their sum never passes `at_most`.

    >>> from rebalancer_core.values.instruments import Symbol
    >>> half = Weight(symbol=Symbol("BND"), fraction=Decimal("0.5"))
    >>> most = Weight(symbol=Symbol("SPY"), fraction=Decimal("1.5"))
    >>> borrowing = Targets(weights=(half, most), cash=Decimal(-1))
    >>> scaled = scaled_to_leverage(borrowing, Decimal("1.49"))
    >>> [str(weight.fraction) for weight in scaled.weights], str(scaled.cash)
    (['0.3725', '1.1175'], '-0.4900')
    >>> scaled_to_leverage(borrowing, Decimal(2)) == borrowing
    True
    """
    gross = total(weight.fraction for weight in targets.weights)
    if gross <= at_most:
        return targets
    factor = Fraction(max(at_most, ZERO)) / Fraction(gross)
    weights = tuple(
        Weight(symbol=weight.symbol, fraction=_rounded_down(Fraction(weight.fraction) * factor))
        for weight in targets.weights
    )
    cash = ONE
    for weight in weights:
        cash = difference(cash, weight.fraction)
    return Targets(weights=weights, cash=cash)


def gross_of(targets: Targets) -> Fraction:
    """The sum of the weights without CASH, exactly."""
    return Fraction(total(weight.fraction for weight in targets.weights))


def most_gross(valuation: Valuation, policy: RebalancePolicy) -> Decimal:
    """What the targets' gross may be, of managed net liquidation: the cap less the buffer.

    Kept holdings take their part of it first. Rounded down to 12 decimals.
    """
    kept = valuation.net_liquidation - valuation.managed
    room = part(valuation.worth_for_cap, policy.max_leverage) - _buffer(valuation, policy) - kept
    return _fine(max(0, room) * _FINE // valuation.managed)


def share_of_costs(holding: Holding, valuation: Valuation, policy: RebalancePolicy) -> Fraction:
    """How many dollars its target falls by for each dollar that is paid, at most.

    Targets that were scaled to the leverage cap fall faster than their weights say: the cap is a
    multiple of net liquidation, what comes off it first is none.
    """
    weight = Fraction(holding.weight)
    if valuation.cash_target == valuation.asked_cash_target:
        return weight
    return weight * Fraction(policy.max_leverage) / (1 - Fraction(valuation.cash_weight))


def _rounded_down(fraction: Fraction) -> Decimal:
    return _fine(fraction * _FINE // 1)


def _fine(whole: int) -> Decimal:
    return Decimal(plain(quotient(whole, _FINE)))


def _buffer(valuation: Valuation, policy: RebalancePolicy) -> int:
    match policy.cash_buffer_type:
        case CashBufferType.PCT:
            return part(valuation.managed, policy.cash_buffer_pct)
        case CashBufferType.ABS:
            return valuation.units.of(policy.cash_buffer_abs)
