"""Named places where a test can kill the process, to prove that a crash there loses nothing.

`REBALANCE_FAILPOINT=F13` kills the process without warning the first time F13 is reached; `F13:3`
the third time; `F13:1:SIGTERM` sends it that signal instead. A run refuses to trade a live account
while it is set.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "REBALANCE_FAILPOINT"

FAILPOINTS = {
    "F01": "settings and portfolios are read",
    "F02": "the accounts are locked",
    "F03": "the journal is open",
    "F04": "connected",
    "F05": "the accounts are read",
    "F06": "the approved plan is journaled",
    "F07": "the pre-trade report is written",
    "F08": "the preview is shown, the question comes",
    "F09": "the answer is read",
    "F10": "the account was read again after the yes",
    "F11": "about to send the first order",
    "F12": "an intent is inserted, not committed",
    "F13": "an intent is committed",
    "F14": "about to hand an order to the client library",
    "F15": "an order is handed to the client library",
    "F16": "the client library has written to the socket",
    "F17": "an acknowledgement is received, not journaled",
    "F18": "an acknowledgement is journaled",
    "F19": "an execution is received, not journaled",
    "F20": "an execution is journaled",
    "F21": "a cancel is handed over",
    "F22": "the broker was asked for evidence",
    "F23": "about to write the post-trade report",
    "F24": "about to write the run summary",
}

_reached: dict[str, int] = {}


def reach(name: str) -> None:
    """Die here, or get another signal, when the environment says so; else nothing."""
    wanted, _, rest = os.environ.get(VARIABLE, "").partition(":")
    if wanted != name:
        return
    _reached[name] = _reached.get(name, 0) + 1
    count, _, sent = rest.partition(":")
    if not sent and _reached[name] >= int(count or "1"):
        # SIGKILL where there is one; on Windows os.kill ends the process just as abruptly.
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    elif sent and _reached[name] == int(count):
        os.kill(os.getpid(), signal.Signals[sent])
