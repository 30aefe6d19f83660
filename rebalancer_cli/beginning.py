"""The files of a new user: asked for on a terminal, else a template; nothing is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from attrs import evolve, frozen
from returns.result import Result

from rebalancer_adapters.ground.durable_files import AlreadyThere, names_taken, write_together
from rebalancer_adapters.ground.file_text import FileText
from rebalancer_adapters.ground.problems import Problem, Wrong
from rebalancer_adapters.portfolios.portfolios_csv import portfolios_from_text
from rebalancer_adapters.settings.grammars import account_id, is_loopback
from rebalancer_adapters.settings.grammars import host as any_host
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import settings_from_text
from rebalancer_cli.bootstrap import GatewaySessions
from rebalancer_cli.exits import Exit
from rebalancer_cli.messages import not_started
from rebalancer_cli.problems import leave, render_problems, value_or_exit
from rebalancer_cli.sample_files import PORTFOLIOS, SETTINGS, Start, starting_files
from rebalancer_cli.screen.starting import (
    INPUT_ENDED,
    INTRODUCTION,
    WITHOUT_GATEWAY,
    WITHOUT_HOLDINGS,
    asking_gateway,
    left_out,
    manages,
    name_one_of,
    no_holdings,
    nothing_written,
    reading_holdings,
    wrapped,
)
from rebalancer_cli.terminal.first_questions import FirstQuestions, InputEnded, Models
from rebalancer_cli.terminal.terminal import Terminal
from rebalancer_core.application.starting import Rules, Unstarted, held_models, managed_accounts
from rebalancer_core.reporting.failures import status_for
from rebalancer_core.reporting.summary import AccountStatus
from rebalancer_core.values.held import HeldModel
from rebalancer_core.values.money import HUNDRED
from rebalancer_core.values.results import Failed, unwrap_or_failed

HELD_MODELS: Models = (("HOLDINGS", HUNDRED),)


@frozen(kw_only=True)
class Unbegun:
    """Why no file is to be written, and the exit code that says so."""

    why: str
    code: Exit


def check_free(directory: Path) -> None:
    """The end of the command (2) where a name is taken, before anybody is asked anything."""
    taken = names_taken(directory, (SETTINGS, PORTFOLIOS))
    if taken:
        leave(Exit.USAGE, not_started(AlreadyThere(paths=taken)))


def written(directory: Path, start: Start) -> tuple[Path, ...]:
    """The files, written; the end of the command where a name is taken (2) or nothing fits (5)."""
    made = unwrap_or_failed(write_together(directory, starting_files(start)))
    if isinstance(made, Failed):
        is_taken = isinstance(made.error, AlreadyThere)
        leave(Exit.USAGE if is_taken else Exit.REFUSED, not_started(made.error))
    return made


def started(host: str, port: int, accounts: tuple[str, ...]) -> Start:
    """What the flags say; the end of the command (2) where they say what cannot be."""
    named = (("--host", any_host().parse(host)), *(("--account", account_id(a)) for a in accounts))
    for flag, value in named:
        if isinstance(value, Wrong):
            raise click.UsageError(f"{flag} {value.problem} -> {value.fix}")
    start = Start(host=host, port=port, allow_remote=not is_loopback(host))
    return evolve(start, accounts=accounts) if accounts else start


async def begin(
    terminal: Terminal,
    questions: FirstQuestions | None,
    start: Start,
    *,
    named: bool,
    from_holdings: bool,
) -> Start | Unbegun:
    """What the files are to say; None: nobody is asked.

    `named`: the accounts of `start` were named by the user.
    """
    if questions is None:
        return await _unasked(terminal, start, named=named) if from_holdings else start
    terminal.note(INTRODUCTION)
    try:
        return await _asked(terminal, questions, start, named=named, from_holdings=from_holdings)
    except InputEnded:
        return Unbegun(why=INPUT_ENDED, code=Exit.INTERRUPTED)


async def _unasked(terminal: Terminal, start: Start, *, named: bool) -> Start | Unbegun:
    """The holdings of the accounts that are named, or of the only one that there is."""
    if not named:
        managed = await managed_accounts(_sessions(start))
        if isinstance(managed, Failed):
            return _unread(managed.error)
        if len(managed) != 1:
            return Unbegun(why=nothing_written(name_one_of(managed)), code=Exit.USAGE)
        start = evolve(start, accounts=managed)
    held = await _holdings(terminal, start)
    if isinstance(held, Failed):
        return _unread(held.error)
    return evolve(start, holdings=held, models=HELD_MODELS)


async def _asked(
    terminal: Terminal,
    questions: FirstQuestions,
    start: Start,
    *,
    named: bool,
    from_holdings: bool,
) -> Start | Unbegun:
    start = await questions.gateway(start)
    terminal.note(asking_gateway(start.host, start.port))
    managed = await managed_accounts(_sessions(start))
    if isinstance(managed, Failed):
        if from_holdings:
            return _unread(managed.error)
        _say(terminal, f"{no_holdings(managed.error)}\n{WITHOUT_GATEWAY}")
        managed = ()
    else:
        _say(terminal, manages(managed))
    default = start.accounts if named else managed
    start = evolve(start, accounts=await questions.accounts(default, managed))
    if from_holdings or (managed and await questions.starts_from_holdings()):
        held = await _holdings(terminal, start)
        if not isinstance(held, Failed):
            start = evolve(start, holdings=held, models=HELD_MODELS)
        elif from_holdings:
            return _unread(held.error)
        else:
            _say(terminal, f"{no_holdings(held.error)}\n{WITHOUT_HOLDINGS}")
    while True:
        filled = evolve(start, models=await questions.models(start.models))
        problems = problems_of_files(starting_files(filled))
        if not problems:
            return filled
        _say(terminal, render_problems(problems))


async def _holdings(terminal: Terminal, start: Start) -> tuple[HeldModel, ...] | Failed[Unstarted]:
    terminal.note(reading_holdings(start.accounts))
    settings = _settings(start)
    held = await held_models(
        _sessions(start),
        tuple(account.account_id for account in settings.accounts),
        Rules(
            pricing=settings.pricing,
            safety=settings.safety,
            rebalance=settings.accounts[0].rebalance,
        ),
    )
    if not isinstance(held, Failed):
        for model in held:
            if model.left_out:
                _say(terminal, left_out(model.account_id, model.left_out))
    return held


def problems_of_files(files: Mapping[str, str]) -> tuple[Problem, ...]:
    """What a run would find wrong with these files, warnings left out."""
    settings = unwrap_or_failed(_loaded(files[SETTINGS]))
    if isinstance(settings, Failed):
        return settings.error
    read = (
        unwrap_or_failed(portfolios_from_text(text, name, settings.blend))
        for name, text in files.items()
        if name != SETTINGS
    )
    return tuple(each for wrong in read if isinstance(wrong, Failed) for each in wrong.error)


def _unread(why: Unstarted) -> Unbegun:
    refused = status_for(why) is AccountStatus.REFUSED
    code = Exit.REFUSED if refused else Exit.NO_DATA
    return Unbegun(why=nothing_written(no_holdings(why)), code=code)


def _sessions(start: Start) -> GatewaySessions:
    return GatewaySessions(settings=_settings(start), attempts=1)


def _settings(start: Start) -> Settings:
    """The settings that this start would write; the end of the command where they are wrong."""
    return value_or_exit(_loaded(starting_files(start)[SETTINGS]))


def _loaded(text: str) -> Result[Settings, tuple[Problem, ...]]:
    file = FileText(name=SETTINGS, text=text, sha256="")
    return settings_from_text(file, Path(SETTINGS), {}, Flags())


def _say(terminal: Terminal, text: str) -> None:
    terminal.note(wrapped(text, terminal.width))
