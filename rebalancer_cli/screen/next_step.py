"""The one command that follows a command, with its arguments."""

from __future__ import annotations

import shlex
from pathlib import Path

from rebalancer_cli.exits import Exit

_DEFAULT_CONFIG = Path("settings.ini")


def config_flag(config: Path) -> str:
    """The flag that names these settings to the next command; empty where they are the default.

    >>> config_flag(Path("accounts/my settings.ini"))
    " --config 'accounts/my settings.ini'"
    """
    if config.absolute() == _DEFAULT_CONFIG.absolute():
        return ""
    here = Path().absolute()
    shown = config.relative_to(here) if config.is_relative_to(here) else config
    return f" --config {shlex.quote(str(shown))}"


def what_next(code: int, command: str, config: Path, error: str) -> str:
    """What to run after a command that ended before it could begin; empty where nothing helps.

    Empty too where the error names a command itself.

    >>> what_next(4, "snapshot", Path("settings.ini"), "connection refused")
    'Next: rebalance doctor --connect-only'
    >>> what_next(3, "run", Path("settings.ini"), "settings.ini:3 ibkr.port: not a number")
    'Next: rebalance validate-config settings.ini'
    """
    flag = config_flag(config)
    if "rebalance " in error:  # It names the command already.
        return ""
    if code == Exit.INVALID_INPUT and config.name in error:
        return f"Next: rebalance validate-config {shlex.quote(str(config))}"
    if code == Exit.INVALID_INPUT and ".csv" in error:
        return f"Next: rebalance validate-portfolios{flag}"
    if code == Exit.NO_DATA:
        return f"Next: rebalance doctor --connect-only{flag}"
    if code == Exit.UNKNOWN_OUTCOME:
        return f"Orders may be live at IBKR; look at them: rebalance status{flag}"
    if code == Exit.REFUSED and command != "apply":
        return f"Next: rebalance doctor{flag}"
    return ""
