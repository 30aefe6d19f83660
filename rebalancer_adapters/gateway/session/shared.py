"""What all sessions share: the market, the book, the exchange, the clock, the record."""

from collections.abc import Callable

from attrs import field, frozen

from rebalancer_adapters.gateway.book import Book
from rebalancer_adapters.gateway.clock import Clock
from rebalancer_adapters.gateway.exchange.exchange import Exchange
from rebalancer_adapters.gateway.exchange.tasks import Tasks
from rebalancer_adapters.gateway.market import Market
from rebalancer_adapters.gateway.market.market import told_zone
from rebalancer_adapters.gateway.record import Record
from rebalancer_adapters.gateway.scenario import FaultScheduler, GatewayEffect


@frozen(kw_only=True)
class Shared:
    """What stands behind all sessions of one gateway."""

    market: Market
    book: Book
    exchange: Exchange
    clock: Clock
    scheduler: FaultScheduler
    record: Record
    tasks: Tasks
    trouble: Callable[[GatewayEffect], None]  # what befalls the whole gateway
    subscribed_accounts: dict[int, str] = field(factory=dict)  # by client; TWS has one feed
    data_lines: set[tuple[int, int]] = field(factory=set)  # client and request, shared by all

    @property
    def time_zone(self) -> str:
        """The zone of the market."""
        return self.market.hours.time_zone

    @property
    def told_zone(self) -> str:
        """The zone of the times that clients are sent, blank for UTC in the form with a dash."""
        return told_zone(self.market)
