"""total_drift trades the shortest prefix that ends inside its band: as if every one were tried."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rebalancer_core.planning.leverage import cash_floor
from rebalancer_core.planning.sizing.sizing import Sized, size, sized_plan
from rebalancer_core.planning.triggers import portfolio_outside_band, screening
from rebalancer_core.planning.valuation import Valuation, value_account
from rebalancer_core.values.policy import RebalancePolicy, Sizing, TriggerMode
from tests.laws.ledger import ledger
from tests.support.strategies import Instance, costly, decimals

BANDS = decimals("0", "10", "100", "200", "400", "800", "1500")


@given(costly((TriggerMode.TOTAL_DRIFT,)), st.sampled_from(Sizing), st.sampled_from(BANDS))
def test_the_prefix_is_the_one_found_by_trying_each(
    instance: Instance, sizing: Sizing, band: Decimal
) -> None:
    before = ledger(instance)
    if min(before.managed, before.net_liquidation) <= 0:
        return
    policy = evolve(instance.policy, sizing=sizing, portfolio_total_band_bps=band)
    valuation = value_account(
        snapshot=instance.snapshot,
        quotes=instance.quotes,
        targets=instance.targets,
        policy=policy,
        commissions=instance.commission,
    ).unwrap()
    screened, floor = screening(valuation, policy), cash_floor(valuation, policy).floor
    found = sized_plan(valuation, screened, floor, policy)
    every = screened.candidates
    tried = (size(every[:count], valuation, floor, policy) for count in range(1, len(every)))
    shortest = next((each for each in tried if _is_inside(each, valuation, policy)), None)
    expected = shortest or size(every, valuation, floor, policy)
    assert (found.candidates, found.lots) == (expected.candidates, expected.lots)


def _is_inside(sized: Sized, valuation: Valuation, policy: RebalancePolicy) -> bool:
    moved = {
        c.holding.symbol: value if c.holding.gap > 0 else -value
        for c, value in zip(sized.candidates, sized.moved, strict=True)
    }
    return not portfolio_outside_band(
        (h.gap - moved.get(h.symbol, 0) for h in valuation.holdings),
        valuation.cash_gap + sum(moved.values()),
        valuation.managed,
        policy.portfolio_total_band_bps,
    )
