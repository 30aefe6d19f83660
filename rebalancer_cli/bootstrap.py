"""The composition root: which adapters and which process a use case runs on."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    closing,
    contextmanager,
)
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from attrs import evolve, frozen
from returns.result import Failure, Result, Success

from rebalancer_adapters.ground.broker_clock import BrokerClock
from rebalancer_adapters.ib.address import GatewayAddress, Patience, Retry
from rebalancer_adapters.reports.csv_reports import CsvReports
from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli import failpoints
from rebalancer_cli.program import VERSION
from rebalancer_cli.terminal.interrupts import Interrupts
from rebalancer_core.application.types import World
from rebalancer_core.ports import (
    AccountLocks,
    JournalPort,
    PeoplePort,
    ReadingSession,
    ReportPort,
    TradingSession,
)
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.health import GatewayHealth
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.results import Failed, unwrap_or_failed

T = TypeVar("T")
LOG = logging.getLogger("rebalancer_cli")
# Shortens, in seconds, the pause between two looks at the broker. For tests: a run refuses to trade
# a live account while it is set.
PAUSE_VARIABLE = "REBALANCE_RECOVERY_PAUSE"
_LOOK_AGAIN_SECONDS = 10.0
# Shortens to this part, 0.1 to 1, how long answers and prices of the gateway are waited for. For
# tests, as the pause is.
PATIENCE_VARIABLE = "REBALANCE_PATIENCE"
_LEAST_PATIENCE = 0.1
_TEST_HOOKS = (failpoints.VARIABLE, PAUSE_VARIABLE, PATIENCE_VARIABLE)
# So many client ids are tried by a session that only reads.
_READING_IDS = 10


@frozen(kw_only=True)
class GatewaySessions:
    """Connections, locks and journal of these settings (a `SessionPort`).

    `attempts` to connect, where they are not to be as many as usual. The client library, the locks
    and the database are loaded by the method that opens them: most commands need none.
    """

    settings: Settings
    attempts: int | None = None

    @property
    def place(self) -> str:
        """Where the gateway is, for people."""
        gateway = self.settings.gateway
        return f"{gateway.host}:{gateway.port} as client {gateway.client_id}"

    @property
    def reading_place(self) -> str:
        """The same for a connection that only reads."""
        gateway = self.settings.gateway
        return f"{gateway.host}:{gateway.port} as client {gateway.reading_id}"

    def reading(self) -> AbstractAsyncContextManager[Result[ReadingSession, BrokerFault]]:
        """A connection that cannot send an order."""
        from rebalancer_adapters.ib.session import reading_session

        return reading_session(self._reading_address(), patience=_patience())

    def trading(
        self, client_id: int | None = None
    ) -> AbstractAsyncContextManager[Result[TradingSession, BrokerFault]]:
        """A connection that may trade, under the client id of the settings or another."""
        from rebalancer_adapters.ib.session import trading_session

        address = self._address(client_id)
        return trading_session(
            address, patience=_patience(), handed=lambda: failpoints.reach("F15")
        )

    async def health(self) -> GatewayHealth:
        """Whether the gateway would serve a session, in a few seconds; asks for nothing else."""
        from rebalancer_adapters.ib.health import gateway_health

        return await gateway_health(self._reading_address())

    def locked(self, accounts: tuple[AccountId, ...]) -> AbstractContextManager[AccountLocks]:
        """The locks of these accounts; those that another process has are refused."""
        from rebalancer_adapters.journal.account_lock import locked

        return locked(self.settings.io.state_dir, accounts)

    @contextmanager
    def journal(self) -> Iterator[Result[JournalPort, JournalFault]]:
        """The journal, open."""
        from rebalancer_adapters.journal.sqlite_journal import open_journal

        path = journal_path(self.settings)
        opened = open_journal(path, before_commit=lambda: failpoints.reach("F12"))
        journal = unwrap_or_failed(opened)
        if isinstance(journal, Failed):
            yield Failure(journal.error)
            return
        with closing(journal):
            yield Success(journal)

    def _reading_address(self) -> GatewayAddress:
        """Reading takes the next free id, so that previews work beside a run and each other."""
        gateway = self.settings.gateway
        first = gateway.reading_id
        others = range(first + 1, first + _READING_IDS)
        free = tuple(each for each in others if each != gateway.client_id)
        return evolve(self._address(first), other_ids=free)

    def _address(self, client_id: int | None = None) -> GatewayAddress:
        gateway, rules = self.settings.gateway, self.settings.execution
        address = GatewayAddress(
            host=gateway.host,
            port=gateway.port,
            client_id=gateway.client_id if client_id is None else client_id,
            retry=Retry(
                attempts=rules.retry_attempts,
                first_seconds=rules.retry_first_sec,
                most_seconds=rules.retry_max_sec,
            ),
        )
        seconds = address.timeout_seconds * patience_part()
        attempts = address.attempts if self.attempts is None else self.attempts
        return evolve(address, timeout_seconds=seconds, attempts=attempts)


def journal_path(settings: Settings) -> Path:
    """Where the journal of these settings lies."""
    return settings.io.state_dir / "journal.sqlite"


def run_reports(settings: Settings, started_at: datetime | None = None) -> CsvReports:
    """The reports of a run that began then, or now."""
    return CsvReports(directory=settings.io.report_dir, started_at=started_at or datetime.now(UTC))


def process_world(
    people: PeoplePort, reports: ReportPort, interrupts: Interrupts | None = None
) -> World:
    """This process around a use case."""
    return World(
        people=people,
        reports=reports,
        clock=BrokerClock(),
        log=LOG,
        stop=interrupts or Interrupts(),
        together=side_by_side,
        reach=failpoints.reach,
        program=VERSION,
        test_hooks=tuple(name for name in _TEST_HOOKS if os.environ.get(name)),
        second_look_seconds=second_look_seconds(),
    )


async def side_by_side(work: tuple[Callable[[], Awaitable[T]], ...]) -> tuple[T, ...]:
    """All results, in the order of the work (a `Together`)."""
    return tuple(await asyncio.gather(*(each() for each in work)))


def second_look_seconds() -> float:
    """The pause between two looks, in seconds; never below 0."""
    try:
        return max(0.0, float(os.environ.get(PAUSE_VARIABLE, _LOOK_AGAIN_SECONDS)))
    except ValueError:
        return _LOOK_AGAIN_SECONDS


def patience_part() -> float:
    """How much of the usual time answers and prices are waited for; never more than all of it."""
    try:
        return min(1.0, max(_LEAST_PATIENCE, float(os.environ.get(PATIENCE_VARIABLE) or 1)))
    except ValueError:
        return 1.0


def _patience() -> Patience:
    usual, part = Patience(), patience_part()
    return Patience(
        stream=usual.stream * part,
        settle=usual.settle * part,
        snapshot=usual.snapshot * part,
        marks=usual.marks * part,
    )
