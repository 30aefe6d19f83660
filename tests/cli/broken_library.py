"""`python -m tests.cli.broken_library REQUEST HOW ARGUMENT...`: `rebalance` on a broken library.

The client library fails in one request; the program itself is as it is.
"""

import sys
from enum import Enum

from ib_async.client import Client

from rebalancer_cli.main import main


class How(Enum):
    """What the request does instead."""

    FAIL_AFTERWARDS = "what it does, then OSError"
    FAIL = "OSError"
    BREAK = "ArithmeticError"


def break_library(request: str, how: How) -> None:
    """From now on that request of the client library fails."""
    sound = getattr(Client, request)

    def broken(*arguments: object) -> None:
        if how is How.BREAK:
            raise ArithmeticError("the library broke")
        if how is How.FAIL_AFTERWARDS:
            sound(*arguments)
        raise OSError("the library broke")

    setattr(Client, request, broken)


if __name__ == "__main__":
    break_library(sys.argv[1], How(sys.argv[2]))
    del sys.argv[1:3]
    sys.exit(main())
