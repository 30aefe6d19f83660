"""A whole snapshot is planned account by account, each with its own result."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given

from rebalancer_core.planning.plan import plan_account
from rebalancer_core.planning.snapshots import Plans, plan_snapshot
from rebalancer_core.planning.targets import blended_targets
from rebalancer_core.values.account import AccountSnapshot, Snapshot
from rebalancer_core.values.faults import NothingToManage
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.plan import NotBuyable, Side
from rebalancer_core.values.policy import RebalancePolicy
from rebalancer_core.values.portfolios import Blend, ModelPortfolio, ModelShare
from tests.support.strategies import AS_OF, Instance, instances

HALVES = Blend(
    shares=(
        ModelShare(name="core", fraction=Decimal("0.5")),
        ModelShare(name="cash", fraction=Decimal("0.5")),
    )
)
MONEY_ONLY = Blend(shares=(ModelShare(name="cash", fraction=Decimal(1)),))
ALL_CASH = ModelPortfolio(name="cash", weights=(), cash=Decimal(1))


@given(instances())
def test_each_account_is_planned_to_the_blend_as_it_would_be_alone(instance: Instance) -> None:
    first = instance.snapshot
    second = evolve(first, account_id=AccountId("DU222222"), cash=first.cash * 2)
    models = (ALL_CASH, _core(instance))
    alone = [
        plan_account(
            snapshot=account,
            quotes=instance.quotes,
            targets=blended_targets(models, HALVES),
            policy=instance.policy,
        )
        for account in (second, first)
    ]
    assert list(_plans(instance, second, first)) == alone


@given(instances())
def test_an_account_that_cannot_be_planned_leaves_the_others_alone(instance: Instance) -> None:
    empty = evolve(instance.snapshot, account_id=AccountId("DU222222"), cash=(), positions=())
    faulty, planned = _plans(instance, empty, instance.snapshot)
    fault = faulty.failure()
    assert isinstance(fault, NothingToManage)
    assert fault.account_id == "DU222222"
    assert planned.unwrap().account_id == "DU111111"


@given(instances())
def test_what_is_not_buyable_is_bought_in_no_account(instance: Instance) -> None:
    blocked = tuple(NotBuyable(con_id=quote.con_id, why="no") for quote in instance.quotes)
    for result in _plans(instance, instance.snapshot, not_buyable=blocked):
        plan = result.unwrap()
        assert not [order for order in plan.orders if order.side is Side.BUY]


def test_a_snapshot_without_accounts_has_no_plans() -> None:
    assert _nobody_s_plans(MONEY_ONLY) == ()


def test_a_blend_of_a_model_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="core"):
        _nobody_s_plans(HALVES)


def _nobody_s_plans(blend: Blend) -> Plans:
    return plan_snapshot(
        snapshot=Snapshot(as_of=AS_OF, accounts=()),
        portfolios=(ALL_CASH,),
        blend=blend,
        policy=RebalancePolicy(),
    )


def _plans(
    instance: Instance, *accounts: AccountSnapshot, not_buyable: tuple[NotBuyable, ...] = ()
) -> Plans:
    return plan_snapshot(
        snapshot=Snapshot(as_of=AS_OF, accounts=accounts, quotes=instance.quotes),
        portfolios=(ALL_CASH, _core(instance)),
        blend=HALVES,
        policy=instance.policy,
        not_buyable=not_buyable,
    )


def _core(instance: Instance) -> ModelPortfolio:
    return ModelPortfolio(name="core", weights=instance.targets.weights, cash=instance.targets.cash)
