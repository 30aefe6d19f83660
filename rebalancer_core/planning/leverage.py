"""The cash floor: what no buy may take the account below, and which rule sets it."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.planning.sizing.exact_units import part
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.policy import CashBufferType, RebalancePolicy


@frozen(kw_only=True)
class CashFloor:
    """Units: `buffer` no buy may touch; `wanted` by CASH target and buffer; `cap` by leverage.

    Long-only, gross position value = net liquidation - cash, so that a gross value of at most
    `max_leverage` x net liquidation means cash of at least (1 - `max_leverage`) x net liquidation.
    """

    buffer: int
    wanted: int
    cap: int

    @property
    def floor(self) -> int:
        """The higher of the two rules."""
        return max(self.wanted, self.cap)

    @property
    def set_by_leverage(self) -> bool:
        """Whether the leverage cap asks for more cash than CASH target and buffer do."""
        return self.cap > self.wanted


def cash_floor(valuation: Valuation, policy: RebalancePolicy) -> CashFloor:
    """`max(CASH target, buffer)`, or CASH target + buffer where the models borrow."""
    buffer = _buffer(valuation, policy)
    target = valuation.cash_target
    return CashFloor(
        buffer=buffer,
        wanted=max(target, buffer) if target >= 0 else target + buffer,
        cap=valuation.net_liquidation - part(valuation.net_liquidation, policy.max_leverage),
    )


def _buffer(valuation: Valuation, policy: RebalancePolicy) -> int:
    match policy.cash_buffer_type:
        case CashBufferType.PCT:
            return part(valuation.managed, policy.cash_buffer_pct)
        case CashBufferType.ABS:
            return valuation.units.of(policy.cash_buffer_abs)
