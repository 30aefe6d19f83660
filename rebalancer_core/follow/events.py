"""What the world answers to the commands of a step, and what surrounds it."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from rebalancer_core.orders.events import BrokerFact, OrderRef
from rebalancer_core.safety.buy_fit import MarketNow
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import AccountFault, BrokerFault


@frozen(kw_only=True)
class Instant:
    """Now: `seconds` of a clock that never jumps, and the broker's time (UTC)."""

    seconds: float
    at: datetime


@frozen(kw_only=True)
class Surroundings:
    """What is true at a step: why no order may leave now, and whether the user asks to stop."""

    closed_gate: str = ""
    stop_requested: bool = False


@frozen(kw_only=True)
class Heard:
    """What came in while it was listened."""

    facts: tuple[BrokerFact, ...]


@frozen(kw_only=True)
class EvidenceHeard:
    """The broker's lists, complete."""

    facts: tuple[BrokerFact, ...]


@frozen(kw_only=True)
class EvidenceMissing:
    """The broker's lists did not come, or not completely."""

    fault: BrokerFault


@frozen(kw_only=True)
class Reserved:
    """The order will have this id at the gateway."""

    order_ref: OrderRef
    order_id: int


@frozen(kw_only=True)
class NotReserved:
    """There is no id for the order."""

    order_ref: OrderRef
    fault: BrokerFault


@frozen(kw_only=True)
class Committed:
    """The intent is on the disk."""

    order_ref: OrderRef


@frozen(kw_only=True)
class NotCommitted:
    """The intent is not on the disk; `why` is a sentence, as of the other faults of a journal."""

    order_ref: OrderRef
    why: str


@frozen(kw_only=True)
class JournalFailed:
    """An event of an order could not be written."""

    why: str


@frozen(kw_only=True)
class WatchedJournalFailed:
    """An event of an order of an earlier run could not be written."""

    why: str


@frozen(kw_only=True)
class Submitted:
    """The order is handed over to the gateway."""

    order_ref: OrderRef


@frozen(kw_only=True)
class NotSubmitted:
    """The order certainly never left; `why` is the sentence that the journal keeps of it."""

    order_ref: OrderRef
    why: str


@frozen(kw_only=True)
class CancelRefused:
    """The cancel could not be requested."""

    order_ref: OrderRef
    fault: BrokerFault


@frozen(kw_only=True)
class AccountRead:
    """The account, complete."""

    snapshot: AccountSnapshot


@frozen(kw_only=True)
class AccountUnread:
    """The account could not be read."""

    fault: BrokerFault | AccountFault


@frozen(kw_only=True)
class MarketRead:
    """Hours and prices; their `now` is when they were read."""

    market: MarketNow


@frozen(kw_only=True)
class MarketUnread:
    """Hours and prices could not be read."""


FollowEvent = (
    Surroundings
    | Heard
    | EvidenceHeard
    | EvidenceMissing
    | Reserved
    | NotReserved
    | Committed
    | NotCommitted
    | JournalFailed
    | WatchedJournalFailed
    | Submitted
    | NotSubmitted
    | CancelRefused
    | AccountRead
    | AccountUnread
    | MarketRead
    | MarketUnread
)
