"""The record: every frame of every client, both ways, as it crossed the wire."""

import json
from datetime import datetime
from pathlib import Path
from typing import TextIO

from attrs import frozen

from rebalancer_adapters.gateway.wire import Fields


@frozen(kw_only=True)
class Frame:
    """One frame; `client_id` is -1 before the client said who it is."""

    at: datetime
    client_id: int
    message_id: int
    fields: Fields


class Record:
    """Frames in the order in which they crossed; also as JSON lines in a file, when given."""

    def __init__(self, path: Path | None = None) -> None:
        self._received: list[Frame] = []
        self._sent: list[Frame] = []
        self._path = path
        self._file: TextIO | None = None

    def received(self, message_id: int | None = None) -> tuple[Frame, ...]:
        """Frames that clients sent, of one message id or all."""
        return _chosen(self._received, message_id)

    def sent(self, message_id: int | None = None) -> tuple[Frame, ...]:
        """Frames that were sent to clients, of one message id or all."""
        return _chosen(self._sent, message_id)

    def open(self) -> None:
        """Begin the file; OSError when it cannot be written."""
        if self._path is not None:
            self._file = self._path.open("a", encoding="utf-8")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def add_received(self, frame: Frame) -> None:
        self._received.append(frame)
        self._write("received", frame)

    def add_sent(self, frame: Frame) -> None:
        self._sent.append(frame)
        self._write("sent", frame)

    def _write(self, direction: str, frame: Frame) -> None:
        if self._file is None:
            return
        line = {
            "at": frame.at.isoformat(),
            "direction": direction,
            "client_id": frame.client_id,
            "message_id": frame.message_id,
            "fields": frame.fields,
        }
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


def message_id_of(fields: Fields) -> int:
    """The number in front of a frame, -1 when there is none."""
    head = fields[0] if fields else ""
    return int(head) if head.isascii() and head.isdigit() and len(head) < 10 else -1


def _chosen(frames: list[Frame], message_id: int | None) -> tuple[Frame, ...]:
    return tuple(each for each in frames if message_id is None or each.message_id == message_id)
