"""The worth of an account is what a plan of it would count with."""

from datetime import UTC, datetime
from decimal import Decimal

from attrs import evolve

from rebalancer_core.planning.plan import plan_account
from rebalancer_core.reporting.account_worth import AccountWorth, account_worth
from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    Position,
    Quote,
    QuoteKind,
)
from rebalancer_core.values.faults import UnlistedHolding
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.policy import RebalancePolicy, UnlistedPositions
from rebalancer_core.values.portfolios import Targets, Weight

_NOON = datetime(2026, 1, 2, 17, tzinfo=UTC)
_SPY, _IEF = Symbol("SPY"), Symbol("IEF")
_TARGETS = Targets(weights=(Weight(symbol=_SPY, fraction=Decimal("0.6")),), cash=Decimal("0.4"))


def _position(con_id: int, symbol: Symbol, quantity: int) -> Position:
    return Position(
        con_id=ConId(con_id),
        symbol=symbol,
        security_type="STK",
        currency="USD",
        quantity=Decimal(quantity),
    )


def _quote(con_id: int, symbol: Symbol, price: int) -> Quote:
    return Quote(
        con_id=ConId(con_id),
        symbol=symbol,
        price=Decimal(price),
        kind=QuoteKind.LAST,
        as_of=_NOON,
    )


_ACCOUNT = AccountSnapshot(
    account_id=AccountId("DU111111"),
    as_of=_NOON,
    base_currency="USD",
    cash=(CashBalance(currency="USD", amount=Decimal(4000)),),
    positions=(_position(1, _SPY, 10), _position(2, _IEF, 20)),
)
_QUOTES = (_quote(1, _SPY, 600), _quote(2, _IEF, 95))


def _worth(unlisted: UnlistedPositions = UnlistedPositions.KEEP) -> AccountWorth:
    policy = RebalancePolicy(unlisted_positions=unlisted)
    worth = account_worth(_ACCOUNT, _QUOTES, _TARGETS, policy)
    assert isinstance(worth, AccountWorth)
    return worth


def test_kept_holdings_have_a_value_and_no_weight() -> None:
    worth = _worth()
    assert worth.net_liquidation == Decimal(11900)
    assert worth.managed_net_liquidation == Decimal(10000)
    assert worth.cash_weight == Decimal("0.4")
    found = {each.con_id: (each.value_usd, each.weight) for each in worth.holdings}
    assert found == {1: (Decimal(6000), Decimal("0.6")), 2: (Decimal(1900), None)}


def test_what_is_to_be_sold_is_managed() -> None:
    worth = _worth(UnlistedPositions.SELL)
    assert worth.managed_net_liquidation == worth.net_liquidation == Decimal(11900)
    assert all(each.weight is not None for each in worth.holdings)


def test_the_figures_are_those_of_the_plan() -> None:
    worth, policy = _worth(), RebalancePolicy()
    plan = plan_account(snapshot=_ACCOUNT, quotes=_QUOTES, targets=_TARGETS, policy=policy).unwrap()
    assert worth.net_liquidation == plan.net_liquidation
    assert worth.managed_net_liquidation == plan.managed_net_liquidation
    weights = {row.con_id: row.current_weight for row in plan.rows if row.con_id}
    assert {each.con_id: each.weight for each in worth.holdings} == weights


def test_an_account_that_cannot_be_valued_says_why() -> None:
    abort = RebalancePolicy(unlisted_positions=UnlistedPositions.ABORT)
    assert isinstance(account_worth(_ACCOUNT, _QUOTES, _TARGETS, abort), UnlistedHolding)
    unpriced = account_worth(_ACCOUNT, _QUOTES[:1], _TARGETS, RebalancePolicy())
    assert not isinstance(unpriced, AccountWorth)
    bare = evolve(_ACCOUNT, positions=())
    assert isinstance(account_worth(bare, _QUOTES, _TARGETS, RebalancePolicy()), AccountWorth)
