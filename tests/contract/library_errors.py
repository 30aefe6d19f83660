"""A message that ib_async could not read is only logged by it; here it fails the test."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_library_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No ERROR of ib_async's decoder or wrapper, nor of its events, in the whole test."""
    yield
    sources = ("ib_async.Decoder", "ib_async.wrapper", "eventkit")
    errors = [
        record.getMessage()
        for record in (*caplog.get_records("setup"), *caplog.get_records("call"))
        if record.levelno >= logging.ERROR and record.name.startswith(sources)
    ]
    assert not errors
