"""The gateway: a TCP server for TWS API clients in front of a simulated market and broker."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

from rebalancer_adapters.gateway.book import Book
from rebalancer_adapters.gateway.clock import Clock, OffsetClock, SystemClock
from rebalancer_adapters.gateway.exchange.dialogs import Dialogs
from rebalancer_adapters.gateway.exchange.events import ExchangeEvent, Notice
from rebalancer_adapters.gateway.exchange.exchange import NOT_CONNECTED, Exchange
from rebalancer_adapters.gateway.exchange.link import BrokerLink
from rebalancer_adapters.gateway.exchange.tasks import Tasks
from rebalancer_adapters.gateway.exchange.work import Work
from rebalancer_adapters.gateway.gateway_faults import GatewayFaults
from rebalancer_adapters.gateway.held_ports import CAN_HOLD, held
from rebalancer_adapters.gateway.market import Instrument, Market
from rebalancer_adapters.gateway.messages.connection import error
from rebalancer_adapters.gateway.record import Record
from rebalancer_adapters.gateway.scenario import Effect, FaultScheduler, GatewayEffect, Scenario
from rebalancer_adapters.gateway.session.arrival import TimedReader
from rebalancer_adapters.gateway.session.session import Session
from rebalancer_adapters.gateway.session.shared import Shared
from rebalancer_adapters.gateway.settings import GatewaySettings


class Gateway:
    """A simulated IB Gateway; `book`, `market` and `record` say what happened, to anyone."""

    def __init__(
        self,
        market: Market,
        scenario: Scenario | None = None,
        clock: Clock | None = None,
        record_path: Path | None = None,
    ) -> None:
        own_clock = SystemClock() if market.start is None else OffsetClock(market.start)
        self.market = market
        self.clock: Clock = clock or own_clock
        self.book = Book(market, self.clock.now())
        self.record = Record(record_path)
        self._began = self.clock.now()
        self._scheduler = FaultScheduler(scenario or Scenario(), self._elapsed)
        self._tasks = Tasks()
        self._server: asyncio.Server | None = None
        self._restarts = 0
        self._opening = asyncio.Lock()
        self._address = ("127.0.0.1", 0)
        self._held: list[socket.socket] = []
        self._sessions: dict[Session, int] = {}
        self._link = BrokerLink()
        self._dialogs = Dialogs(self.clock, self._tasks)
        work = Work(market, self.book, clock=self.clock, tasks=self._tasks, publish=self._publish)
        exchange = Exchange(
            market,
            self.book,
            clock=self.clock,
            scheduler=self._scheduler,
            work=work,
            publish=self._publish,
            link=self._link,
            dialogs=self._dialogs,
        )
        self._faults = GatewayFaults(
            self,
            market,
            self.book,
            clock=self.clock,
            tasks=self._tasks,
            link=self._link,
            exchange=exchange,
        )
        self._shared = Shared(
            market=market,
            book=self.book,
            exchange=exchange,
            clock=self.clock,
            scheduler=self._scheduler,
            record=self.record,
            tasks=self._tasks,
            trouble=self._faults.begin,
        )
        market.listen(self._price_moved)

    @property
    def port(self) -> int:
        """The port it listens on; RuntimeError before `start`."""
        if self._server is None:
            raise RuntimeError("the gateway has not been started")
        return self._address[1]

    @property
    def client_ids(self) -> tuple[int, ...]:
        """The clients that are connected now."""
        return tuple(client_id for client_id in self._sessions.values() if client_id >= 0)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes any free one. OSError when the port or record file is taken."""
        self.record.open()
        try:
            self._server = await self._listen(host, port)
        except OSError:
            self.record.close()
            raise
        self._address = (host, self._server.sockets[0].getsockname()[1])
        self._suffer(self._scheduler.opening())
        self._faults.plan_restart()

    async def stop(self) -> None:
        """Close every connection and end all work; a bug inside of the gateway is raised here."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self._let_ports_go()
        for session in tuple(self._sessions):
            session.connection.close()
        try:
            await self._tasks.stop()
        finally:
            self.record.close()
        if server is not None:
            await server.wait_closed()

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator["Gateway"]:
        """Listen inside of an `async with` block."""
        await self.start(host, port)
        try:
            yield self
        finally:
            await self.stop()

    def play(self, scenario: Scenario) -> None:
        """From now on follow this scenario; its counts begin anew."""
        self._scheduler.play(scenario)
        self._suffer(self._scheduler.opening())

    def change_settings(self, settings: GatewaySettings) -> None:
        """Go on with these settings, as when a user changes them in the gateway's window."""
        self.market.settings = settings
        self.book.open_accounts()
        self._faults.plan_restart()

    async def restart(self, seconds: Decimal, *, forget_order_ids: bool = False) -> None:
        """Cut every connection, refuse new ones for some seconds, go on with the same book.

        A restart during a restart begins it anew: the last one says when it listens again.
        """
        if self._server is None:
            raise RuntimeError("the gateway has not been started")
        self._restarts += 1
        this_restart = self._restarts
        async with self._opening:  # waits for an earlier restart that listens again right now
            sockets = self._server.sockets
            addresses = [(each.family, each.getsockname()) for each in sockets]
            self._server.close()
            self._held += [held(family, address) for family, address in addresses if CAN_HOLD]
        self.cut_connections()
        if forget_order_ids:
            self.book.forget_order_ids()
        if not self.market.settings.maintain_and_resubmit:
            self._forget()
        await self.clock.sleep(seconds)
        async with self._opening:
            if this_restart != self._restarts:
                return
            host, port = self._address
            self._server = await self._listen(host, port)
            self._let_ports_go()
            self._dialogs.submit_all()

    def announce(self, code: int, text: str) -> None:
        """Send an error without a request to every client, such as 1100 or 1102."""
        for session, client_id in self._sessions.items():
            if client_id >= 0:
                session.connection.send(error(session.connection.version, -1, code, text))

    def cut_connections(self) -> None:
        """Cut every socket at once, as a broken network does; the book goes on working."""
        for session in tuple(self._sessions):
            session.connection.abort()

    def enter(self, session: Session, client_id: int) -> bool:
        """Take a client id for a session; False while another session has it."""
        if client_id in self._sessions.values():
            return False
        self._sessions[session] = client_id
        return True

    def leave(self, session: Session) -> None:
        """Forget a session whose connection ended."""
        self._sessions.pop(session, None)

    def next_order_id(self, client_id: int) -> int:
        """One above the highest order id that the book knows of this client."""
        return self.book.next_order_id(client_id)

    async def _listen(self, host: str, port: int) -> asyncio.Server:
        """As `asyncio.start_server`, with readers that know when their bytes came in."""

        def meet() -> asyncio.StreamReaderProtocol:
            reader = TimedReader(self.clock)

            def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                self._connected(reader, writer)

            return asyncio.StreamReaderProtocol(reader, connected)

        return await asyncio.get_running_loop().create_server(meet, host, port)

    def _let_ports_go(self) -> None:
        for each in self._held:
            each.close()
        self._held.clear()

    def _connected(self, reader: TimedReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self._shared, self, reader, writer)
        self._sessions[session] = -1
        self._tasks.run(session.run())

    def _publish(self, event: ExchangeEvent) -> None:
        refused_by_tws = isinstance(event, Notice) and event.code == NOT_CONNECTED.code
        if not self._link.is_up and not refused_by_tws:
            return  # TWS hears nothing of its broker; clients learn of it when they ask later
        for session in tuple(self._sessions):
            session.tell(event)

    def _price_moved(self, instrument: Instrument) -> None:
        for session in tuple(self._sessions):
            session.price_moved(instrument)

    def _forget(self) -> None:
        """What no client has heard of yet is lost."""
        self._dialogs.drop()
        for session in self._sessions:
            session.forget()

    def _suffer(self, effects: tuple[Effect, ...]) -> None:
        for each in effects:
            if isinstance(each, GatewayEffect):
                self._faults.begin(each)

    def _elapsed(self) -> Decimal:
        return Decimal(str((self.clock.now() - self._began).total_seconds()))
