"""A journal that cannot grow: nothing is sent and the exit code is 5, or it is told with 8."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.aftermath import ACCOUNT, gateway_for_crashes, space_for_crashes
from tests.support.environment import environment
from tests.support.processes import PROGRAM

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on file size")

_PAGE_BYTES = 4096
# `ulimit -f` counts in blocks of 512 bytes in a POSIX shell; SQLite grows by pages.
_BLOCKS_A_PAGE = _PAGE_BYTES // 512
# From the empty journal to what a whole run needs.
PAGES = range(7, 13)


@pytest.mark.parametrize("pages", PAGES)
def test_a_disk_that_fills_up_stops_the_orders_and_is_told(tmp_path: Path, pages: int) -> None:
    with gateway_for_crashes() as gateway:
        space = space_for_crashes(tmp_path, gateway)
        command = (*PROGRAM, "run", "--config", str(space.settings), "--yes")
        limited = f'ulimit -f {pages * _BLOCKS_A_PAGE}; exec "$@"'
        done = subprocess.run(
            ["/bin/sh", "-c", limited, "sh", *command],
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            env=environment(),
            timeout=60,
            check=False,
        )
        sent = len(gateway.placed)
    assert "Traceback" not in done.stderr, done.stderr
    journal = (space.folder / "state" / "journal.sqlite").stat().st_size
    if sent == 0:
        assert done.returncode == 5, done.stderr
    elif done.returncode != 0:
        assert done.returncode == 8, done.stderr
        assert space.post(ACCOUNT)
    else:
        assert journal <= pages * _PAGE_BYTES
