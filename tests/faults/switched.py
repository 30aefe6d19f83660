"""Plays and judges a case of a setting: one command under it, against the plan of a usual login."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from attrs import evolve

from rebalancer_adapters.gateway import Gateway
from rebalancer_adapters.gateway.settings import GatewaySettings
from rebalancer_cli.failpoints import VARIABLE
from tests.faults.case import Case, Command, Outcome, Switched
from tests.support.player import RESTARTED, Player, finished
from tests.support.processes import Finished
from tests.support.promises import DRY_RUN
from tests.support.story import Act, Story

_KILLED = -9
_PLAN_FILE = "plan.json"
# The first order has been acknowledged: it is at the gateway, and nobody wrote down what became of
# it.
_ORDER_OUT = {VARIABLE: "F17:1:SIGKILL"}
_SOON = timedelta(seconds=4)


def play_switched(player: Player, case: Case, switch: Switched) -> None:
    """What the command needs, without the setting; the command under it; what a person does then.

    `apply` needs a saved plan, `recover` a run that was killed with an order out. A stop is ended
    by the usual settings, a dialog by a Yes, a lost order by the user's word.
    """
    _prepare(player, switch.command)
    player.gateway.change_settings(case.settings)
    _act(player, switch.command, restarts_soon=switch.restarts_soon)
    match switch.outcome:
        case Outcome.SAME:
            return
        case Outcome.STOP:
            player.gateway.change_settings(GatewaySettings())
            _act(player, switch.command)
        case Outcome.HELD:
            before = len(player.gateway.executions)
            player.gateway.release()
            player.gateway.wait_until(lambda gateway: len(gateway.executions) > before)
            _act(player, Command.RUN)
        case Outcome.FOUND:
            if player.acts[-1].ended[0].code:
                player.gateway.wait_until(lambda gateway: bool(gateway.executions))
                _act(player, Command.RECOVER)
                _act(player, Command.RUN)
        case Outcome.LOST:
            player.act("resolve", lambda: (player.closed(RESTARTED),))
            _act(player, Command.RUN)


def unexpected(case: Case, switch: Switched, story: Story) -> Iterator[str]:
    """How the command, or what followed it, differs from what its row says."""
    acts = list(story.acts)
    if switch.command in {Command.APPLY, Command.RECOVER}:
        prepared = acts.pop(0).ended[0].code
        if prepared not in {0, _KILLED}:
            yield f"exit {prepared} before the setting changed"
    act, *later = acts
    (ended,) = act.ended
    if ended.code not in case.exits:
        yield f"exit {ended.code}, expected one of {sorted(case.exits)}"
    said = " ".join(ended.text.split()).lower()
    for words in switch.says:
        if words.lower() not in said:
            yield f"nothing is said of {words!r}"
    fewest, most = case.orders
    if not fewest <= len(act.sent) <= most:
        yield f"{len(act.sent)} orders on the wire, expected {fewest} to {most}"
    for each in later:
        if each.ended[0].code:
            yield f"{each.command} ended with {each.ended[0].code} after it"
    yield from _another(switch, acts[-1], story)


def _another(switch: Switched, last: Act, story: Story) -> Iterator[str]:
    """What is not the plan, or not the book, of a usual login, at the end."""
    match switch.command:
        case Command.DRY_RUN:
            if last.approved != switch.plan:
                yield f"planned {_told(last.approved)}, expected {_told(switch.plan)}"
        case Command.RUN | Command.APPLY:
            orders = story.book.orders_of(story.book.sent)
            filled = {(each.account, each.symbol, each.side): each.filled for each in orders}
            if filled != switch.plan:
                yield f"filled {_told(filled)}, expected {_told(switch.plan)}"
        case Command.RECOVER:
            out = [each.ref for each in story.acts[0].sent]
            statuses = [story.reported.get(ref, {}).get("status") for ref in out]
            if statuses != ["Filled"]:
                yield f"of {len(out)} orders that were out it reported {statuses}"


def _prepare(player: Player, command: Command) -> None:
    if command is Command.APPLY:
        player.act("plan", lambda: (finished(player.start("plan", "-o", _plan(player))),))
    elif command is Command.RECOVER:
        player.run(env=_ORDER_OUT)


def _act(player: Player, command: Command, *, restarts_soon: bool = False) -> None:
    words = {
        Command.DRY_RUN: ("run", "--dry-run"),
        Command.RUN: ("run", "--yes"),
        Command.APPLY: ("apply", _plan(player), "--yes"),
        Command.RECOVER: ("recover",),
    }[command]
    name = DRY_RUN if command is Command.DRY_RUN else words[0]
    player.act(name, lambda: (_ended(player, words, restarts_soon=restarts_soon),))


def _ended(player: Player, words: tuple[str, ...], *, restarts_soon: bool) -> Finished:
    process = player.start(*words)
    if restarts_soon:
        gateway = player.gateway
        gateway.wait_until(lambda g: bool(g.placed) or process.has_ended)
        gateway.change_settings(gateway.ask(_restarting_soon))
    return finished(process)


def _restarting_soon(gateway: Gateway) -> GatewaySettings:
    """The gateway's settings with a restart a few seconds from its present time."""
    at = (gateway.clock.now() + _SOON).astimezone(ZoneInfo(gateway.market.hours.time_zone))
    return evolve(gateway.market.settings, auto_restart=at.time().replace(microsecond=0))


def _plan(player: Player) -> str:
    return str(player.space.folder / _PLAN_FILE)


def _told(plan: Mapping[tuple[str, str, str], Decimal]) -> str:
    return ", ".join(f"{side} {shares} {symbol}" for (_, symbol, side), shares in plan.items())
