"""Reading without trading: what `snapshot`, `price` and `validate-portfolios` share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from rebalancer_adapters.ib.session import ReadingSession, reading_session
from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli.exits import Exit
from rebalancer_cli.leave import Stopped
from rebalancer_cli.reading.accounts import Reader
from rebalancer_cli.reading.market import MarketReader, UnknownTargets, unlisted_sentence
from rebalancer_cli.screen.interrupts import run_interruptibly
from rebalancer_cli.stages import Inputs, Reading
from rebalancer_cli.walk import address_of
from rebalancer_core.messages import explain
from rebalancer_core.ports import BrokerPort
from rebalancer_core.values.faults import BrokerFault

T = TypeVar("T")


def looked(settings: Settings, look: Callable[[Reader], Awaitable[T]]) -> T | Stopped[BrokerFault]:
    """What `look` read through a session that cannot trade, or why there was no session."""
    return run_interruptibly(_looked(settings, look))


def read_all(inputs: Inputs) -> Reading:
    """Every account and the market; the end of the command where nothing could be read.

    Exit 4 without a gateway or prices, exit 3 where a target is no single US listing.
    """
    reading = looked(inputs.settings, lambda reader: reader.read(inputs.accounts))
    if isinstance(reading, Stopped):
        click.echo(explain(reading.error), err=True)
        raise click.exceptions.Exit(Exit.NO_DATA)
    if isinstance(reading, UnknownTargets):
        for entry in reading.symbols:
            click.echo(unlisted_sentence(entry), err=True)
        raise click.exceptions.Exit(Exit.INVALID_INPUT)
    return reading


async def _looked(
    settings: Settings, look: Callable[[Reader], Awaitable[T]]
) -> T | Stopped[BrokerFault]:
    async with reading_session(address_of(settings)) as session:
        if not isinstance(session, ReadingSession):
            return Stopped(session)
        return await look(_reader(settings, session.broker))


def _reader(settings: Settings, broker: BrokerPort) -> Reader:
    return Reader(
        broker=broker,
        market=MarketReader(
            broker=broker, pricing=settings.pricing, safety=settings.safety, for_trading=False
        ),
        pause_seconds=0,
        parallel=settings.parallel,
    )
