"""A line that delivers in beats, as a busy network does: bytes wait for the next beat, in order."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from queue import Queue

_READ_BYTES = 65_536
_PATIENCE_SECONDS = 30.0


@asynccontextmanager
async def slow_line(port: int, *, beat_seconds: float) -> AsyncIterator[int]:
    """The port of a line to that port of this machine; answers come back at once."""
    lanes: list[asyncio.Task[None]] = []

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lanes.append(asyncio.ensure_future(_carry(reader, writer)))

    async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        back = asyncio.ensure_future(_pass(far_reader, writer, beat_seconds=0))
        await _pass(reader, far_writer, beat_seconds=beat_seconds)
        await back

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*lanes)


@contextmanager
def slow_line_beside(port: int, *, beat_seconds: float) -> Iterator[int]:
    """The same line in a thread of its own."""
    opened: Queue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def keep_open() -> None:
        over = asyncio.Event()
        async with slow_line(port, beat_seconds=beat_seconds) as own_port:
            opened.put((own_port, asyncio.get_running_loop(), over))
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(keep_open()), name="line", daemon=True)
    thread.start()
    own_port, loop, over = opened.get(timeout=_PATIENCE_SECONDS)
    try:
        yield own_port
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(_PATIENCE_SECONDS)


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, beat_seconds: float
) -> None:
    now = asyncio.get_running_loop().time
    try:
        while data := await reader.read(_READ_BYTES):
            if beat_seconds:
                await asyncio.sleep(beat_seconds - now() % beat_seconds)
            writer.write(data)
    except ConnectionError:
        pass  # the other side is gone: the end of the line tells this one
    finally:
        writer.close()
