"""Thousands of messages of one run: a gateway that counts strictly has nothing to say against it.

`make pace` plays them with 100 accounts, which takes half an hour; `PACE_ACCOUNTS` says how many.
"""

import os
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Delay, Scenario, on_requests
from tests.pacing.peak import peak
from tests.pacing.slow_line import slow_line_beside
from tests.pacing.wide_market import SYMBOLS, TARGETS, account_ids, wide_market
from tests.support import SimulatedGateway, workspace
from tests.support.processes import rebalance

_ACCOUNTS = int(os.environ.get("PACE_ACCOUNTS", "0"))
_LIMIT = 50
_STRICT = Scenario(messages_per_second=_LIMIT)
_LATE = on_requests(Delay(seconds=Decimal("0.2")))
_ERROR = 4
_TOO_FAST = "100"
_PATIENCE_SECONDS = 3000


@pytest.mark.skipif(not _ACCOUNTS, reason="thousands of messages take long: make pace")
@pytest.mark.timeout(_PATIENCE_SECONDS)
@pytest.mark.parametrize(
    ("scenario", "beat_seconds"),
    [
        pytest.param(_STRICT, 0, id="answers at once"),
        pytest.param(_STRICT + _LATE, 0, id="answers 200 ms late"),
        pytest.param(_STRICT, 0.1, id="a line that delivers every 100 ms"),
    ],
)
def test_a_long_run_keeps_its_connection_to_a_gateway_that_counts_strictly(
    scenario: Scenario, beat_seconds: float, tmp_path: Path
) -> None:
    ids = account_ids(_ACCOUNTS)
    with (
        SimulatedGateway(wide_market(_ACCOUNTS), scenario) as gateway,
        slow_line_beside(gateway.port, beat_seconds=beat_seconds) as port,
    ):
        space = workspace(tmp_path, port, TARGETS, accounts=ids, what_if="true")
        began = time.monotonic()
        done = rebalance("run", "--config", space.settings, "--yes", timeout=_PATIENCE_SECONDS)
        seconds = time.monotonic() - began
        sent = gateway.record.received()
        told = f"{len(sent)} messages in {seconds:.0f} s, at most {peak(sent)} in one second"
        sys.stdout.write(f"{told}\n")
        assert not [each for each in gateway.record.sent(_ERROR) if each.fields[3] == _TOO_FAST]
        assert done.code == 0, done.text[-3000:]
        assert peak(sent) < _LIMIT
        assert len(gateway.orders) == _ACCOUNTS * len(SYMBOLS)
        assert all(order.is_done for order in gateway.orders)
