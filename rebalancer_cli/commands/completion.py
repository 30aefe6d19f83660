"""`rebalance completion SHELL`: the script that teaches a shell to complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from rebalancer_cli.messages import shell_unknown
from rebalancer_cli.powershell import SHELL, register


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", SHELL]))
@click.pass_context
def command(ctx: click.Context, *, shell: str) -> None:
    """Print the completion script: eval "$(rebalance completion bash)"."""
    register()
    complete = get_completion_class(shell)
    if complete is None:
        raise click.UsageError(shell_unknown(shell))
    root = ctx.find_root().command
    click.echo(complete(root, {}, "rebalance", "_REBALANCE_COMPLETE").source())
