"""A year of days near the leverage cap: what is traded, and whether any symbol goes both ways.

`python -m benchmarks.leverage_days` prints one line for each CASH target. Every day all prices
move by 1.2 % (one standard deviation), then the account is planned and filled at bid and ask, with
commissions, until a plan is empty.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from attrs import define, evolve, field, frozen

from rebalancer_core import (
    AccountId,
    AccountSnapshot,
    CashBalance,
    ConId,
    Plan,
    Position,
    Quote,
    QuoteKind,
    RebalancePolicy,
    Side,
    Symbol,
    Targets,
    Weight,
    plan_account,
)
from rebalancer_core.values.commission import IBKR_FIXED

DAYS = 250
PLANS_A_DAY = 4
VOLATILITY = 0.012
_SHARED = 0.8
_HALF_SPREAD = Decimal("0.0002")
_CENT = Decimal("0.01")
_START = datetime(2026, 1, 2, 17, tzinfo=UTC)
_PRICES = {"VTI": "290", "VXUS": "68", "BND": "73", "GLD": "370", "VNQ": "92", "TIP": "108"}
_SHARES = {"VTI": "0.4", "VXUS": "0.2", "BND": "0.2", "GLD": "0.1", "VNQ": "0.06", "TIP": "0.04"}


@frozen(kw_only=True)
class Year:
    """What became of one account in a year."""

    cash_target: Decimal
    days_with_trades: int
    days_above_cap: int
    days_sold_for_cap: int
    days_both_ways: int
    days_not_settled: int
    highest_after: Decimal
    lowest_buffer: Decimal


@define(kw_only=True)
class _Account:
    cash: Decimal
    held: dict[str, Decimal] = field(factory=dict)
    prices: dict[str, Decimal] = field(factory=dict)

    @property
    def gross(self) -> Decimal:
        """Gross position value at the prices of the day."""
        return sum((self.held.get(s, Decimal(0)) * p for s, p in self.prices.items()), Decimal(0))

    def snapshot(self, at: datetime) -> AccountSnapshot:
        return AccountSnapshot(
            account_id=AccountId("DU111111"),
            as_of=at,
            base_currency="USD",
            cash=(CashBalance(currency="USD", amount=self.cash),),
            positions=tuple(
                Position(
                    con_id=ConId(number),
                    symbol=Symbol(symbol),
                    security_type="STK",
                    currency="USD",
                    quantity=self.held[symbol],
                )
                for number, symbol in enumerate(_PRICES, start=1)
                if self.held.get(symbol)
            ),
        )

    def quotes(self, at: datetime) -> tuple[Quote, ...]:
        return tuple(
            Quote(
                con_id=ConId(number),
                symbol=Symbol(symbol),
                price=self.prices[symbol],
                kind=QuoteKind.LAST,
                as_of=at,
                bid=self.prices[symbol] * (1 - _HALF_SPREAD),
                ask=self.prices[symbol] * (1 + _HALF_SPREAD),
            )
            for number, symbol in enumerate(_PRICES, start=1)
        )

    def fill(self, plan: Plan) -> None:
        """Every order meets the other side of its market and pays its commission."""
        for order in plan.orders:
            is_buy = order.side is Side.BUY
            moved = order.quantity if is_buy else -order.quantity
            price = order.price * (1 + (_HALF_SPREAD if is_buy else -_HALF_SPREAD))
            self.held[order.symbol] = self.held.get(order.symbol, Decimal(0)) + moved
            self.cash -= moved * price + IBKR_FIXED.estimate(order.quantity)

    def move(self, chance: Random) -> None:
        """All prices move, together for the larger part."""
        market = chance.gauss(0, VOLATILITY)
        for symbol, price in self.prices.items():
            own = chance.gauss(0, VOLATILITY)
            change = _SHARED * market + (1 - _SHARED**2) ** 0.5 * own
            self.prices[symbol] = (price * Decimal(1 + change)).quantize(_CENT)


def year(cash_target: Decimal, *, seed: int = 1, days: int = DAYS) -> Year:
    """One account with this CASH target and the default rules, from cash on the first day."""
    chance, account = Random(seed), _Account(cash=Decimal(100_000))  # noqa: S311 - a simulation
    account.prices = {symbol: Decimal(price) for symbol, price in _PRICES.items()}
    invested = 1 - cash_target
    targets = Targets(
        weights=tuple(
            Weight(symbol=Symbol(symbol), fraction=Decimal(share) * invested)
            for symbol, share in _SHARES.items()
        ),
        cash=cash_target,
    )
    found = Year(
        cash_target=cash_target,
        days_with_trades=0,
        days_above_cap=0,
        days_sold_for_cap=0,
        days_both_ways=0,
        days_not_settled=0,
        highest_after=Decimal(0),
        lowest_buffer=Decimal(1),
    )
    for day in range(days):
        found = _after_day(found, account, targets, _START + timedelta(days=day))
        account.move(chance)
    return found


def _after_day(found: Year, account: _Account, targets: Targets, at: datetime) -> Year:
    ways: dict[str, set[Side]] = {}
    policy, is_first, is_over, is_sold, is_settled = RebalancePolicy(), True, False, False, False
    for _ in range(PLANS_A_DAY):
        plan = plan_account(
            snapshot=account.snapshot(at),
            quotes=account.quotes(at),
            targets=targets,
            policy=policy,
        ).unwrap()
        is_over = is_over or (is_first and plan.leverage_before > policy.max_leverage)
        is_sold = is_sold or bool(plan.inside_band_sells)
        is_first = False
        if not plan.orders:
            is_settled = True
            break
        for order in plan.orders:
            ways.setdefault(order.symbol, set()).add(order.side)
        account.fill(plan)
    gross = sum(
        (account.held.get(s, Decimal(0)) * p for s, p in account.prices.items()), Decimal(0)
    )
    worth = gross + account.cash
    room = account.cash - (1 - policy.max_leverage) * worth
    return evolve(
        found,
        days_with_trades=found.days_with_trades + bool(ways),
        days_above_cap=found.days_above_cap + is_over,
        days_sold_for_cap=found.days_sold_for_cap + is_sold,
        days_both_ways=found.days_both_ways + any(len(each) > 1 for each in ways.values()),
        days_not_settled=found.days_not_settled + (not is_settled),
        highest_after=max(found.highest_after, gross / worth),
        lowest_buffer=min(found.lowest_buffer, room / worth),
    )


def main() -> None:
    """A line a year."""
    for target in ("-0.4", "-0.5"):
        for seed in (1, 2, 3):
            sys.stdout.write(_line(year(Decimal(target), seed=seed), seed) + "\n")


def _line(found: Year, seed: int) -> str:
    return (
        f"CASH {found.cash_target:%}, seed {seed}: {found.days_with_trades} days with trades, "
        f"{found.days_above_cap} began above the cap, {found.days_sold_for_cap} sold inside the "
        f"band for it, {found.days_both_ways} with a symbol both ways, {found.days_not_settled} "
        f"not settled; at most {found.highest_after:.4f} after, "
        f"least room {found.lowest_buffer:.4%}"
    )


if __name__ == "__main__":
    main()
