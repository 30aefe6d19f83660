"""A saved plan that ends while the question stands is not sent on the answer."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from rebalancer_core.application.recheck import is_expired
from rebalancer_core.application.types import AccountInputs, Draft, Market, SavedAs
from rebalancer_core.orders.tickets import OrderStyle
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.policy import RebalancePolicy, SafetyPolicy
from rebalancer_core.values.portfolios import Targets
from rebalancer_core.values.settings import AccountSettings
from tests.support.plan_factory import ACCOUNT, plan_of

NOW = datetime(2026, 1, 2, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("saved", "looks_again"),
    [
        (None, False),
        (SavedAs(sha256="a", expires=NOW + SECOND), False),
        (SavedAs(sha256="a", expires=NOW), True),
        (SavedAs(sha256="a", expires=NOW - SECOND), True),
    ],
)
def test_fresh_prices_do_not_help_a_plan_that_has_ended(
    saved: SavedAs | None, *, looks_again: bool
) -> None:
    assert is_expired(_draft(saved), SafetyPolicy(), NOW) is looks_again


def _draft(saved: SavedAs | None) -> Draft:
    return Draft(
        account=AccountInputs(
            number=1,
            settings=AccountSettings(
                account_id=ACCOUNT,
                rebalance=RebalancePolicy(),
            ),
            portfolios=(),
            targets=Targets(weights=(), cash=Decimal(1)),
            portfolios_file="portfolios.csv",
            portfolios_sha256="",
        ),
        snapshot=AccountSnapshot(
            account_id=ACCOUNT, as_of=NOW, base_currency="USD", cash=(), positions=()
        ),
        market=Market(as_of=NOW, listings=(), quotes=()),
        made=plan_of(),
        plan=plan_of(),
        style=OrderStyle(),
        breaches=(),
        saved=saved,
    )
