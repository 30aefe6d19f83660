"""One run of the program at a simulated gateway, as the gateway's own record tells of it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from benchmarks.wire_market import CASH_WEIGHT, SYMBOLS, WEIGHT, account_ids, wire_market
from rebalancer_adapters.gateway import Delay, Gateway, Scenario, on_requests
from rebalancer_adapters.gateway.record import Record
from rebalancer_adapters.gateway.scenario.message_names import RECEIVED

_POSITION, _POSITION_OF_ONE = 61, 71
# In memory where the system offers that: the commits of the journal are another matter.
_SHARED = Path("/dev/shm")  # noqa: S108 - the folder in it has a random name
_MEMORY = _SHARED if _SHARED.is_dir() else None
_NAMES = {number: name for name, number in RECEIVED.items()}


@frozen(kw_only=True)
class WireRun:
    """What crossed the wire in one run: messages of the program by name, seconds from the first
    frame to the last, and position rows that were sent to it.
    """

    accounts: int
    trades: bool
    parallel: bool
    sent: Mapping[str, int]
    seconds: float
    position_rows: int

    @property
    def title(self) -> str:
        """Which run this is."""
        return f"{self.accounts} accounts, {'traded' if self.trades else 'dry run'}"

    @property
    def messages(self) -> int:
        """All that the program sent."""
        return sum(self.sent.values())

    @property
    def orders(self) -> int:
        """Orders that it placed."""
        return self.sent.get("placeOrder", 0)


def wire_run(
    accounts: int, *, trades: bool, delay_seconds: str = "0", parallel: bool = False
) -> WireRun:
    """Play it; every question of the program is answered so many seconds late."""
    return asyncio.run(
        _played(accounts, trades=trades, delay=Decimal(delay_seconds), parallel=parallel)
    )


async def _played(accounts: int, *, trades: bool, delay: Decimal, parallel: bool) -> WireRun:
    scenario = on_requests(Delay(seconds=delay)) if delay else Scenario()
    gateway = Gateway(wire_market(accounts), scenario)
    with TemporaryDirectory(dir=_MEMORY) as folder:
        async with gateway.running():
            settings = _settings(Path(folder), gateway.port, accounts, parallel=parallel)
            flags = ("--yes",) if trades else ("--dry-run",)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "rebalancer_cli", "run", "--config", str(settings)),
                *flags,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env=dict(os.environ),
            )
            code = await process.wait()
            while gateway.client_ids:  # noqa: ASYNC110 what it sent last is still being read
                await asyncio.sleep(0.01)
    if code:
        message = f"a run of {accounts} accounts ended with exit code {code}"
        raise RuntimeError(message)
    return _told(gateway.record, accounts, trades=trades, parallel=parallel)


def _told(record: Record, accounts: int, *, trades: bool, parallel: bool) -> WireRun:
    received, sent = record.received(), record.sent()
    times = [frame.at for frame in (*received, *sent)]
    rows = sum(frame.message_id in {_POSITION, _POSITION_OF_ONE} for frame in sent)
    names = Counter(_NAMES.get(frame.message_id, str(frame.message_id)) for frame in received)
    return WireRun(
        accounts=accounts,
        trades=trades,
        parallel=parallel,
        sent=dict(names.most_common()),
        seconds=(max(times) - min(times)).total_seconds() if times else 0.0,
        position_rows=rows,
    )


def _settings(folder: Path, port: int, accounts: int, *, parallel: bool) -> Path:
    lines = [
        *("[ibkr]", f"port = {port}", "read_only = false"),
        *("[accounts]", f"ids = {', '.join(account_ids(accounts))}", "pacing_sec = 0"),
        f"parallel = {str(parallel).lower()}",
        *("[models]", "MAIN = 1"),
        *("[execution]", "what_if = false"),
        *("[io]", "report_dir = reports", "state_dir = state"),
    ]
    path = folder / "settings.ini"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    targets = [f"{symbol},{WEIGHT}" for symbol in SYMBOLS]
    table = "\n".join(["ETF,MAIN", *targets, f"CASH,{CASH_WEIGHT}"])
    (folder / "portfolios.csv").write_text(table + "\n", encoding="utf-8")
    return path
