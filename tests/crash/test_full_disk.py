"""A journal that cannot grow: nothing is sent and the exit code is 5, or it is told with 8."""

import sys
from pathlib import Path

import pytest

from tests.crash.aftermath import ACCOUNT, gateway_for_crashes, space_for_crashes
from tests.support import rebalance

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on file size")

# SQLite grows by pages.
_PAGE_BYTES = 4096
# From the empty journal to what a whole run needs.
PAGES = range(7, 13)


@pytest.mark.parametrize("pages", PAGES)
def test_a_disk_that_fills_up_stops_the_orders_and_is_told(tmp_path: Path, pages: int) -> None:
    with gateway_for_crashes() as gateway:
        space = space_for_crashes(tmp_path, gateway)
        limit = str(pages * _PAGE_BYTES)
        run = ("run", "--config", space.settings, "--yes")
        done = rebalance(limit, *run, program="tests.crash.small_disk")
        sent = len(gateway.placed)
    assert "Traceback" not in done.stderr, done.stderr
    journal = (space.folder / "state" / "journal.sqlite").stat().st_size
    if sent == 0:
        assert done.code == 5, done.stderr
    elif done.code != 0:
        assert done.code == 8, done.stderr
        assert space.post(ACCOUNT)
    else:
        assert journal <= pages * _PAGE_BYTES
