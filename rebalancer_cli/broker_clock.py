"""The broker's clock: expiries, deadlines and reports go by its time and not by this machine's."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from attrs import define, field

from rebalancer_cli.leave import Stopped, value_or_stop
from rebalancer_core.ports import BrokerPort
from rebalancer_core.values.faults import BrokerFault


@define
class BrokerClock:
    """The broker's clock, UTC: its last word plus the time passed since, steadily."""

    _stated: datetime = field(factory=lambda: datetime.now(UTC))
    _heard_at: float = field(factory=time.monotonic)

    def hear(self, stated: datetime) -> None:
        """Go by this time from now on."""
        self._stated, self._heard_at = stated, time.monotonic()

    async def ask(self, broker: BrokerPort) -> BrokerFault | None:
        """Go by the time that the broker tells now; why it told none, where it did not."""
        stated = value_or_stop(await broker.server_time())
        if isinstance(stated, Stopped):
            return stated.error
        self.hear(stated)
        return None

    def now(self) -> datetime:
        """The time now."""
        return self._stated + timedelta(seconds=time.monotonic() - self._heard_at)
