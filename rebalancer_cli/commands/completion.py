"""`rebalance completion SHELL`: the script that teaches a shell to complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from rebalancer_cli.messages import shell_unknown


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, *, shell: str) -> None:
    """Print the completion script: eval "$(rebalance completion bash)"."""
    complete = get_completion_class(shell)
    if complete is None:
        raise click.UsageError(shell_unknown(shell))
    root = ctx.find_root().command
    click.echo(complete(root, {}, "rebalance", "_REBALANCE_COMPLETE").source())
