"""What a program prints, read at once by a thread: a full pipe would hold the program back."""

import os
import threading
import time
from collections.abc import Callable

_LOOK_AGAIN_SECONDS = 0.2


class Output:
    """Everything that comes out of a descriptor, as UTF-8."""

    def __init__(self, descriptor: int, *, errors: str = "backslashreplace") -> None:
        self._descriptor = descriptor
        self._errors = errors
        self._bytes = b""
        self._seen = 0
        self._grown = threading.Condition()
        self._reader = threading.Thread(target=self._read, name="output", daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """All that came so far, lines ended by a line feed."""
        with self._grown:
            return self._bytes.decode("utf-8", self._errors).replace("\r\n", "\n")

    def wait_for(self, words: str, seconds: float, has_ended: Callable[[], bool]) -> None:
        """Come back once `words` are there after the last words waited for; else AssertionError."""
        deadline = time.monotonic() + seconds
        with self._grown:
            while (at := self.text.find(words, self._seen)) < 0:
                left = deadline - time.monotonic()
                if left <= 0 or (self.is_complete and has_ended()):
                    raise AssertionError(f"{words!r} was never shown:\n{self.text[self._seen :]}")
                self._grown.wait(min(left, _LOOK_AGAIN_SECONDS))
            self._seen = at + len(words)

    @property
    def is_complete(self) -> bool:
        """Whether nothing more can come."""
        return not self._reader.is_alive()

    def finish(self, timeout: float | None = None) -> str:
        """All of it, once everybody has closed the other end."""
        self._reader.join(timeout)
        return self.text

    def close(self) -> None:
        """Read no more; for when nobody writes any more."""
        self._reader.join()
        os.close(self._descriptor)

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._descriptor, 65536)
            except OSError:  # Linux says EIO once the program has closed its end of a terminal.
                piece = b""
            with self._grown:
                self._bytes += piece
                self._grown.notify_all()
            if not piece:
                return
