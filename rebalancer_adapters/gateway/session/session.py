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
from rebalancer_adapters.gateway.session.account_desk import AccountDesk
from rebalancer_adapters.gateway.session.arrival import Arrived, TimedReader
from rebalancer_adapters.gateway.session.contract_desk import ContractDesk
from rebalancer_adapters.gateway.session.floor import Floor
from rebalancer_adapters.gateway.session.later import Later
from rebalancer_adapters.gateway.session.line import Line
from rebalancer_adapters.gateway.session.market_data_desk import MarketDataDesk
from rebalancer_adapters.gateway.session.order_desk import OrderDesk
from rebalancer_adapters.gateway.session.pace import Pace
from rebalancer_adapters.gateway.session.request_event import request_event, request_number
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
        floor: Floor,
        reception: Reception,
        reader: TimedReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.line = Line(floor, writer)
        self._floor = floor
        self._reception = reception
        self._reader = reader
        self._pace = Pace()
        self._later = Later(floor.clock, floor.tasks, self._handle)
        self._accounts = AccountDesk(floor, self.line)
        self._contracts = ContractDesk(floor, self.line)
        self._market_data = MarketDataDesk(floor, self.line)
        self._orders = OrderDesk(floor, self.line)

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
            self.line.close()

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
        if client_id == self.line.client_id:
            self._orders.report(event)

    async def _shake_hands(self) -> Arrived | None:
        """What came behind the hello; None where the conversation ends here."""
        arrived = Arrived(at=self._floor.clock.now(), data=b"")
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
                        self.line.send_error(-1, 503, text)
                        return None
                    self.line.greet(version, f"{self._floor.clock.now():%Y%m%d %H:%M:%S} UTC")
                    return Arrived(at=arrived.at, data=hello.rest)

    async def _serve(self, arrived: Arrived) -> None:
        while True:
            decoded = decode_frames(arrived.data)
            for fields in decoded.frames:
                self._receive(fields, arrived.at)
                if self.line.is_closing:
                    return  # what came behind is lost with the connection
            if decoded.problem is not None:
                return
            await self.line.drain()
            more = await self._reader.next()
            if not more.data:
                return
            arrived = Arrived(at=more.at, data=decoded.rest + more.data)

    def _receive(self, fields: Fields, at: datetime) -> None:
        self._floor.record.add_received(
            Frame(
                at=at,
                client_id=self.line.client_id,
                message_id=message_id_of(fields),
                fields=fields,
            )
        )
        if not self._pace.allows(self._floor.director.scenario.messages_per_second, at):
            self.line.send_error(-1, 100, "Max rate of messages per second has been exceeded")
            if self._pace.is_over:
                self.line.close()
            return
        request = parse_request(fields, self.line.version)
        if isinstance(request, Unreadable):
            text = f"Error reading request. {request.problem}"
            self.line.send_error(-1, 320, text)
        elif self.line.client_id < 0 and not isinstance(request, StartApi):
            self.line.send_error(-1, 504, "Not connected: startApi has not been received")
        else:
            self._take(request, message_id_of(fields))

    def _take(self, request: Request, message_id: int) -> None:
        """Handle a request as the scenario wants it, then let happen what the scenario adds."""
        places = isinstance(request, PlaceOrder) and not request.terms.what_if
        self.line.progress.asked(message_id, places_order=places)
        event = request_event(request, message_id, self.line.client_id, self.line.progress.phase)
        effects = self._floor.director.effects(event)
        seconds = sum((each.seconds for each in effects if isinstance(each, Delay)), Decimal(0))
        refusal = next((each for each in effects if isinstance(each, Reject)), None)
        if refusal is not None:
            self.line.send_error(request_number(request), refusal.code, refusal.text)
        elif any(isinstance(each, Ignore) for each in effects):
            pass
        elif seconds:
            self._later.put(request, seconds)
        else:
            self._handle(request)
        self.line.suffer(effects)

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
                order_id = self._reception.next_order_id(self.line.client_id)
                self.line.send(say.next_valid_id(order_id))
            case RequestCurrentTime():
                self.line.send(say.current_time(self._floor.clock.now()))
            case RequestManagedAccounts():
                self.line.send(say.managed_accounts(self._floor.book.accounts))
            case SetServerLogLevel():
                pass  # TWS answers nothing either

    def _start(self, client_id: int) -> None:
        if self.line.client_id >= 0:
            return
        if not self._reception.enter(self, client_id):
            text = (
                "Unable to connect as the client id is already in use. "
                "Retry with a unique client id."
            )
            self.line.send_error(-1, 326, text)
            self.line.close()
            return
        self.line.client_id = client_id
        self.line.send(
            say.managed_accounts(self._floor.book.accounts),
            say.next_valid_id(self._reception.next_order_id(client_id)),
            *say.data_farms(self.line.version),
        )
