"""Plays a case: the program runs in processes of its own, and the gateway's book is kept."""

import csv
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from attrs import evolve, frozen

from rebalancer_adapters.gateway import (
    ExecutionRecord,
    ForeignOrder,
    OrderRecord,
    Restart,
    at_start,
)
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
from tests.support import (
    Finished,
    Placed,
    Running,
    SimulatedGateway,
    Workspace,
    account,
    market,
    workspace,
)
from tests.support.timing import TIMING

if sys.platform == "linux":
    import resource

FOREIGN_REF = "someone-else"
_PATIENCE_SECONDS = 120.0
_CLIENT = 42
OWN_CLIENTS = frozenset({_CLIENT, 43})
_UNKNOWN = 7
_OTHER_CLIENT = {"REBALANCE_IBKR_CLIENT_ID": "43"}
_RESTARTED, _DECLINED = "gateway restarted", "dialog answered No"
_GLOBAL_CANCEL = 58
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


@frozen(kw_only=True)
class Act:
    """Processes that ran at one time, what they sent, and what they had shown before.

    What-if questions are not among what was `sent`: they order nothing. `approved` are shares by
    symbol and side, as the pre-trade reports say. `exits` are the exit codes that its step allows,
    None where the case says it otherwise.
    """

    command: str
    exits: frozenset[int] | None = None
    ended: tuple[Finished, ...]
    sent: tuple[Placed, ...]
    approved: Mapping[tuple[str, str], Decimal]


@frozen(kw_only=True)
class Played:
    """A case at its end: the book's `cash` in USD among others.

    `reported` is each order's newest row in a post-trade report.
    """

    case: Case
    acts: tuple[Act, ...]
    orders: tuple[OrderRecord, ...]
    executions: tuple[ExecutionRecord, ...]
    reported: Mapping[str, Mapping[str, str]]
    cancelled_all: bool
    cash: Decimal

    @property
    def text(self) -> str:
        """Everything that was said, for whoever looks into a failure."""
        return "\n".join(
            f"--- {act.command}: exit {each.code}\n{each.text}"
            for act in self.acts
            for each in act.ended
        )


def play(case: Case, folder: Path) -> Played:
    """Run the case in an empty folder: the run or runs, then what settles them."""
    house = market(account(ACCOUNT, **case.holds))  # type: ignore[arg-type]  # shares are whole
    house.practices = evolve(house.practices, ledger_prefix=case.ledger_prefix)
    with SimulatedGateway(house, _FOREIGN + case.scenario) as gateway:
        space = workspace(folder, gateway, TARGETS, keys=_settings(case))
        stage = _Stage(gateway, space)
        acts = [_first_act(stage, case)]
        for step in case.steps:
            acts.extend(_stepped(stage, step))
        while not case.steps and (command := _next(case, acts)):
            acts.append(_settled(stage, command))
        return Played(
            case=case,
            acts=tuple(acts),
            orders=gateway.orders,
            executions=gateway.executions,
            reported=_reported(space),
            cancelled_all=bool(gateway.record.received(_GLOBAL_CANCEL)),
            cash=gateway.cash(ACCOUNT),
        )


class _Stage:
    """The gateway and the user's folder; `act` notes what happens between its two ends."""

    def __init__(self, gateway: SimulatedGateway, space: Workspace) -> None:
        self.gateway = gateway
        self.space = space

    def act(
        self,
        command: str,
        perform: Callable[[], tuple[Finished, ...]],
        exits: frozenset[int] | None = None,
    ) -> Act:
        sent, shown = len(self.gateway.placed), set(self._previews())
        ended = perform()
        self.gateway.wait_until(
            lambda g: _CLIENT not in g.ask(lambda each: each.client_ids), "the client never left"
        )
        return Act(
            command=command,
            exits=exits,
            ended=ended,
            sent=tuple(p for p in self.gateway.placed[sent:] if not p.terms.what_if),
            approved=_approved([path for path in self._previews() if path not in shown]),
        )

    def start(self, command: str, *args: str, env: Mapping[str, str] | None = None) -> Running:
        settings = ("--config", self.space.settings)
        return Running(command, *settings, *args, env=env)

    def _previews(self) -> list[Path]:
        return self.space.files("rebalance_pre_*.csv")


def _settings(case: Case) -> dict[str, str]:
    return {**TIMING.troubled, **case.keys}


def _first_act(stage: _Stage, case: Case) -> Act:
    if case.race is not None:
        race = case.race
        return stage.act("two processes", lambda: _raced(stage, race))
    if case.stopped is not None:
        stopped = case.stopped
        return stage.act("run", lambda: (_stopped(stage, stopped),))
    return stage.act("run", lambda: (_finished(stage.start("run", "--yes")),))


def _next(case: Case, acts: list[Act]) -> str:
    """What a user does next.

    Recover what is unknown, or run again after a stop or a race. What no evidence settles is closed
    by a restart of the gateway and `resolve`; then the same command once more.
    """
    is_unknown = any(each.code == _UNKNOWN for each in acts[-1].ended)
    is_disturbed = case.stopped is not None or case.race is not None
    command, tries = ("run", 2) if is_disturbed else ("recover", 1)
    match acts[-1].command:
        case "resolve":
            return command
        case "run" | "recover" if len(acts) > 1:
            if not is_unknown or any(act.command == "resolve" for act in acts):
                return ""
            return command if len(acts) <= tries else "resolve"
        case _:
            return command if is_disturbed or is_unknown else ""


def _settled(stage: _Stage, command: str) -> Act:
    if command == "resolve":
        stage.gateway.play(at_start(Restart(seconds=Decimal("0.2"))))
        return stage.act(command, lambda: (_resolved(stage, _RESTARTED),))
    flags = ("--yes",) if command == "run" else ()
    return stage.act(command, lambda: (_finished(stage.start(command, *flags)),))


def _stepped(stage: _Stage, step: Step) -> tuple[Act, ...]:
    match step.do:
        case Do.YES:
            before = len(stage.gateway.executions)
            stage.gateway.release()
            stage.gateway.wait_until(lambda g: len(g.executions) > before)
            return ()
        case Do.NO:
            stage.gateway.decline()
            return ()
        case Do.NEXT_DAY:
            stage.gateway.skip(timedelta(days=1))
            return ()
        case _:
            command = step.do.value.partition(":")[0].partition(" ")[0].strip(",")
            return (stage.act(command, lambda: (_command(stage, step.do),), step.exits),)


def _command(stage: _Stage, do: Do) -> Finished:
    match do:
        case Do.RECOVER:
            return _finished(stage.start("recover"))
        case Do.RESTARTED:
            return _resolved(stage, _RESTARTED)
        case Do.DECLINED:
            return _resolved(stage, _DECLINED)
        case Do.RUN_INTO_YES:
            process = stage.start("run", "--yes", env={VARIABLE: "F09:1:SIGSTOP"})
            if process.wait_until_stopped():
                _stepped(stage, Step(do=Do.YES))
                process.go_on()
            return _finished(process)
        case Do.LIFTED:
            ref = stage.gateway.placed[-1].terms.order_ref
            flags = (ref, "--filled", "0", "--reason", _RESTARTED, "--yes")
            return _finished(stage.start("resolve", *flags))
        case Do.OTHER_CLIENT:
            return _finished(stage.start("run", "--yes", env=_OTHER_CLIENT))
        case _:
            return _finished(stage.start("run", "--yes"))


def _resolved(stage: _Stage, words: str) -> Finished:
    return stage.space.close_silent(ACCOUNT, words)


def _stopped(stage: _Stage, how: Stopped) -> Finished:
    point = f"{how.point}:{how.count}:{_SIGNALS[how.how]}"
    process = stage.start("run", "--yes", env={VARIABLE: point})
    match how.how:
        case Stop.FULL_DISK:
            if process.wait_until_stopped():
                _fill_disk(process)
                process.go_on()
            return _finished(process)
        case Stop.LOST_DISK:
            stopped = process.wait_until_stopped()
            with _without_folders(stage.space.folder) if stopped else _nothing():
                if stopped:
                    process.go_on()
                return _finished(process)
        case _:
            return _finished(process)


def _raced(stage: _Stage, race: Race) -> tuple[Finished, ...]:
    stops = race.moment is Moment.PLANNED
    first = stage.start("run", "--yes", env={VARIABLE: "F06:1:SIGSTOP"} if stops else None)
    if stops:
        first.wait_until_stopped()
    elif race.moment is not Moment.AT_ONCE:
        stage.gateway.wait_until(lambda g: len(g.placed) > 1 or first.has_ended)
    if race.moment is Moment.AFTER_KILL:
        first.kill()
        stage.gateway.wait_until(lambda g: _CLIENT not in g.ask(lambda each: each.client_ids))
    second = _second(stage, race.second)
    if stops:
        ended = _finished(second)
        first.go_on()
        return (_finished(first), ended)
    return (_finished(first), _finished(second))


def _second(stage: _Stage, second: Second) -> Running:
    match second:
        case Second.SAME:
            return stage.start("run", "--yes")
        case Second.OTHER_CLIENT:
            return stage.start("run", "--yes", env=_OTHER_CLIENT)
        case Second.RECOVER:
            return stage.start("recover")


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


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _finished(process: Running) -> Finished:
    with process:
        return process.finish(_PATIENCE_SECONDS)


def _approved(previews: list[Path]) -> Mapping[tuple[str, str], Decimal]:
    """The most shares that any of these previews showed."""
    most: dict[tuple[str, str], Decimal] = {}
    for row in (row for path in previews for row in _rows(path)):
        if row["action"] in {"BUY", "SELL"}:
            key = (row["symbol"], row["action"])
            most[key] = max(most.get(key, Decimal(0)), Decimal(row["qty_shares"]))
    return most


def _reported(space: Workspace) -> Mapping[str, Mapping[str, str]]:
    rows = (row for path in space.all_post(ACCOUNT) for row in path)
    return {row["order_ref"]: row for row in rows if row["order_ref"]}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
