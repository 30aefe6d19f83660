"""Quantities alone are the orders of the whole plan, and an index of quotes changes no plan."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rebalancer_core.market.identity import quote_book
from rebalancer_core.planning.plan import plan_account
from rebalancer_core.planning.quantities import AccountToPlan, plan_many
from rebalancer_core.values.plan import NotBuyable
from tests.support.strategies import Instance, costly


@given(costly(), st.booleans())
def test_many_accounts_get_the_orders_of_their_plans_or_their_faults(
    instance: Instance,
    blocked: bool,  # noqa: FBT001 - Hypothesis passes it
) -> None:
    first = instance.quotes[0]
    not_buyable = (NotBuyable(con_id=first.con_id, why="wash sale"),) if blocked else ()
    empty = evolve(instance.snapshot, positions=(), cash=())
    accounts = tuple(
        AccountToPlan(
            snapshot=snapshot,
            targets=instance.targets,
            policy=instance.policy,
            not_buyable=not_buyable,
            commissions=instance.commission,
        )
        for snapshot in (instance.snapshot, empty)
    )
    plan, fault = (
        plan_account(
            snapshot=each.snapshot,
            quotes=instance.quotes,
            targets=each.targets,
            policy=each.policy,
            not_buyable=each.not_buyable,
            commissions=each.commissions,
        )
        for each in accounts
    )
    orders, none = plan_many(accounts, instance.quotes)
    assert orders.unwrap() == plan.unwrap().orders
    assert none.failure() == fault.failure()


@given(costly())
def test_quotes_that_are_indexed_before_give_the_same_plan(instance: Instance) -> None:
    plain, indexed = (
        plan_account(
            snapshot=instance.snapshot,
            quotes=quotes,
            targets=instance.targets,
            policy=instance.policy,
            commissions=instance.commission,
        ).unwrap()
        for quotes in (instance.quotes, quote_book(instance.quotes))
    )
    assert indexed == plain
