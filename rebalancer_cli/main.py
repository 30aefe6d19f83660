"""The commands by name; each is imported when it is called, so that help comes at once."""

from __future__ import annotations

import importlib
import os
from itertools import pairwise
from pathlib import Path

import click

from rebalancer_cli.ended import Ended
from rebalancer_cli.program import VERSION
from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.json_output import error_output
from rebalancer_cli.screen.next_step import what_next

_COMMANDS = {
    "init": "write the two input files to start from",
    "doctor": "check everything that a run needs",
    "run": "plan, show, ask, trade and report",
    "plan": "show what would be traded, and save it with -o",
    "show": "show a saved plan",
    "apply": "execute a saved plan, unchanged or not at all",
    "snapshot": "read the accounts and print or save them",
    "explain": "explain why one symbol trades or does not",
    "price": "print the prices a run would use",
    "validate-config": "check settings.ini",
    "validate-portfolios": "check portfolios.csv",
    "status": "show open orders and past runs",
    "recover": "find out what became of open orders",
    "resolve": "record the outcome of an order the broker cannot confirm",
    "report": "write the reports of a run again",
    "gateway": "serve a simulated gateway",
    "demo": "trade three simulated accounts, start to end",
    "completion": "print the shell completion script",
}

_DEFAULT = "run"
_JSON = "--json"
_CONFIG = "settings.ini"
_WORDS = "rebalancer_cli.main.words"
# Set by a shell that asks how a line may go on.
_COMPLETING = "_REBALANCE_COMPLETE"
_NEAR_MISS = "rebalancer_adapters.ground.near_miss"


class LazyCommands(click.Group):
    """A group whose commands live in modules of their own name; flags alone are those of `run`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`--dry-run` is `run --dry-run`; only the options of the group itself stay its own."""
        own = {name for option in self.get_params(ctx) for name in option.opts}
        is_flag = bool(args) and args[0].startswith("-") and bool(args[0].strip("-"))
        if is_flag and args[0] not in own:
            args = [_DEFAULT, *args]
        ctx.meta[_WORDS] = tuple(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """As usual; one that ends before it has data says why, to programs too (R 8.1.17)."""
        try:
            found: object = super().invoke(ctx)
        except Ended as ended:
            self._tell_programs(ctx, ended.error)
            self._say_next(ctx, ended.exit_code, ended.error)
            raise
        except click.exceptions.Exit as ended:
            if ctx.meta[_WORDS][:1] == ("recover",):
                self._say_next(ctx, ended.exit_code, "")
            raise
        except click.ClickException as wrong:
            self._tell_programs(ctx, wrong.format_message())
            raise
        return found

    def _tell_programs(self, ctx: click.Context, error: str) -> None:
        name, *flags = ctx.meta[_WORDS] or ("",)
        command = self.get_command(ctx, name)
        options = {option for each in command.params for option in each.opts} if command else set()
        if _JSON in flags and _JSON in options:
            click.echo(error_output(name, error))

    def _say_next(self, ctx: click.Context, code: int, error: str) -> None:
        name, *flags = ctx.meta[_WORDS] or ("",)
        config = _named_config(flags)
        line = what_next(code, name, config, error)
        if line:
            click.echo(console_text(line), err=True)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Every command's name, in the order people need them."""
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name, imported now; None for an unknown one."""
        if name not in _COMMANDS:
            return None
        module = importlib.import_module(f"rebalancer_cli.commands.{name.replace('-', '_')}")
        command = module.command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command and its words; for a name a little off a known one, the known one is told."""
        name = args[0]
        if name in _COMMANDS or name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        near = importlib.import_module(_NEAR_MISS).near_miss(name, _COMMANDS)
        fix = f"; did you mean {near}?" if near else ""
        raise click.UsageError(f"No such command {name!r}{fix}", ctx)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help text, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _named_config(flags: list[str]) -> Path:
    """The settings file of these words of a command line."""
    found = _CONFIG
    for flag, value in pairwise((*flags, "")):
        if flag == "--config" and value:
            found = value
        elif flag.startswith("--config="):
            found = flag.removeprefix("--config=")
    return Path(found)


@click.command(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="rebalance")
def cli() -> None:
    """Keep Interactive Brokers accounts near a blend of model ETF portfolios.

    No order is sent without your confirmation, and never more than was shown. Without a
    command, flags are those of `run`: `rebalance --dry-run`.
    """


def main() -> int:
    """Run the command line; the command's exit code. KeyboardInterrupt upon a signal."""
    if _COMPLETING in os.environ:
        importlib.import_module("rebalancer_cli.powershell").register()
    try:
        code: int = cli.main(prog_name="rebalance", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except click.Abort:
        # click's own answer to Ctrl+C would be 1, which says that the program has a bug.
        raise KeyboardInterrupt from None
    return code
