"""`python -m tests.integration`: the integration tests where the variables say, or rehearsed.

Without IBKR_HOST, IBKR_PORT and IBKR_CLIENT_ID they run at `rebalance gateway`, started for them.
"""

import os
import sys
from pathlib import Path

import pytest

from tests.integration.place import NEEDED
from tests.support import Running

_MARKET = Path(__file__).with_name("market.toml")
_TESTS = ("tests/integration", "-m", "integration", "-v", "-p", "no:cacheprovider")


def _rehearsed() -> int:
    with Running("gateway", "--market", _MARKET, "--port", "0") as gateway:
        where = gateway.first_line().removeprefix("simulated gateway on ").split()[0]
        host, _, port = where.rpartition(":")
        own = dict(zip(NEEDED, (host, port, "91"), strict=True))
        os.environ.update({**own, "IBKR_TRADE": "yes"})
        return pytest.main([*_TESTS])


def _main() -> int:
    if all(os.environ.get(name) for name in NEEDED):
        return pytest.main([*_TESTS])
    sys.stdout.write(f"{', '.join(NEEDED)} are not set: at the simulated gateway\n")
    return _rehearsed()


if __name__ == "__main__":
    sys.exit(_main())
