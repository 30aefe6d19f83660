"""Extended hours: prices are live, orders leave, and IBKR keeps market orders for the open."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rebalancer_adapters.gateway.book import Status
from tests.cli.conftest import Serve
from tests.reliability.run_facts import ACCOUNT, row_of, statuses
from tests.reliability.test_refusing import NEW_YORK
from tests.support import account, market, workspace

# A Friday: 07:00 and 18:00 in New York.
_BEFORE_THE_OPEN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_AFTER_THE_CLOSE = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "algo", "order_type"),
    [(_BEFORE_THE_OPEN, "none", "MKT"), (_AFTER_THE_CLOSE, "midprice", "MIDPRICE")],
)
def test_an_order_of_extended_hours_is_warned_of_held_and_cancelled(
    tmp_path: Path, serve: Serve, now: datetime, algo: str, order_type: str
) -> None:
    gateway = serve(market(account(ACCOUNT, usd="50000"), hours=NEW_YORK, start=now))
    space = workspace(
        tmp_path,
        gateway,
        {"SPY": "100"},
        trading_hours="eth",
        algo_preference=algo,
        ack_timeout_sec="1",
    )
    done = space.run("--yes")
    assert done.code == 6, done.text
    shown = " ".join(done.stdout.split())
    assert "IBKR does not execute plain market orders outside regular hours" in shown
    assert "frozen" not in space.pre(ACCOUNT)[0]["note"]
    # Held is not dead: an algo that only waits for the opening is followed by no second order.
    assert [(o.terms.order_type, o.terms.outside_rth) for o in gateway.placed] == [
        (order_type, True)
    ]
    assert statuses(space) == {"SPY": "Cancelled"}
    assert "399" in row_of(space, "SPY")["notes"]
    assert [order.status for order in gateway.orders] == [Status.CANCELLED]
    assert gateway.executions == ()
