"""What programs read: one object, which names its schema and its command first (R 8.1.17)."""

from __future__ import annotations

import json
from collections.abc import Mapping

_SCHEMA = 1


def json_output(command: str, content: Mapping[str, object]) -> str:
    r"""The one object of a command, as text; docs/schemas/ has its shape.

    >>> json_output("price", {"quotes": []})
    '{\n  "schema": 1,\n  "command": "price",\n  "quotes": []\n}'
    """
    return json.dumps({"schema": _SCHEMA, "command": command, **content}, indent=2)


def error_output(command: str, error: str) -> str:
    """The one object of a command that ended before it had data: why."""
    return json_output(command, {"error": error})
