"""One client: hello, startApi, then requests until the socket ends or the wire is broken."""

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from rebalancer_adapters.gateway.exchange.events import (
    AccountMoved,
    CommissionKnown,
    ExchangeEvent,
    Executed,
    Notice,
    OrderEcho,
    Preview,
    StatusReport,
)
from rebalancer_adapters.gateway.market import Instrument
from rebalancer_adapters.gateway.messages import connection as say
from rebalancer_adapters.gateway.record import Frame, message_id_of
from rebalancer_adapters.gateway.requests import Request, Unreadable, parse_request
from rebalancer_adapters.gateway.requests.values import (
    AccountRequest,
    ConnectionRequest,
    ContractRequest,
    MarketDataRequest,
    PlaceOrder,
    RequestCurrentTime,
    RequestIds,
    RequestManagedAccounts,
    SetServerLogLevel,
    StartApi,
)
from rebalancer_adapters.gateway.scenario import Delay, Ignore, Reject
from rebalancer_adapters.gateway.session.account_handlers import AccountHandlers
from rebalancer_adapters.gateway.session.arrival import Arrived, TimedReader
from rebalancer_adapters.gateway.session.connection import Connection
from rebalancer_adapters.gateway.session.contract_handlers import ContractHandlers
from rebalancer_adapters.gateway.session.later import Later
from rebalancer_adapters.gateway.session.market_data_handlers import MarketDataHandlers
from rebalancer_adapters.gateway.session.order_handlers import OrderHandlers
from rebalancer_adapters.gateway.session.rate_limit import RateLimit
from rebalancer_adapters.gateway.session.request_event import request_event, request_number
from rebalancer_adapters.gateway.session.shared import Shared
from rebalancer_adapters.gateway.wire import (
    BadHello,
    Fields,
    Hello,
    Incomplete,
    choose_version,
    decode_frames,
    parse_hello,
)


class Reception(Protocol):
    """Where sessions announce themselves: client ids are unique among the present ones."""

    def enter(self, session: "Session", client_id: int) -> bool:
        """Whether this client id was free; from now on it is taken."""
        ...

    def leave(self, session: "Session") -> None: ...

    def next_order_id(self, client_id: int) -> int: ...


class Session:
    """The conversation with one client."""

    def __init__(
        self,
        shared: Shared,
        reception: Reception,
        reader: TimedReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.connection = Connection(shared, writer)
        self._shared = shared
        self._reception = reception
        self._reader = reader
        self._rate_limit = RateLimit()
        self._later = Later(shared.clock, shared.tasks, self._handle)
        self._accounts = AccountHandlers(shared, self.connection)
        self._contracts = ContractHandlers(shared, self.connection)
        self._market_data = MarketDataHandlers(shared, self.connection)
        self._orders = OrderHandlers(shared, self.connection)

    async def run(self) -> None:
        """Serve the client to the end of its connection; trouble on the wire ends only this one."""
        try:
            rest = await self._shake_hands()
            if rest is not None:
                await self._serve(rest)
        except ConnectionError:
            pass  # the client is gone: nobody is left to tell
        finally:
            self._reception.leave(self)
            self._accounts.leave()
            self._market_data.leave()
            self.connection.close()

    def tell(self, event: ExchangeEvent) -> None:
        """Pass on what the exchange says, if it concerns this client."""
        match event:
            case AccountMoved():
                self._accounts.account_moved(event)
            case Notice():
                self._tell_owner(event.client_id, event)
            case OrderEcho() | StatusReport() | Preview():
                self._tell_owner(event.order.client_id, event)
            case Executed() | CommissionKnown():
                self._tell_owner(event.execution.client_id, event)

    def price_moved(self, instrument: Instrument) -> None:
        self._market_data.price_moved(instrument)

    def _tell_owner(
        self,
        client_id: int,
        event: OrderEcho | StatusReport | Executed | CommissionKnown | Preview | Notice,
    ) -> None:
        if client_id == self.connection.client_id:
            self._orders.report(event)

    async def _shake_hands(self) -> Arrived | None:
        """What came behind the hello; None where the conversation ends here."""
        arrived = Arrived(at=self._shared.clock.now(), data=b"")
        while True:
            hello = parse_hello(arrived.data)
            match hello:
                case Incomplete():
                    more = await self._reader.next()
                    if not more.data:
                        return None
                    arrived = Arrived(at=more.at, data=arrived.data + more.data)
                case BadHello():
                    return None
                case Hello():
                    version = choose_version(hello)
                    if version is None:
                        text = "The TWS is out of date and must be upgraded."
                        self.connection.send_error(-1, 503, text)
                        return None
                    self.connection.greet(
                        version, f"{self._shared.clock.now():%Y%m%d %H:%M:%S} UTC"
                    )
                    return Arrived(at=arrived.at, data=hello.rest)

    async def _serve(self, arrived: Arrived) -> None:
        while True:
            decoded = decode_frames(arrived.data)
            for fields in decoded.frames:
                self._receive(fields, arrived.at)
                if self.connection.is_closing:
                    return  # what came behind is lost with the connection
            if decoded.problem is not None:
                return
            await self.connection.drain()
            more = await self._reader.next()
            if not more.data:
                return
            arrived = Arrived(at=more.at, data=decoded.rest + more.data)

    def _receive(self, fields: Fields, at: datetime) -> None:
        self._shared.record.add_received(
            Frame(
                at=at,
                client_id=self.connection.client_id,
                message_id=message_id_of(fields),
                fields=fields,
            )
        )
        if not self._rate_limit.allows(self._shared.scheduler.scenario.messages_per_second, at):
            self.connection.send_error(-1, 100, "Max rate of messages per second has been exceeded")
            if self._rate_limit.is_over:
                self.connection.close()
            return
        request = parse_request(fields, self.connection.version)
        if isinstance(request, Unreadable):
            text = f"Error reading request. {request.problem}"
            self.connection.send_error(-1, 320, text)
        elif self.connection.client_id < 0 and not isinstance(request, StartApi):
            self.connection.send_error(-1, 504, "Not connected: startApi has not been received")
        else:
            self._take(request, message_id_of(fields))

    def _take(self, request: Request, message_id: int) -> None:
        """Handle a request as the scenario wants it, then let happen what the scenario adds."""
        places = isinstance(request, PlaceOrder) and not request.terms.what_if
        self.connection.progress.asked(message_id, places_order=places)
        event = request_event(
            request, message_id, self.connection.client_id, self.connection.progress.phase
        )
        effects = self._shared.scheduler.effects(event)
        seconds = sum((each.seconds for each in effects if isinstance(each, Delay)), Decimal(0))
        refusal = next((each for each in effects if isinstance(each, Reject)), None)
        if refusal is not None:
            self.connection.send_error(request_number(request), refusal.code, refusal.text)
        elif any(isinstance(each, Ignore) for each in effects):
            pass
        elif seconds:
            self._later.put(request, seconds)
        else:
            self._handle(request)
        self.connection.suffer(effects)

    def _handle(self, request: Request) -> None:
        if isinstance(request, AccountRequest):
            self._accounts.handle(request)
        elif isinstance(request, ContractRequest):
            self._contracts.handle(request)
        elif isinstance(request, MarketDataRequest):
            self._market_data.handle(request)
        elif isinstance(request, ConnectionRequest):
            self._handle_connection(request)
        else:
            self._orders.handle(request)

    def _handle_connection(self, request: ConnectionRequest) -> None:
        match request:
            case StartApi():
                self._start(request.client_id)
            case RequestIds():
                order_id = self._reception.next_order_id(self.connection.client_id)
                self.connection.send(say.next_valid_id(order_id))
            case RequestCurrentTime():
                self.connection.send(say.current_time(self._shared.clock.now()))
            case RequestManagedAccounts():
                self.connection.send(say.managed_accounts(self._shared.book.accounts))
            case SetServerLogLevel():
                pass  # TWS answers nothing either

    def _start(self, client_id: int) -> None:
        if self.connection.client_id >= 0:
            return
        if not self._reception.enter(self, client_id):
            text = (
                "Unable to connect as the client id is already in use. "
                "Retry with a unique client id."
            )
            self.connection.send_error(-1, 326, text)
            self.connection.close()
            return
        self.connection.client_id = client_id
        self.connection.send(
            say.managed_accounts(self._shared.book.accounts),
            say.next_valid_id(self._reception.next_order_id(client_id)),
            *say.standing(self.connection.version, self._shared.exchange.outage),
        )
