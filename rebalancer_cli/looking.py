"""Reading without trading: what `snapshot`, `price`, `explain` and `validate-portfolios` share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli.bootstrap import GatewaySessions, side_by_side
from rebalancer_cli.exits import Exit
from rebalancer_cli.inputs import LocatedInputs
from rebalancer_cli.problems import leave
from rebalancer_cli.terminal.interrupts import run_interruptibly
from rebalancer_cli.terminal.people import TerminalPeople, terminal_people
from rebalancer_cli.terminal.waiting import waited_for
from rebalancer_core.application.offline import reading_of
from rebalancer_core.application.read import Reader
from rebalancer_core.application.read_market import MarketReader
from rebalancer_core.application.target_listings import other_contracts
from rebalancer_core.application.types import Reading, UnknownTargets
from rebalancer_core.messages import explain, unlisted_sentence
from rebalancer_core.ports import BrokerPort
from rebalancer_core.values.account import Snapshot
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.results import Failed, unwrap_or_failed
from rebalancer_core.values.work import Work

T = TypeVar("T")


def read_only_session(
    settings: Settings, look: Callable[[Reader], Awaitable[T]]
) -> T | Failed[BrokerFault]:
    """What `look` read through a session that cannot trade, or why there was no session."""
    people = terminal_people()
    return run_interruptibly(waited_for(people.terminal, _read(settings, people, look)))


def read_or_exit(inputs: LocatedInputs) -> Reading:
    """Every account and the market; the end of the command where nothing could be read.

    Exit 4 without a gateway or prices, exit 3 where a target is no single US listing.
    """
    reading = read_only_session(inputs.settings, lambda reader: reader.read(inputs.accounts))
    if isinstance(reading, Failed):
        leave(Exit.NO_DATA, explain(reading.error))
    if isinstance(reading, UnknownTargets):
        leave(Exit.INVALID_INPUT, *reading.sentences(inputs.accounts))
    return reading


def offline_or_exit(saved: Snapshot, inputs: LocatedInputs) -> Reading:
    """What a saved snapshot says; exit 3 where its contracts are not those of the settings."""
    others = other_contracts(saved.quotes, inputs.settings.contracts)
    if others:
        leave(Exit.INVALID_INPUT, *map(unlisted_sentence, others))
    return reading_of(saved, inputs.accounts)


async def _read(
    settings: Settings, people: TerminalPeople, look: Callable[[Reader], Awaitable[T]]
) -> T | Failed[BrokerFault]:
    people.stage(Work.CONNECTING, 0, 1)
    async with GatewaySessions(settings=settings).reading() as opened:
        session = unwrap_or_failed(opened)
        if isinstance(session, Failed):
            return session
        return await look(_reader(settings, session.broker, people))


def _reader(settings: Settings, broker: BrokerPort, people: TerminalPeople) -> Reader:
    return Reader(
        broker=broker,
        market=MarketReader(
            broker=broker,
            pricing=settings.pricing,
            safety=settings.safety,
            for_trading=False,
            contracts=settings.contracts,
            stage=people.stage,
        ),
        together=side_by_side,
        parallel=settings.asking.parallel,
        stage=people.stage,
    )
