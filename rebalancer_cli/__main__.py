"""The program's start: signals and streams are safe before all else is loaded, which takes long."""

from __future__ import annotations

import importlib
import sys

from rebalancer_cli.terminal.signals import heed_signals, ignore_signals
from rebalancer_cli.terminal.streams import guard_streams

# Exit.INTERRUPTED: its module would load half the program.
_INTERRUPTED = 130


def main() -> None:
    """Run the command line; the process ends with the command's exit code."""
    heed_signals()
    guard_streams()
    try:
        # Imported here, where a signal that comes meanwhile is heeded.
        command_line = importlib.import_module("rebalancer_cli.main")
        code: int = command_line.main()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = _INTERRUPTED
    ignore_signals()
    sys.exit(code)


if __name__ == "__main__":
    main()
