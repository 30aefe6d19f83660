"""One run from its seed: a gateway, a folder, `rebalance run --yes`, and recovery where it ends 7.

Everything is drawn from the seed; only the moments at which things meet are the machine's.
"""

import asyncio
import time
from io import StringIO
from pathlib import Path
from random import Random

from attrs import frozen

from rebalancer_adapters.gateway import Gateway, Scenario
from rebalancer_adapters.journal.sqlite_journal import SqliteJournal
from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.archive import opened_journal, or_exit, refuse
from rebalancer_cli.bootstrap import GatewaySessions, process_world, run_reports
from rebalancer_cli.exits import Exit
from rebalancer_cli.inputs import LocatedInputs, load_inputs
from rebalancer_cli.run_command import execute
from rebalancer_cli.run_request import RunRequest
from rebalancer_cli.run_start import run_log
from rebalancer_cli.terminal.people import TerminalPeople
from rebalancer_cli.terminal.terminal import Terminal
from rebalancer_core.application.reconciled import Reconciled
from rebalancer_core.application.recover import recover
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reconcile.past_orders import open_orders
from tests.soak.faults import drawn_faults
from tests.soak.oracle import unlike_the_book, wrongs_of_book, wrongs_of_run
from tests.soak.world import World, drawn_world
from tests.support import Workspace, workspace
from tests.support.book import Book, book_of

HANG_SECONDS = 600.0
_RECOVERIES_AT_MOST = 4
_PAUSE_SECONDS = 1.0


@frozen(kw_only=True)
class Played:
    """How one run went; `wrongs` is empty where it went as it must.

    `settled` says whether recovery made an unknown outcome certain, None where none was unknown;
    `open_orders` is what it said of those that stayed open.
    """

    seed: str
    code: int
    seconds: float
    orders: int
    wrongs: tuple[str, ...]
    settled: bool | None
    open_orders: tuple[str, ...]


def drawn(seed: str) -> tuple[World, Scenario]:
    """What this seed is about."""
    lots = Random(seed)
    return drawn_world(lots), drawn_faults(lots)


async def play(seed: str, folder: Path) -> Played:
    """Draw and play one run. What goes wrong unforeseen is raised, as the bug it is."""
    world, scenario = drawn(seed)
    began = time.monotonic()
    gateway = Gateway(world.market, scenario=scenario)
    async with gateway.running(port=0):
        space = workspace(
            folder, gateway.port, world.targets, accounts=world.accounts, keys=world.keys
        )
        inputs = _inputs(space)
        try:
            async with asyncio.timeout(HANG_SECONDS):
                code, book = await _run(inputs, world, space, gateway)
                if code == Exit.INTERRUPTED:
                    raise KeyboardInterrupt  # the signal was for all of us
                wrongs = wrongs_of_run(code, space, book)
                settled: bool | None = None
                left: tuple[str, ...] = ()
                if code == Exit.UNKNOWN_OUTCOME:
                    left, found = await _recovered(inputs, space, gateway)
                    settled, wrongs = not left, wrongs + found
        except TimeoutError:
            code, book, settled, left = -1, book_of(gateway), None, ()
            wrongs = (f"hangs: not at its end after {HANG_SECONDS:.0f} seconds",)
    return Played(
        seed=seed,
        code=code,
        seconds=time.monotonic() - began,
        orders=len(book.sent),
        wrongs=wrongs,
        settled=settled,
        open_orders=left,
    )


async def _run(
    inputs: LocatedInputs, world: World, space: Workspace, gateway: Gateway
) -> tuple[int, Book]:
    with (
        (space.folder / "stdout.txt").open("w", encoding="utf-8") as out,
        (space.folder / "stderr.txt").open("w", encoding="utf-8") as err,
    ):
        request = RunRequest(without_prompt=True, dry_run=world.dry_run)
        with run_log(space.settings, {}) as log:
            code = await execute(inputs, request, Terminal(out=out, err=err), log)
    return int(code), book_of(gateway)


async def _recovered(
    inputs: LocatedInputs, space: Workspace, gateway: Gateway
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What recovery left open, and where it is certain of what the book denies."""
    gateway.play(Scenario())
    left: tuple[str, ...] = ()
    with opened_journal(inputs.settings) as journal:
        for _ in range(_RECOVERIES_AT_MOST):
            await asyncio.sleep(_PAUSE_SECONDS)
            before, left = left, await _recover(inputs, journal)
            if not left or left == before:
                break
        book = book_of(gateway)
        return left, (*wrongs_of_book(space, book), *_false_verdicts(journal, space, book))


async def _recover(inputs: LocatedInputs, journal: SqliteJournal) -> tuple[str, ...]:
    """What `rebalance recover --cancel` leaves open."""
    found: list[Reconciled] = []
    told = StringIO()
    people = TerminalPeople(terminal=Terminal(out=told, err=told))
    recovered = await recover(
        process_world(people, run_reports(inputs.settings)),
        GatewaySessions(settings=inputs.settings),
        journal,
        found.append,
        client_id=inputs.settings.gateway.client_id,
        cancel_working=True,
    )
    if isinstance(recovered, JournalFault):
        refuse(recovered)
    left = tuple(line for each in found for line in each.open_orders)
    return left if recovered.is_answered else (*left, told.getvalue())


def _false_verdicts(journal: SqliteJournal, space: Workspace, book: Book) -> tuple[str, ...]:
    filled = book.filled
    finished = [
        order
        for run in or_exit(journal.runs())
        for account in run.accounts
        for order in account.orders
        if order.is_finished
    ]
    wrong = tuple(
        f"recovered {order.order_ref} as {order.state.phase.value} with {order.state.filled}, "
        f"the book has {filled.get(order.order_ref, 0)}"
        for order in finished
        if order.state.filled != filled.get(order.order_ref, 0)
    )
    if open_orders(or_exit(journal.runs())):
        return wrong
    return (*wrong, *unlike_the_book(space, book))


def _inputs(space: Workspace) -> LocatedInputs:
    return load_inputs(space.settings, {}, Flags()).unwrap()
