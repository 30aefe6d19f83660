"""A folder of things that are no good input: missing, empty, huge, foreign, not even files."""

import os
import sys
from pathlib import Path

SETTINGS = """\
[ibkr]
read_only = true
[accounts]
ids = DU111111, DU222222
[models]
MAIN = 1
[io]
report_dir = reports
state_dir = state
"""
PORTFOLIOS = "ETF,MAIN\nSPY,60\nIEF,40\n"
SNAPSHOT = """\
{"schema": 1, "as_of": "2026-01-02T15:04:05Z",
 "accounts": [{"account_id": "DU111111", "base_currency": "USD",
   "cash": {"USD": "12000.00", "CAD": "500.00"},
   "positions": [{"symbol": "SPY", "con_id": 756733, "security_type": "STK", "currency": "USD",
     "quantity": "10", "average_cost": "500"}],
   "open_orders": []}],
 "quotes": [
   {"symbol": "SPY", "con_id": 756733, "price": "600.00", "kind": "last",
    "as_of": "2026-01-02T15:04:05Z", "delayed": false},
   {"symbol": "IEF", "con_id": 15547841, "price": "95.00", "kind": "last",
    "as_of": "2026-01-02T15:04:05Z", "delayed": false}]}
"""
MARKET = """\
[[instruments]]
symbol = "SPY"
con_id = 756733
primary_exchange = "ARCA"
last = 600.00

[[accounts]]
id = "DU111111"
base_currency = "USD"
cash = { USD = "10000.00" }
"""
_HUGE = 11_000_000
_IS_POSIX = sys.platform != "win32"

UNREADABLE = (
    *("missing", "folder", "empty", "huge", "latin1", "nul", "utf16", "noise", "long"),
    *(("fifo", "device", "dangling", "no_utf8_name", "newline_name") if _IS_POSIX else ()),
)
"""Names on the shelf of what no command can read as its file."""


def stocked(folder: Path) -> dict[str, str]:
    """Everything on the shelf by name: a path each, also of what is not there."""
    texts = {
        "settings": SETTINGS,
        "portfolios": PORTFOLIOS,
        "snapshot": SNAPSHOT,
        "market": MARKET,
        "empty": "",
    }
    contents = {
        "huge": b"# \n" * (_HUGE // 3),
        "latin1": b"# caf\xe9\n" + SETTINGS.encode(),
        "nul": SETTINGS.encode().replace(b"=", b"\0"),
        "utf16": SETTINGS.encode("utf-16"),
        "noise": bytes(range(256)) * 4,
    }
    names = {"settings": "settings.ini", "portfolios": "portfolios.csv"}
    for name, content in {**{k: v.encode() for k, v in texts.items()}, **contents}.items():
        (folder / names.get(name, name)).write_bytes(content)
    (folder / "folder").mkdir()
    shelf = {name: str(folder / names.get(name, name)) for name in (*texts, *contents)}
    shelf |= {name: str(folder / name) for name in ("missing", "folder")}
    shelf["long"] = str(folder / ("x" * 300))
    if _IS_POSIX:
        os.mkfifo(folder / "fifo")
        (folder / "dangling").symlink_to(folder / "missing")
        shelf |= {name: str(folder / name) for name in ("fifo", "dangling")}
        shelf["device"] = "/dev/zero"
        shelf["no_utf8_name"] = str(folder / "caf\udce9")
        shelf["newline_name"] = str(folder / "one\ntwo")
    return shelf
