"""The program's start: streams are safe before anything is printed."""

from __future__ import annotations

import importlib
import sys

from rebalancer_cli.screen.streams import guard_streams

# Exit.INTERRUPTED: its module would load half the program.
_INTERRUPTED = 130


def main() -> None:
    """Run the command line; the process ends with the command's exit code (SPEC 8)."""
    guard_streams()
    try:
        command_line = importlib.import_module("rebalancer_cli.main")
        code: int = command_line.main()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = _INTERRUPTED
    sys.exit(code)


if __name__ == "__main__":
    main()
