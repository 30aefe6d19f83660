"""Market data: subscriptions and snapshots, and the errors of data lines that deliver nothing."""

from attrs import evolve, frozen

from rebalancer_adapters.gateway.market import DataLine, Instrument
from rebalancer_adapters.gateway.messages import ticks as say
from rebalancer_adapters.gateway.messages.contracts import smart_components
from rebalancer_adapters.gateway.requests.values import (
    CancelMarketData,
    MarketDataRequest,
    RequestMarketData,
    RequestMarketDataType,
    RequestSmartComponents,
)
from rebalancer_adapters.gateway.session.connection import Connection
from rebalancer_adapters.gateway.session.data_lines import Delivered, Error, delivered
from rebalancer_adapters.gateway.session.shared import Shared

_LARGEST_COUNT = 100  # market data lines of a usual login, shared by its clients
_BEAT_SECONDS = 5  # an open market quotes and trades at least so often


@frozen(kw_only=True)
class _Line:
    """What a request gets: snapshot or stream, and the kind of data it was told of last."""

    instrument: Instrument
    is_snapshot: bool
    kind: int


class MarketDataHandlers:
    """The market data lines of one client."""

    def __init__(self, shared: Shared, connection: Connection) -> None:
        self._shared = shared
        self._connection = connection
        self._wanted_kind = say.LIVE
        self._lines: dict[int, _Line] = {}

    def handle(self, request: MarketDataRequest) -> None:
        match request:
            case RequestMarketData():
                self._start(request)
            case CancelMarketData():
                self._cancel(request.req_id)
            case RequestMarketDataType():
                self._wanted_kind = request.kind
            case RequestSmartComponents():
                self._connection.send(smart_components(request.req_id))

    def leave(self) -> None:
        """Give back every data line."""
        for req_id in tuple(self._lines):
            self._forget(req_id)

    def price_moved(self, instrument: Instrument) -> None:
        """New ticks for every streaming line of the instrument, of a new kind if that changed.

        A line that delivers nothing any more ends with its error.
        """
        for req_id, line in tuple(self._lines.items()):
            if line.instrument != instrument or line.is_snapshot:
                continue
            now = self._delivered(instrument)
            if not isinstance(now, Delivered):
                self._forget(req_id)
                self._connection.send_error(req_id, *now)
                continue
            if now.kind != line.kind:
                self._lines[req_id] = evolve(line, kind=now.kind)
                self._connection.send(say.market_data_type(req_id, now.kind, instrument))
            self._send_ticks(req_id, instrument)

    def _start(self, request: RequestMarketData) -> None:
        refusal = self._refusal(request)
        if refusal is not None:
            self._connection.send_error(request.req_id, *refusal)
            return
        instrument = self._shared.market.find(request.contract)[0]
        line = self._delivered(instrument)
        if not isinstance(line, Delivered):
            self._connection.send_error(request.req_id, *line)
            return
        self._lines[request.req_id] = _Line(
            instrument=instrument, is_snapshot=request.snapshot, kind=line.kind
        )
        self._shared.data_lines.add((self._connection.client_id, request.req_id))
        self._connection.send(
            say.tick_request_parameters(request.req_id, instrument),
            say.market_data_type(request.req_id, line.kind, instrument),
        )
        for notice in line.notices:
            self._connection.send_error(request.req_id, *notice)
        if line.after_seconds:
            self._shared.tasks.run(self._send_ticks_later(request.req_id, instrument, line))
        else:
            self._send_ticks(request.req_id, instrument)
        later = self._end_snapshot if request.snapshot else self._go_on
        self._shared.tasks.run(later(request.req_id, line))

    def _refusal(self, request: RequestMarketData) -> tuple[int, str] | None:
        found = self._shared.market.find(request.contract)
        if not found:
            return 200, "No security definition has been found for the request"
        if len(found) > 1:
            symbol = request.contract.symbol
            return 200, f"The contract description specified for {symbol} is ambiguous."
        if request.req_id in self._lines:
            return 322, "Error processing request.-'cE' : cause - Duplicate ticker id"
        if len(self._shared.data_lines) >= _LARGEST_COUNT:
            return 101, "Max number of tickers has been reached"
        return None

    def _delivered(self, instrument: Instrument) -> Delivered | Error:
        market = self._shared.market
        return delivered(
            market.quote(instrument.con_id),
            market.settings.market_data,
            wanted=self._wanted_kind,
            is_open=market.hours.is_trading(self._shared.clock.now()),
        )

    def _send_ticks(self, req_id: int, instrument: Instrument) -> None:
        line = self._delivered(instrument)
        if isinstance(line, Delivered):
            quote = self._shared.market.quote(instrument.con_id)
            traded = self._shared.market.hours.last_trading(self._shared.clock.now())
            self._connection.send(*say.quote_ticks(req_id, instrument, quote, traded, line.kind))

    async def _send_ticks_later(self, req_id: int, instrument: Instrument, line: Delivered) -> None:
        await self._shared.clock.sleep(line.after_seconds)
        if req_id in self._lines:
            self._send_ticks(req_id, instrument)

    async def _go_on(self, req_id: int, line: Delivered) -> None:
        """Ticks of a quote that stays as it is: trading goes on at it, while there is any."""
        await self._shared.clock.sleep(line.after_seconds)
        while req_id in self._lines:
            await self._shared.clock.sleep(_BEAT_SECONDS)
            if req_id in self._lines:
                self._beat(req_id, self._lines[req_id])

    def _beat(self, req_id: int, line: _Line) -> None:
        is_halted = self._shared.market.quote(line.instrument.con_id).data is DataLine.HALTED
        is_flowing = line.kind in {say.LIVE, say.DELAYED} and not is_halted
        if is_flowing and self._shared.market.hours.is_trading(self._shared.clock.now()):
            self._send_ticks(req_id, line.instrument)

    async def _end_snapshot(self, req_id: int, line: Delivered) -> None:
        usual = self._shared.market.practices.snapshot_end_seconds
        await self._shared.clock.sleep(usual + line.after_seconds)
        if self._forget(req_id):
            self._connection.send(say.tick_snapshot_end(req_id))

    def _cancel(self, req_id: int) -> None:
        if not self._forget(req_id):
            self._connection.send_error(req_id, 300, f"Can't find EId with tickerId:{req_id}")

    def _forget(self, req_id: int) -> bool:
        self._shared.data_lines.discard((self._connection.client_id, req_id))
        return self._lines.pop(req_id, None) is not None
