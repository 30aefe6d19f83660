"""How much code one order walks through: `python -m benchmarks.first_order`.

One run of `rebalance run --yes` on the simulated gateway, one account, traced from the command line
to the first order handed to the client library. Counted are the modules and functions of this
project that were called, and how often a call led into another file. The gateway runs in a thread
of its own and is not counted.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType

from attrs import define, field

from rebalancer_adapters.gateway import Gateway, load_market
from rebalancer_cli.demo_files import demo_files
from rebalancer_cli.main import main as command_line

_PACKAGES = ("rebalancer_core", "rebalancer_adapters", "rebalancer_cli")
_HANDED_OVER = ("ib_async", "placeOrder")


@define
class Walk:
    """What was called so far; it ends at the first order."""

    root: str
    modules: set[str] = field(factory=set)
    functions: set[tuple[str, str, int]] = field(factory=set)
    switches: int = 0
    is_over: bool = False
    _file: str = ""

    def heard(self, frame: FrameType, event: str, _argument: object) -> None:
        """A call or return of the traced thread."""
        if self.is_over or event != "call":
            return
        code = frame.f_code
        package, name = _HANDED_OVER
        if code.co_name == name and package in code.co_filename:
            self.is_over = True
            return
        path = code.co_filename.removeprefix(self.root).lstrip(os.sep)
        if not path.startswith(_PACKAGES) or not _is_function(code):
            return
        self.modules.add(path)
        self.functions.add((path, code.co_qualname, code.co_firstlineno))
        self.switches += path != self._file
        self._file = path


def walked() -> Walk:
    """The walk of one order on a gateway of its own."""
    walk = Walk(root=str(Path(__file__).resolve().parent.parent))
    files = demo_files()
    with tempfile.TemporaryDirectory() as folder, served(files.market) as port:
        os.environ |= {
            "REBALANCE_IBKR_PORT": str(port),
            "REBALANCE_IO_REPORT_DIR": f"{folder}/reports",
            "REBALANCE_IO_STATE_DIR": f"{folder}/state",
        }
        arguments = ("--account", "DU111111", "--config", str(files.settings))
        sys.argv = ["rebalance", "run", "--yes", *arguments]
        sys.setprofile(walk.heard)
        try:
            command_line()
        finally:
            sys.setprofile(None)
    return walk


def _is_function(code: CodeType) -> bool:
    """Neither a class body nor a comprehension, nor a module being imported."""
    return bool(code.co_flags & CO_OPTIMIZED) and not code.co_name.startswith("<")


@contextmanager
def served(market: Path) -> Iterator[int]:
    """A gateway on this market for the block, in a thread of its own; its port."""
    loop, gateway = asyncio.new_event_loop(), Gateway(load_market(market))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(gateway.start(), loop).result()
    try:
        yield gateway.port
    finally:
        asyncio.run_coroutine_threadsafe(gateway.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def main() -> None:
    """Print the counts."""
    walk = walked()
    if not walk.is_over:
        sys.exit("no order was handed over")
    for name in sorted(walk.modules):
        sys.stderr.write(f"  {name}\n")
    sys.stderr.write(
        f"{len(walk.modules)} modules, {len(walk.functions)} functions,"
        f" {walk.switches} switches of file\n"
    )


if __name__ == "__main__":
    main()
