"""Two processes, one account, one moment: exactly one trades."""

from pathlib import Path

from rebalancer_adapters.gateway import Fill, on_orders
from tests.crash.aftermath import ACCOUNT, gateway_for_crashes, space_for_crashes
from tests.support import UNTIL_RELEASED


def test_of_two_processes_one_trades_and_the_other_is_refused(tmp_path: Path) -> None:
    """Card T07."""
    with gateway_for_crashes(on_orders(Fill(after_seconds=UNTIL_RELEASED))) as gateway:
        space = space_for_crashes(tmp_path, gateway)
        with space.start("--yes") as one, space.start("--yes") as other:
            gateway.wait_until(lambda g: g.orders != () and (one.has_ended or other.has_ended))
            gateway.release()
            ended = sorted((one.finish(), other.finish()), key=lambda finished: finished.code)
    assert [finished.code for finished in ended] == [0, 5], ended
    assert f"{ACCOUNT} is being traded by another process" in ended[1].text
    assert len(gateway.placed) == 3
    assert {order.symbol for order in gateway.placed} == {"SPY", "IEF", "GLD"}
