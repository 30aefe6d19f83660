"""The log for programs: one JSON object a line, with what an event is about where that is known."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

_ACCOUNT = re.compile(r"\b[A-Z]{1,3}[0-9]{5,10}\b")
_ORDER = re.compile(r"\brb1-[0-9a-z]+-[0-9]+-[0-9]+\b")
# `DU111111 SPY: ...`, as plans and intents are logged, and `DU111111: SPY: ...`.
_SYMBOL = re.compile(r"\b[A-Z]{1,3}[0-9]{5,10}:? (?P<symbol>[A-Z][A-Z0-9.]*):")
_STATED = ("account", "order_ref", "symbol")


class JsonLines(logging.Formatter):
    """`time`, `level`, `logger`, `message`; `run`, `account`, `order_ref` and `symbol` where known.

    What the record says of itself (`extra`) comes before what its message names; a message that
    names several accounts or orders is about none. A traceback is one text, `traceback`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.run_id = ""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        at = datetime.fromtimestamp(record.created, tz=UTC)
        event = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": message,
        }
        symbol = _SYMBOL.search(message)
        named = {
            "run": self.run_id,
            "account": _only(_ACCOUNT.findall(message)),
            "order_ref": _only(_ORDER.findall(message)),
            "symbol": symbol["symbol"] if symbol else "",
        }
        stated = {name: str(getattr(record, name)) for name in _STATED if hasattr(record, name)}
        event |= {name: text for name, text in (named | stated).items() if text}
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return json.dumps(event)


def _only(found: list[str]) -> str:
    return found[0] if len(set(found)) == 1 else ""
