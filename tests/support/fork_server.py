"""A process that has loaded the program once and forks it for every command (Linux).

`python -m tests.support.fork_server SOCKET` answers the orders of a `ForkClient` (fork_client.py).
An order is a socket and the command's standard streams, sent together; what to run comes over that
socket. Two processes are forked for each: the command, and its keeper, which tells the client what
becomes of the command and keeps its number taken until the client has heard of its end.

The command goes on where `python -m rebalancer_cli` is once its modules are loaded: nothing was
called yet, and there is no thread and no loop.
"""

import atexit
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys
import threading
import time
from typing import TextIO

from tests.support.fork_client import Order

_PACKAGES = ("rebalancer_core", "rebalancer_adapters", "rebalancer_cli")
# What the standard library itself loads late.
_LATE = ("encodings.idna", "sqlite3.dbapi2")
_STANDARD_STREAMS = 3
_MOST_DESCRIPTORS = 4096


def main(control: socket.socket) -> str:
    """Serve until the client is gone; come back in a command's process, with what it shall run."""
    _load()
    # Ctrl+C on a terminal reaches this process too: it leaves with its client.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1 + _STANDARD_STREAMS)
        if not message:
            os._exit(0)
        if os.fork() == 0:
            control.close()
            return _keep(descriptors)
        for number in descriptors:
            os.close(number)
        _bury()


def _load() -> None:
    for package in _PACKAGES:
        path = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(path, f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    for name in _LATE:
        importlib.import_module(name)
    # The collector of a command leaves alone what is loaded, so that it stays shared.
    gc.collect()
    gc.freeze()


def _bury() -> None:
    """Take away the keepers that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return


def _keep(descriptors: list[int]) -> str:
    """Fork the command, which comes back; its keeper stays in here."""
    client = socket.socket(fileno=descriptors[0])
    with client.makefile("rb") as lines:
        order: Order = json.loads(lines.readline())
    becoming, become = os.pipe()
    command = os.fork()
    if command == 0:
        client.detach()
        _become(order, descriptors[1:])
        return order["program"]
    for number in (become, *descriptors[1:]):
        os.close(number)
    os.read(becoming, 1)  # It comes back when the command has closed what is not its own.
    try:
        _tell(client, command)
    except (BrokenPipeError, ConnectionResetError):
        os._exit(1)  # The client left before the command did: nobody asks any more.
    os._exit(0)


def _tell(client: socket.socket, command: int) -> None:
    """The command's number, each stop of it, and its exit code: a line each."""
    client.sendall(b"%d\n" % command)
    while True:
        seen = os.waitid(os.P_PID, command, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
        assert seen is not None
        if seen.si_code == os.CLD_STOPPED:
            os.waitid(os.P_PID, command, os.WSTOPPED)
            client.sendall(b"stopped\n")
            continue
        has_exited = seen.si_code == os.CLD_EXITED
        client.sendall(b"%d\n" % (seen.si_status if has_exited else -seen.si_status))
        client.recv(1)  # Until then no other process gets the number, and no signal goes astray.
        return


def _become(order: Order, streams: list[int]) -> None:
    """Make this process what a shell would have started."""
    if order["own_session"]:
        os.setsid()
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    os.chdir(order["folder"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.closerange(_STANDARD_STREAMS, _MOST_DESCRIPTORS)
    sys.argv = [order["program"], *order["arguments"]]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = _text(number)
        vars(sys).update({name: stream, f"__{name}__": stream})


def _text(number: int) -> TextIO:
    """The standard stream of that number, as Python makes it at its start in UTF-8 mode."""
    raw = io.FileIO(number, "r" if number == 0 else "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedReader(raw) if number == 0 else io.BufferedWriter(raw),
        encoding="utf-8",
        errors="backslashreplace" if number == 2 else "surrogateescape",
        newline=None if number == 0 else "\n",
        line_buffering=number == 2 or raw.isatty(),
    )


def _run(program: str) -> None:
    """Be `python -m PROGRAM`, but leave the memory to the system at the end.

    To take a loaded program to pieces, as Python does at last, takes longer than most commands.
    """
    try:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        # What Python itself calls first at its end, and unknown to the types of the library.
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - as the line above says
        atexit._run_exitfuncs()  # noqa: SLF001 - what Python calls next
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code)


if __name__ == "__main__":
    _run(main(socket.socket(fileno=int(sys.argv[1]))))
