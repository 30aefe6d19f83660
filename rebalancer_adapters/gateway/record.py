"""The record: every frame of every client, both ways, as it crossed the wire.

A long one is kept on the disk: in memory a frame then is two numbers.
"""

from __future__ import annotations

import json
import tempfile
import threading
import weakref
from array import array
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, TextIO

from attrs import define, field, frozen

from rebalancer_adapters.gateway.wire import Fields

_IN_MEMORY_BYTES = 100_000


@frozen(kw_only=True)
class Frame:
    """One frame; `client_id` is -1 before the client said who it is."""

    at: datetime
    client_id: int
    message_id: int
    fields: Fields


@define
class _Places:
    """Where the frames of one direction begin in the file, and their message ids."""

    begins: array[int] = field(factory=lambda: array("q"))
    message_ids: array[int] = field(factory=lambda: array("q"))

    def of(self, message_id: int | None) -> tuple[int, ...]:
        """Where the frames of this message id begin, or all."""
        if message_id is None:
            return tuple(self.begins)
        ids = zip(self.begins, self.message_ids, strict=True)
        return tuple(begin for begin, each in ids if each == message_id)


class Record:
    """Frames in the order in which they crossed; also as JSON lines in a file, when given.

    They lie in memory, and once they are many in a file without a name, which goes with the record.
    Safe to read from any thread.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._received = _Places()
        self._sent = _Places()
        self._kept = tempfile.SpooledTemporaryFile(  # noqa: SIM115 it lives as long as the record
            max_size=_IN_MEMORY_BYTES, mode="w+b"
        )
        weakref.finalize(self, _discard, self._kept)
        self._size = 0
        self._turn = threading.Lock()
        self._path = path
        self._file: TextIO | None = None

    def received(self, message_id: int | None = None) -> tuple[Frame, ...]:
        """Frames that clients sent, of one message id or all."""
        return self._read(self._received, message_id)

    def sent(self, message_id: int | None = None) -> tuple[Frame, ...]:
        """Frames that were sent to clients, of one message id or all."""
        return self._read(self._sent, message_id)

    def __len__(self) -> int:
        """How many frames crossed the wire, both ways."""
        return len(self._received.begins) + len(self._sent.begins)

    def open(self) -> None:
        """Begin the file; OSError when it cannot be written."""
        if self._path is not None:
            self._file = self._path.open("a", encoding="utf-8")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def add_received(self, frame: Frame) -> None:
        self._add(self._received, "received", frame)

    def add_sent(self, frame: Frame) -> None:
        self._add(self._sent, "sent", frame)

    def _add(self, places: _Places, direction: str, frame: Frame) -> None:
        values = {
            "at": frame.at.isoformat(),
            "direction": direction,
            "client_id": frame.client_id,
            "message_id": frame.message_id,
            "fields": frame.fields,
        }
        line = json.dumps(values) + "\n"
        with self._turn:
            # A reader may have moved it.
            self._kept.seek(self._size)
            self._kept.write(line.encode("ascii"))
            places.begins.append(self._size)
            places.message_ids.append(frame.message_id)
            self._size += len(line)
        if self._file is not None:
            self._file.write(line)
            self._file.flush()

    def _read(self, places: _Places, message_id: int | None) -> tuple[Frame, ...]:
        with self._turn:
            return tuple(map(self._frame, places.of(message_id)))

    def _frame(self, begin: int) -> Frame:
        self._kept.seek(begin)
        values = json.loads(self._kept.readline())
        return Frame(
            at=datetime.fromisoformat(values["at"]),
            client_id=values["client_id"],
            message_id=values["message_id"],
            fields=tuple(values["fields"]),
        )


def _discard(file: IO[bytes]) -> None:
    """What could not be written any more is not wanted any more."""
    with suppress(OSError):
        file.close()


def message_id_of(fields: Fields) -> int:
    """The number in front of a frame, -1 when there is none."""
    head = fields[0] if fields else ""
    return int(head) if head.isascii() and head.isdigit() and len(head) < 10 else -1
