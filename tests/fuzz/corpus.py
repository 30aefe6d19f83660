"""Good inputs to begin from: the fixtures, and the requests of a client as bytes."""

from collections.abc import Mapping, Sequence

from rebalancer_adapters.gateway.wire import encode_frame
from tests.adapters.case_files import FIXTURES
from tests.adapters.saved.saved_plans import plan_text, saved_plan
from tests.bad_input.sample_files import MARKET, SNAPSHOT

_HELLO = b"API\0\0\0\0\x09v157..178"
_REQUESTS: Sequence[tuple[str, ...]] = (
    ("71", "2", "42", ""),
    ("61", "1"),
    ("49", "1"),
    ("7", "3", "4", "0", "DU111111", "", "SPY", "STK", "", ""),
    ("76", "1", "5", "DU111111", "", "0"),
    ("9", "8", "2", "756733", "SPY", "STK", "", "0", "", "", "SMART", *[""] * 9),
    ("4", "1", "1", ""),
    ("3", "1", "756733", "SPY", "STK", "", "0", "", "", "SMART", "", "USD", "", "", "", "", "BUY"),
)


def corpus() -> Mapping[str, Sequence[bytes]]:
    """Good inputs by the name of their target."""
    frames = [encode_frame(fields) for fields in _REQUESTS]
    return {
        "settings_text": _files("good/settings", "*.ini"),
        "portfolios_text": _files("good/portfolios", "*.csv"),
        "snapshot_text": [SNAPSHOT.encode()],
        "plan_text": [plan_text(saved_plan()).encode()],
        "market_file": [MARKET.encode(), *_files("markets", "*.toml")],
        "wire": [_HELLO + b"".join(frames), b"".join(frames), *frames],
    }


def _files(folder: str, pattern: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((FIXTURES / folder).glob(pattern))]
