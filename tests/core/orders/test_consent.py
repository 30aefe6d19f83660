"""A yes is to one plan: no other is sent on it."""

import pytest

from rebalancer_core.orders.tickets import ConsentKind, approve
from tests.support.plan_factory import AS_OF, plan_of, yes_to


def test_the_consent_to_a_plan_approves_that_plan() -> None:
    plan = plan_of()
    approved = approve(plan, yes_to(plan), AS_OF)
    assert (approved.plan, approved.consent) == (plan, ConsentKind.YES)


def test_the_consent_to_another_plan_approves_nothing() -> None:
    shown, other = plan_of(), plan_of(warnings=("a price moved",))
    with pytest.raises(ValueError, match="to another plan"):
        approve(other, yes_to(shown), AS_OF)
