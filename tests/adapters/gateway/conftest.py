"""A decoding error of the client fails the test: ib_async logs it and goes on without the data."""

import logging
import re
from collections.abc import Iterator

import pytest

# "Error 200, reqId 7: ..." is the client's report of an error message, which tests do ask for.
_WATCHED = ("ib_async.Decoder", "ib_async.wrapper")
_REPORTED = re.compile(r"(?:Error|Warning) [0-9]+, reqId -?[0-9]+: ")


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.name in _WATCHED and not _REPORTED.match(text):
            self.texts.append(f"{record.name}: {text}")


@pytest.fixture(autouse=True)
def no_error_in_the_client() -> Iterator[None]:
    collector = _Collector()
    logger = logging.getLogger("ib_async")
    logger.addHandler(collector)
    yield
    logger.removeHandler(collector)
    assert collector.texts == []
