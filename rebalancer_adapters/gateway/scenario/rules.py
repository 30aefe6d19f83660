"""Rules: which events a fault meets, and what then happens.

The gateway asks at every request and order that comes in and every message that goes out. Without
rules it is honest. A rule counts the events it meets, so that "the third order" can be said.
"""

from decimal import Decimal
from enum import Enum

from attrs import field, frozen

from rebalancer_adapters.gateway.scenario.faults import Effect


class Kind(Enum):
    """Where in the gateway an event happens."""

    START = "start"  # the scenario begins
    REQUEST = "request"  # a whole message of a client came in
    ORDER = "order"  # an order passed every check of the exchange
    MESSAGE = "message"  # a message is about to go out


class Phase(Enum):
    """How far the conversation with a client has come; it never goes back."""

    START_UP = "start-up"  # hello and startApi
    SNAPSHOT = "snapshot"  # it asked for positions, account values, open orders or executions
    MARKET_DATA = "market data"  # it asked for contracts or prices
    ORDERS = "orders"  # it sent an order
    MONITORING = "monitoring"  # it heard of an execution, or asked to cancel


@frozen(kw_only=True)
class Event:
    """Something about to happen; `seconds` is the age of the scenario.

    `algo` is `Adaptive` or `MIDPRICE` for an order that is one of these.
    """

    kind: Kind
    message_id: int = -1
    client_id: int = -1
    account: str = ""
    symbol: str = ""
    side: str = ""
    algo: str = ""
    status: str = ""
    tag: str = ""
    phase: Phase | None = None
    seconds: Decimal = Decimal(0)


@frozen(kw_only=True)
class When:
    """Which events a rule meets; every given field must be equal, None lets everything pass."""

    kind: Kind
    message_id: int | None = None
    client_id: int | None = None
    account: str | None = None
    symbol: str | None = None
    side: str | None = None
    algo: str | None = None
    status: str | None = None
    tag: str | None = None
    phase: Phase | None = None
    from_seconds: Decimal = Decimal(0)
    until_seconds: Decimal | None = None

    def meets(self, event: Event) -> bool:
        asked = (
            (self.message_id, event.message_id),
            (self.client_id, event.client_id),
            (self.account, event.account),
            (self.symbol, event.symbol),
            (self.side, event.side),
            (self.algo, event.algo),
            (self.status, event.status),
            (self.tag, event.tag),
            (self.phase, event.phase),
        )
        return (
            self.kind is event.kind
            and event.seconds >= self.from_seconds
            and (self.until_seconds is None or event.seconds < self.until_seconds)
            and all(wish is None or wish == fact for wish, fact in asked)
        )


@frozen(kw_only=True)
class Rule:
    """From the `first` to the `last` event met (1 is the first, None no end), do all of `then`.

    With a `chance` below 1 lots are drawn for each of these events, the same ones for each seed.
    """

    when: When
    then: tuple[Effect, ...]
    first: int = 1
    last: int | None = None
    chance: Decimal = Decimal(1)


@frozen(kw_only=True)
class Scenario:
    """All rules of a run; the honest gateway has none.

    `messages_per_second` is the most that a client may send in any second, strictly counted: error
    100 above, the third ends it. None lets TWS pace instead, which is its usual setting.
    """

    rules: tuple[Rule, ...] = field(default=())
    seed: int = 0
    messages_per_second: int | None = None

    def __add__(self, other: "Scenario") -> "Scenario":
        return Scenario(
            rules=self.rules + other.rules,
            seed=self.seed or other.seed,
            messages_per_second=self.messages_per_second or other.messages_per_second,
        )
