"""Plays a case: the program runs in processes of its own, and the gateway's book is kept."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from rebalancer_adapters.gateway import ForeignOrder, at_start
from rebalancer_cli.failpoints import VARIABLE
from tests.faults.case import (
    ACCOUNT,
    TARGETS,
    Case,
    Do,
    Moment,
    Race,
    Second,
    Step,
    Stop,
    Stopped,
)
from tests.faults.switched import play_switched
from tests.support import Finished, Running, SimulatedGateway, account, market, workspace
from tests.support.player import RESTARTED, Player, finished
from tests.support.promises import DRY_RUN
from tests.support.story import Story
from tests.support.timing import TIMING

if sys.platform == "linux":
    import resource

FOREIGN_REF = "someone-else"
_OTHER_CLIENT = {"REBALANCE_IBKR_CLIENT_ID": "43"}
_DECLINED = "dialog answered No"
_LOST_FOLDERS = ("reports", "state")
# Somebody else's order on a stock that is not traded here: it must outlive every case.
_FOREIGN = at_start(
    ForeignOrder(
        account=ACCOUNT,
        symbol="GLD",
        side="BUY",
        quantity=Decimal(1),
        limit_price=Decimal(1),
        client_id=7,
        order_ref=FOREIGN_REF,
    )
)
_SIGNALS = {
    Stop.KILL: "SIGKILL",
    Stop.INTERRUPT: "SIGINT",
    Stop.TERMINATE: "SIGTERM",
    Stop.FULL_DISK: "SIGSTOP",
    Stop.LOST_DISK: "SIGSTOP",
}


def play(case: Case, folder: Path) -> Story:
    """Run the case in an empty folder: the run or runs, then what settles them."""
    house = market(account(ACCOUNT, **case.holds))  # type: ignore[arg-type]  # shares are whole
    if case.switched is None:
        house.settings = case.settings
    with SimulatedGateway(house, _FOREIGN + case.scenario) as gateway:
        keys = {**TIMING.troubled, **case.keys}
        space = workspace(folder, gateway, TARGETS, keys=keys)
        player = Player(gateway, space, ACCOUNT)
        if case.switched is not None:
            play_switched(player, case, case.switched)
            return player.story(FOREIGN_REF)
        _begin(player, case)
        for step in case.steps:
            _do(player, step)
        if not case.steps:
            gateway.release()
            player.settle(disturbed=case.stopped is not None or case.race is not None)
        return player.story(FOREIGN_REF)


def _begin(player: Player, case: Case) -> None:
    if case.race is not None:
        race = case.race
        player.act("two processes", lambda: _raced(player, race))
    elif case.stopped is not None:
        stopped = case.stopped
        player.act("run", lambda: (_stopped(player, stopped),))
    elif case.is_dry_run:
        player.act(DRY_RUN, lambda: (finished(player.start("run", "--yes", "--dry-run")),))
    else:
        player.run()


def _do(player: Player, step: Step) -> None:
    match step.do:
        case Do.YES:
            _say_yes(player)
        case Do.NO:
            player.gateway.decline()
        case Do.NEXT_DAY:
            player.gateway.skip(timedelta(days=1))
        case _:
            command = step.do.value.partition(":")[0].partition(" ")[0].strip(",")
            player.act(command, lambda: (_command(player, step.do),), step.exits)


def _say_yes(player: Player) -> None:
    before = len(player.gateway.executions)
    player.gateway.release()
    player.gateway.wait_until(lambda g: len(g.executions) > before)


def _command(player: Player, do: Do) -> Finished:
    match do:
        case Do.RECOVER:
            return finished(player.start("recover"))
        case Do.RESTARTED:
            return player.closed(RESTARTED)
        case Do.DECLINED:
            return player.closed(_DECLINED)
        case Do.RUN_INTO_YES:
            process = player.start("run", "--yes", env={VARIABLE: "F09:1:SIGSTOP"})
            if process.wait_until_stopped():
                _say_yes(player)
                process.go_on()
            return finished(process)
        case Do.LIFTED:
            ref = player.gateway.placed[-1].ref
            flags = (ref, "--filled", "0", "--reason", RESTARTED, "--yes")
            return finished(player.start("resolve", *flags))
        case Do.OTHER_CLIENT:
            return finished(player.start("run", "--yes", env=_OTHER_CLIENT))
        case _:
            return finished(player.start("run", "--yes"))


def _stopped(player: Player, how: Stopped) -> Finished:
    point = f"{how.point}:{how.count}:{_SIGNALS[how.how]}"
    process = player.start("run", "--yes", env={VARIABLE: point})
    match how.how:
        case Stop.FULL_DISK:
            if process.wait_until_stopped():
                _fill_disk(process)
                process.go_on()
            return finished(process)
        case Stop.LOST_DISK:
            stopped = process.wait_until_stopped()
            with _without_folders(player.space.folder) if stopped else nullcontext():
                if stopped:
                    process.go_on()
                return finished(process)
        case _:
            return finished(process)


def _raced(player: Player, race: Race) -> tuple[Finished, ...]:
    gateway = player.gateway
    stops = race.moment is Moment.PLANNED
    first = player.start("run", "--yes", env={VARIABLE: "F06:1:SIGSTOP"} if stops else None)
    if stops:
        first.wait_until_stopped()
    elif race.moment is not Moment.AT_ONCE:
        gateway.wait_until(lambda g: len(g.placed) > 1 or first.has_ended)
    if race.moment is Moment.AFTER_KILL:
        first.kill()
        gateway.wait_until_left()
    second = _second(player, race.second)
    if stops:
        ended = finished(second)
        first.go_on()
        return (finished(first), ended)
    return (finished(first), finished(second))


def _second(player: Player, second: Second) -> Running:
    match second:
        case Second.SAME:
            return player.start("run", "--yes")
        case Second.OTHER_CLIENT:
            return player.start("run", "--yes", env=_OTHER_CLIENT)
        case Second.RECOVER:
            return player.start("recover")


def _fill_disk(process: Running) -> None:
    """From now on no file takes another byte of it."""
    if sys.platform == "linux":
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


@contextmanager
def _without_folders(folder: Path) -> Iterator[None]:
    """Reports and state are away while this is open, as on a drive that was pulled out."""
    away = folder / "away"
    away.mkdir()
    for name in _LOST_FOLDERS:
        if (folder / name).exists():
            (folder / name).rename(away / name)
        (folder / name).touch()
    try:
        yield
    finally:
        for name in _LOST_FOLDERS:
            (folder / name).unlink()
            if (away / name).exists():
                (away / name).rename(folder / name)
        shutil.rmtree(away)
