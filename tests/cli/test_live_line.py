"""Somebody sees how far it is while orders work and accounts are read: one line, or a few."""

import asyncio
import logging
from collections.abc import Mapping
from decimal import Decimal
from io import StringIO

import click
import pytest
from attrs import define, evolve
from returns.result import Result

from rebalancer_adapters.memory.books import MemoryBooks, MemoryWorld
from rebalancer_adapters.memory.memory_broker import MemoryBroker
from rebalancer_adapters.memory.memory_clock import MemoryClock
from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_cli.bootstrap import side_by_side
from rebalancer_cli.terminal.heartbeat import beating
from rebalancer_cli.terminal.live_line import LiveLine, Way, way_of
from rebalancer_cli.terminal.loudness import Loudness, choose
from rebalancer_cli.terminal.terminal import Terminal
from rebalancer_cli.terminal.waiting import waited_for
from rebalancer_core.application.read import Reader
from rebalancer_core.application.read_market import MarketReader
from rebalancer_core.application.types import AccountInputs, Reading
from rebalancer_core.application.watching import Watching
from rebalancer_core.follow.connection import Connection
from rebalancer_core.follow.standing import Standing
from rebalancer_core.follow.state import Stage
from rebalancer_core.orders.events import BrokerFact
from rebalancer_core.orders.tickets import OrderStyle
from rebalancer_core.ports import Freshness
from rebalancer_core.values.account import AccountSnapshot, MarketObservation
from rebalancer_core.values.faults import AccountFault, BrokerFault
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Symbol, Unlisted
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.policy import (
    AlgoPreference,
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
)
from rebalancer_core.values.portfolios import Targets, Weight
from rebalancer_core.values.settings import AccountSettings
from rebalancer_core.values.work import Work
from tests.cli.scripted_desk import Act, ScriptedDesk
from tests.cli.scripted_execution import executor_of
from tests.cli.scripted_screen import ScriptedScreen, drawn_on, people_on
from tests.support.plan_factory import AS_OF, Line, funds_as_planned, plan_of, tickets_of
from tests.support.virtual_time import at_once, virtual_seconds

ADAPTIVE = OrderStyle(algo=AlgoPreference.ADAPTIVE)
EVIDENCE_SECONDS = 15.0
ORDERS = Standing(
    account_id=AccountId("DU111111"),
    stage=Stage.BUYING,
    planned=11,
    sent=11,
    to_send=0,
    filled=3,
    working=8,
    ended=0,
    waiting=0,
    replaced=0,
    unknown=0,
    as_market=0,
    until_fallback=252.0,
    until_deadline=560.0,
)


@define
class Seconds:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("columns", "seen"),
    [
        (120, "DU111111: 3 of 11 filled, 8 working, 4:12 until fallback, deadline 9:20"),
        (70, "3 of 11 filled, 8 working, 4:12 until fallback, deadline 9:20"),
        (50, "3 of 11 filled, 8 working, 4:12 until fallback"),
        (40, "3 of 11 filled, 4:12 until fallback"),
        (30, "3 of 11 filled, 8 working"),
        (20, "3 of 11 filled"),
    ],
)
def test_the_line_says_what_fits_and_never_reaches_the_last_column(columns: int, seen: str) -> None:
    seconds = Seconds()
    screen = ScriptedScreen(seconds)
    people_on(screen, drawn_on(screen, seconds, columns=columns)).standing(ORDERS)
    assert screen.lines == [seen]
    assert max(len(part) for part in screen.getvalue().split("\r")) < columns


def test_a_message_stands_above_the_line_which_is_drawn_over_without_an_escape() -> None:
    seconds = Seconds()
    screen = ScriptedScreen(seconds)
    people = people_on(screen, drawn_on(screen, seconds))
    people.standing(ORDERS)
    seconds.now = 1.0
    people.doing("BND: cancelled")
    people.standing(evolve(ORDERS, filled=11, working=0, until_fallback=None, until_deadline=None))
    people.note("done")
    people.terminal.live.end()
    assert screen.lines == ["BND: cancelled", "done", ""]
    assert "\x1b" not in screen.getvalue()


def test_times_go_on_while_nothing_else_is_heard() -> None:
    seconds = Seconds()
    screen = ScriptedScreen(seconds)
    people = people_on(screen, drawn_on(screen, seconds))
    people.standing(ORDERS)
    seconds.now = 13.0
    people.terminal.live.tick()
    assert "3:59 until fallback, deadline 9:07" in screen.lines[-1]


def test_a_file_gets_a_line_when_something_changed_and_seldom_when_nothing_did() -> None:
    seconds = Seconds()
    screen = ScriptedScreen(seconds)
    live = LiveLine(stream=screen, way=Way(), seconds=seconds)
    people = people_on(screen, live)
    for second in range(100):
        seconds.now = float(second)
        people.standing(evolve(ORDERS, filled=3 + (second >= 9), until_fallback=252.0 - second))
    at = [second for second, text in screen.written if text.strip()]
    assert at == [5.0, 10.0, 40.0, 70.0]
    assert "\r" not in screen.getvalue()


@pytest.mark.parametrize(
    ("is_terminal", "environment", "is_drawn"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"TERM": "xterm"}, False),
    ],
)
def test_only_a_terminal_that_can_go_back_is_drawn_over(
    is_terminal: bool,  # noqa: FBT001 - a parameter of a test
    environment: Mapping[str, str],
    is_drawn: bool,  # noqa: FBT001 - a parameter of a test
) -> None:
    class Stream(StringIO):
        def isatty(self) -> bool:
            return is_terminal

    assert way_of(Stream(), environment).is_drawn is is_drawn


def test_who_asked_for_silence_sees_no_progress_and_every_message() -> None:
    seconds = Seconds()
    screen = ScriptedScreen(seconds)
    live = LiveLine(stream=screen, way=Way(is_drawn=True), is_quiet=True, seconds=seconds)
    people = people_on(screen, live)
    people.doing("DU111111: sent 3 orders")
    people.stage(Work.ACCOUNTS, 1, 20)
    people.standing(ORDERS)
    people.note("Halted: disk full.")
    assert screen.getvalue() == "Halted: disk full.\n"


@pytest.mark.parametrize("loudness", Loudness)
def test_who_asked_for_more_sees_the_log_above_the_line(loudness: Loudness) -> None:
    screen = StringIO()
    terminal = Terminal(out=StringIO(), err=screen, loudness=loudness)

    async def logged() -> None:
        logging.getLogger("rebalancer_cli.some").info("connected to %s", "127.0.0.1:4002")

    at_once(waited_for(terminal, logged()))
    logging.getLogger("rebalancer_cli.some").info("afterwards")
    shown = "log: connected to 127.0.0.1:4002\n"
    assert screen.getvalue() == (shown if loudness is Loudness.VERBOSE else "")


def test_quiet_and_verbose_contradict_each_other() -> None:
    context = click.Context(click.Command("run"))
    choose(context, Loudness.QUIET)
    choose(context, Loudness.QUIET)
    with pytest.raises(click.UsageError, match="contradict"):
        choose(context, Loudness.VERBOSE)


class SlowDesk(ScriptedDesk):
    """Its answers take as long as they say, and the broker's lists `EVIDENCE_SECONDS`."""

    async def facts(self, wait_seconds: float) -> tuple[BrokerFact, ...]:
        await asyncio.sleep(wait_seconds)
        return await super().facts(wait_seconds)

    async def evidence(
        self, account_id: AccountId, *, needs_completed: bool = True
    ) -> Result[tuple[BrokerFact, ...], BrokerFault]:
        await asyncio.sleep(EVIDENCE_SECONDS)
        self.seconds += EVIDENCE_SECONDS
        return await super().evidence(account_id, needs_completed=needs_completed)


def test_while_orders_work_no_five_seconds_pass_in_silence() -> None:
    plan = plan_of(
        (Line("AAA", "20", "100", "1", "-10"), Line("BBB", "20", "100", "1", "-5")), cash="5000"
    )
    screen, ended = at_once(_watched(plan, {"AAA": Act.REST}))
    assert ended > 2 * EVIDENCE_SECONDS + 40
    assert screen.longest_silence(ended) <= 5.0
    text = screen.getvalue()
    assert "DU111111: sent 2 orders\n" in text
    assert (
        "DU111111: AAA: not filled in 40 s, cancelled;"
        " the remaining 10 go as a plain market order\n" in text
    )
    assert "1 of 2 filled, 1 working, 0:2" in text
    assert "1 of 2 filled, 1 working (1 plain market), deadline" in text


async def _watched(plan: Plan, script: Mapping[str, Act]) -> tuple[ScriptedScreen, float]:
    screen = ScriptedScreen(virtual_seconds)
    live = drawn_on(screen, virtual_seconds)
    people = people_on(screen, live)
    desk = SlowDesk(script)
    executor = executor_of(
        plan,
        tuple(evolve(each, style=ADAPTIVE) for each in tickets_of(plan)),
        desk,
        MemoryJournal(),
        told=[],
        execution=ExecutionPolicy(wait_before_fallback=Decimal(40)),
        shown=Connection(),
    )
    executor.state = evolve(executor.state, funds=funds_as_planned(plan))
    executor.look = Watching(people=people).look
    executor.calls.connection.doing = people.doing
    async with beating(live):
        await executor.follow()
    return screen, virtual_seconds()


@pytest.mark.parametrize("seconds_each", [0.1, 1.3, 12.0])
def test_while_twenty_accounts_and_sixty_symbols_are_read_no_two_seconds_pass_in_silence(
    seconds_each: float,
) -> None:
    screen, ended = at_once(_read_slowly(seconds_each))
    assert ended > 20 * seconds_each
    assert screen.longest_silence(ended) <= 2.0
    assert screen.lines == [""]


class SlowBroker(MemoryBroker):
    """Each account takes `seconds_each`, each symbol a tenth of that."""

    seconds_each = 1.0

    async def listings(
        self, symbols: tuple[Symbol, ...]
    ) -> Result[tuple[Listing | Unlisted, ...], BrokerFault]:
        await asyncio.sleep(len(symbols) * self.seconds_each / 10)
        return await super().listings(symbols)

    async def observations(
        self, listings: tuple[Listing, ...], pricing: PricingPolicy
    ) -> Result[tuple[MarketObservation, ...], BrokerFault]:
        await asyncio.sleep(len(listings) * self.seconds_each / 10)
        return await super().observations(listings, pricing)

    async def snapshot(
        self, account_id: AccountId, fresh: Freshness = Freshness.ASKED
    ) -> Result[AccountSnapshot, BrokerFault | AccountFault]:
        await asyncio.sleep(self.seconds_each)
        return await super().snapshot(account_id, fresh)


async def _read_slowly(seconds_each: float) -> tuple[ScriptedScreen, float]:
    screen = ScriptedScreen(virtual_seconds)
    live = drawn_on(screen, virtual_seconds)
    ids = tuple(AccountId(f"DU{number}") for number in range(111111, 111131))
    symbols = tuple(Symbol(f"S{number:02d}") for number in range(60))
    world = MemoryWorld(
        accounts=tuple(
            AccountSnapshot(account_id=i, as_of=AS_OF, base_currency="USD", cash=(), positions=())
            for i in ids
        ),
        listings=tuple(
            Listing(con_id=ConId(number), symbol=symbol, primary_exchange="ARCA")
            for number, symbol in enumerate(symbols, start=1)
        ),
        observations=tuple(
            MarketObservation(con_id=ConId(number), symbol=symbol, observed_at=AS_OF)
            for number, symbol in enumerate(symbols, start=1)
        ),
    )
    clock = MemoryClock(AS_OF)
    broker = SlowBroker(MemoryBooks(world, now=clock.now))
    broker.seconds_each = seconds_each
    stage = people_on(screen, live).stage
    market = MarketReader(
        broker=broker,
        pricing=PricingPolicy(),
        safety=SafetyPolicy(),
        for_trading=True,
        stage=stage,
    )
    reader = Reader(
        broker=broker,
        market=market,
        together=side_by_side,
        parallel=False,
        stage=stage,
    )
    async with beating(live):
        found = await reader.read(tuple(_inputs(n, i, symbols) for n, i in enumerate(ids, start=1)))
    assert isinstance(found, Reading)
    assert len(found.accounts) == len(ids)
    return screen, virtual_seconds()


def _inputs(number: int, account_id: AccountId, symbols: tuple[Symbol, ...]) -> AccountInputs:
    share = Decimal(1) / len(symbols)
    return AccountInputs(
        number=number,
        settings=AccountSettings(account_id=account_id, rebalance=RebalancePolicy()),
        portfolios=(),
        targets=Targets(
            weights=tuple(Weight(symbol=symbol, fraction=share) for symbol in symbols),
            cash=Decimal(0),
        ),
        portfolios_file="portfolios.csv",
        portfolios_sha256="",
    )
