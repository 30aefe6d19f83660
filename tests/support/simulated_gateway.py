"""The simulated gateway in a thread of its own: tests talk to it from theirs, safely."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import TracebackType
from typing import Self, TypeVar

from rebalancer_adapters.gateway import (
    DataLine,
    ExecutionRecord,
    Gateway,
    Market,
    OrderRecord,
    Scenario,
    Status,
)
from rebalancer_adapters.gateway.record import Record
from rebalancer_adapters.gateway.settings import GatewaySettings
from rebalancer_adapters.gateway.terms import OrderTerms
from tests.support.book import Book, Placed, book_of, placed_in
from tests.support.markets import ReleasableClock
from tests.support.timing import PATIENCE_SECONDS

T = TypeVar("T")

_CANCEL_ORDER = 4
_LOOK_AGAIN_SECONDS = 0.01


class SimulatedGateway:
    """A gateway on this market; `with` starts and stops it.

    What it did is asked on its own loop, so no test ever sees half a change. A bug inside of the
    gateway fails the test when it stops.
    """

    def __init__(self, market: Market, scenario: Scenario | None = None) -> None:
        self._clock = ReleasableClock(market.start)
        self._gateway = Gateway(market, scenario=scenario, clock=self._clock)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gateway", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen on any free port."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._gateway.start(), self._loop).result()

    def stop(self) -> None:
        """Close every connection; what went wrong inside of the gateway is raised here."""
        try:
            asyncio.run_coroutine_threadsafe(self._gateway.stop(), self._loop).result()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.ask(lambda gateway: gateway.port)

    @property
    def record(self) -> Record:
        """Every frame that crossed the wire; it only grows, so it may be read from any thread."""
        return self._gateway.record

    @property
    def frames(self) -> int:
        """How many frames crossed the wire, both ways."""
        return len(self.record)

    @property
    def placed(self) -> tuple[Placed, ...]:
        """Every order message that arrived, in order: the proof that something was sent."""
        return placed_in(self.record)

    @property
    def book(self) -> Book:
        """All that is certain, as it is now."""
        return self.ask(book_of)

    @property
    def cancels(self) -> int:
        """How many cancel messages arrived."""
        return len(self.record.received(_CANCEL_ORDER))

    @property
    def orders(self) -> tuple[OrderRecord, ...]:
        """Every order it accepted, oldest first."""
        return self.ask(lambda gateway: gateway.book.orders)

    @property
    def executions(self) -> tuple[ExecutionRecord, ...]:
        """Every execution, oldest first."""
        return self.ask(lambda gateway: gateway.book.executions)

    def shares(self, account: str, symbol: str) -> Decimal:
        """What an account holds of a stock now."""
        return self.ask(lambda gateway: gateway.book.position(account, symbol))

    def cash(self, account: str, currency: str = "USD") -> Decimal:
        """An account's cash of one currency now."""
        return self.ask(lambda gateway: gateway.book.cash(account, currency))

    def play(self, scenario: Scenario) -> None:
        """From now on follow this scenario."""
        self.ask(lambda gateway: gateway.play(scenario))

    def change_settings(self, settings: GatewaySettings) -> None:
        """Change its settings, as a user does in its window."""
        self.ask(lambda gateway: gateway.change_settings(settings))

    def release(self) -> None:
        """Let the fills go on that wait `UNTIL_RELEASED`."""
        self.ask(lambda _gateway: self._clock.release())

    def decline(self) -> None:
        """Answer No in the dialogs that hold orders `UNTIL_RELEASED`; later orders pass."""
        self.ask(lambda _gateway: self._clock.decline())

    def skip(self, time: timedelta) -> None:
        """Set the gateway's clock forward, over night say."""
        self.ask(lambda _gateway: self._clock.skip(time))

    def move_price(self, symbol: str, last: str) -> None:
        """Trade at another price from now on, bid and ask a cent around it."""
        price, cent = Decimal(last), Decimal("0.01")
        self.ask(
            lambda gateway: gateway.market.set_price(
                symbol, bid=price - cent, ask=price + cent, last=price
            )
        )

    def move_cash(self, account: str, amount: str) -> None:
        """Let USD come into an account, or, negative, leave it, without any order."""
        self.ask(lambda gateway: gateway.book.move_cash(account, "USD", Decimal(amount)))

    def set_data(self, symbol: str, data: DataLine) -> None:
        """Change what clients get who ask for this symbol's prices."""
        self.ask(lambda gateway: gateway.market.set_data(symbol, data))

    def cut_connections(self) -> None:
        """Cut every socket as a broken network does."""
        self.ask(lambda gateway: gateway.cut_connections())

    def leave_open(self, account: str, side: str, shares: int, symbol: str) -> OrderRecord:
        """An order that somebody placed by hand in TWS and that rests at the broker."""

        def enter(gateway: Gateway) -> OrderRecord:
            terms = OrderTerms(
                action=side,
                quantity=Decimal(shares),
                order_type="LMT",
                limit_price=Decimal(1),
                tif="GTC",
                account=account,
            )
            drafted = gateway.book.draft(
                gateway.market.instrument(symbol),
                terms,
                client_id=0,
                order_id=1 + len(gateway.book.orders),
                exchange="SMART",
                at=gateway.clock.now(),
            )
            known = gateway.book.accept(drafted)
            return gateway.book.set_status(known.perm_id, Status.SUBMITTED, gateway.clock.now())

        return self.ask(enter)

    def ask(self, question: Callable[[Gateway], T]) -> T:
        """The answer of `question`, put on the gateway's own loop."""

        async def answer() -> T:
            return question(self._gateway)

        return asyncio.run_coroutine_threadsafe(answer(), self._loop).result()

    def wait_until_left(self) -> None:
        """Come back once no client is connected, and all that they sent is read."""
        self.wait_until(
            lambda g: g.ask(lambda gateway: gateway.client_ids) == (), "a client never left"
        )

    def wait_until(self, condition: Callable[["SimulatedGateway"], bool], why: str = "") -> None:
        """Come back once `condition` holds; AssertionError, with `why`, when it never does."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition(self):
            if time.monotonic() > deadline:
                raise AssertionError(why or "the gateway never came to the awaited state")
            time.sleep(_LOOK_AGAIN_SECONDS)
