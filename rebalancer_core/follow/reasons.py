"""Why orders of a followed account are not sent, and what else its report says: facts, no words."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.order_state import OrderContradiction
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.safety.account_moves import UnexpectedPosition
from rebalancer_core.safety.buy_facts import WhyFewer
from rebalancer_core.safety.free_cash import WhyNotFunded
from rebalancer_core.safety.rules import LastRule
from rebalancer_core.values.faults import AccountFault, BrokerFault, Bug
from rebalancer_core.values.instruments import AccountId, Symbol


@frozen(kw_only=True)
class Stated:
    """A sentence that was made where the fault is known: of a journal, or one that it keeps."""

    text: str


@frozen(kw_only=True)
class NotAcknowledged:
    """An order was not acknowledged in time, and nothing of the broker shows it."""

    account_id: AccountId
    symbol: Symbol
    within_seconds: Decimal


@frozen(kw_only=True)
class DeclaredDeadLives:
    """The broker has an order that a person declared not received; it was cancelled."""

    account_id: AccountId
    order_ref: OrderRef
    symbol: Symbol


@frozen(kw_only=True)
class Contradictions:
    """The broker contradicts its own word, or the ticket, on these orders."""

    conflicts: tuple[tuple[Symbol, OrderContradiction], ...]


@frozen(kw_only=True)
class AccountContradicted:
    """The same, as the whole run hears of it: whose orders these are."""

    account_id: AccountId
    contradictions: Contradictions


WhyRunHalted = NotAcknowledged | DeclaredDeadLives | AccountContradicted | Stated


@frozen(kw_only=True)
class Interrupted:
    """The user asked to stop."""


@frozen(kw_only=True)
class SocketLost:
    """The connection to the gateway was lost."""

    detail: str


@frozen(kw_only=True)
class GateClosedFor:
    """No order could leave for so long; `why` is what the gateway said of it."""

    why: str
    seconds: float


@frozen(kw_only=True)
class OutcomeUnknown:
    """What became of orders of these symbols is not known, and not waited for any longer."""

    symbols: tuple[Symbol, ...]


@frozen(kw_only=True)
class NotHandedOver:
    """The gateway did not take an order."""

    fault: BrokerFault


WhyHalted = (
    WhyRunHalted
    | Contradictions
    | Interrupted
    | SocketLost
    | GateClosedFor
    | OutcomeUnknown
    | NotHandedOver
    | Bug
)


@frozen(kw_only=True)
class CashUnread:
    """The account could not be read after the sells."""

    fault: BrokerFault | AccountFault


@frozen(kw_only=True)
class PositionsDiffer:
    """After the sells the account does not show what our fills come to."""

    positions: tuple[UnexpectedPosition, ...]


@frozen(kw_only=True)
class SellsUnknown:
    """What became of the sells of these symbols is not known."""

    symbols: tuple[Symbol, ...]


@frozen(kw_only=True)
class PricesUnread:
    """Hours and prices could not be read again."""


@frozen(kw_only=True)
class NeverReached:
    """The following ended before it came to the order."""


WhyNotSent = (
    WhyHalted
    | CashUnread
    | PositionsDiffer
    | SellsUnknown
    | PricesUnread
    | NeverReached
    | LastRule
    | WhyNotFunded
    | WhyFewer
)


@frozen(kw_only=True)
class NotSent:
    """An order that certainly did not leave, and why."""

    why: WhyNotSent
    cause: SkipCause = SkipCause.STOPPED


@frozen(kw_only=True)
class NoFallback:
    """The rest of an algo order did not go as a plain one."""

    symbol: Symbol
    why: WhyNotSent


FollowNote = WhyHalted | WhyFewer | NoFallback | BrokerFault
