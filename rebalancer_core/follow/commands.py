"""What a step asks of the world, one port call each; what comes back is in `events`."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.follow.reasons import WhyRunHalted
from rebalancer_core.orders.events import OrderEvent, OrderFact, OrderRef
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.instruments import AccountId, Symbol


@frozen(kw_only=True)
class Listen:
    """Wait so many seconds for the first fact, and bring all: answered by Heard."""

    seconds: float


@frozen(kw_only=True)
class Pause:
    """Let so many seconds pass; without an answer."""

    seconds: float


@frozen(kw_only=True)
class AskEvidence:
    """Ask for executions, open and completed orders: EvidenceHeard or EvidenceMissing."""


@frozen(kw_only=True)
class Reserve:
    """Reserve an order id, not below `at_least`: Reserved or NotReserved."""

    order_ref: OrderRef
    at_least: int


@frozen(kw_only=True)
class Commit:
    """Commit the intent to send this order to the disk: Committed or NotCommitted."""

    ticket: OrderTicket
    order_id: int
    position_before: Decimal
    replaces: OrderRef | None


@frozen(kw_only=True)
class Record:
    """Write an order's event into the journal, then show the change: a fault is JournalFailed."""

    event: OrderEvent
    before: OrderState
    now: OrderState


@frozen(kw_only=True)
class Submit:
    """Put an order on the wire: Submitted or NotSubmitted. Its intent is on the disk."""

    ticket: OrderTicket


@frozen(kw_only=True)
class Cancel:
    """Request the cancel of an order of this account: a refusal is CancelRefused."""

    order_ref: OrderRef


@frozen(kw_only=True)
class RecordWatched:
    """Write what was said of an order of an earlier run: a fault is WatchedJournalFailed."""

    event: OrderFact


@frozen(kw_only=True)
class CancelWatched:
    """Request the cancel of an order of an earlier run; a refusal is shown, and has no answer."""

    order_ref: OrderRef


@frozen(kw_only=True)
class ReadAccount:
    """Read the account, values and open orders requested anew: AccountRead or AccountUnread.

    With `anew` its positions, too: those that were streamed are not what the fills make of them.
    """

    anew: bool = False


@frozen(kw_only=True)
class ReadMarket:
    """Read hours and prices of these symbols: MarketRead or MarketUnread."""

    symbols: tuple[Symbol, ...]


@frozen(kw_only=True)
class RunHalted:
    """Nothing more is sent in this run, whichever account."""

    why: WhyRunHalted


@frozen(kw_only=True)
class WaitingForGate:
    """Orders wait because the gate is closed; `why` is what the gateway said of it."""

    account_id: AccountId
    why: str


@frozen(kw_only=True)
class FallingBack:
    """What an algo order did not fill is about to go as a plain market order.

    `waited_seconds` is how long it rested; None where the broker refused the algo. `quantity` are
    the shares that are left.
    """

    account_id: AccountId
    symbol: Symbol
    quantity: Decimal
    waited_seconds: Decimal | None


News = RunHalted | WaitingForGate | FallingBack


@frozen(kw_only=True)
class Tell:
    """Tell the user at once; without an answer."""

    news: News


OtherCommand = (
    Listen
    | Pause
    | AskEvidence
    | Reserve
    | Commit
    | Submit
    | Cancel
    | RecordWatched
    | CancelWatched
    | ReadAccount
    | ReadMarket
    | Tell
)
Command = Record | OtherCommand
