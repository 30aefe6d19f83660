"""What is known of one order: its phase, as far as the broker proved it, and its facts."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from attrs import evolve, field, frozen

from rebalancer_core.orders.events import Commissioned, Executed, OwnAction, Resolution
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import ZERO


class Phase(Enum):
    """Where an order is, as far as the broker proved it."""

    INTENT = "not sent"
    HANDED = "handed over, no answer yet"
    WORKING = "working at the broker"
    HELD = "held by the broker"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    NOT_RECEIVED = "never reached the broker"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        """The value, typed where a narrowed member would be Any to mypy."""
        return self.value


TERMINAL = frozenset({Phase.FILLED, Phase.CANCELLED, Phase.REJECTED, Phase.NOT_RECEIVED})
ACKNOWLEDGED = frozenset({Phase.WORKING, Phase.HELD, *TERMINAL})


@frozen(kw_only=True)
class BrokerNotice:
    """An error or a notice of the broker about the order."""

    code: int
    text: str


@frozen(kw_only=True)
class OtherAccount:
    """The broker names another account for it than the ticket."""

    account_id: AccountId


@frozen(kw_only=True)
class OtherTrade:
    """An execution names another contract or side than the ticket."""


@frozen(kw_only=True)
class SharesTakenBack:
    """A correction or a bust took shares back."""


@frozen(kw_only=True)
class UnheardCorrected:
    """The broker corrected an execution that it had never reported."""


@frozen(kw_only=True)
class Overfilled:
    """More was executed than was ordered."""


OrderContradiction = OtherAccount | OtherTrade | SharesTakenBack | UnheardCorrected | Overfilled


@frozen(kw_only=True)
class ExecutionCorrected:
    """The broker corrected an execution; `execution` is its id without the revision."""

    execution: str


class AfterAll(Enum):
    """What the broker says of an order that was at an end."""

    RECEIVED = "it has the order"
    EXECUTED_IN_PART = "shares of it are executed"
    FILLED = "all shares of it are filled"


@frozen(kw_only=True)
class EndOverruled:
    """The broker's facts overrule the end that the order `was` at."""

    by: AfterAll
    was: Phase


@frozen(kw_only=True)
class ResolvedAs:
    """The order was settled by recovery or by a human, for `reason`."""

    verdict: Resolution
    reason: str


OrderNote = (
    BrokerNotice | OrderContradiction | ExecutionCorrected | EndOverruled | ResolvedAs | OwnAction
)


@frozen(kw_only=True)
class OrderState:
    """One order and all that is known of it.

    `executions` holds the latest revision of each; `reported_filled` is the largest figure the
    broker's status named; `conflict` is set when the broker's facts contradict the ticket, and
    then nothing but a human can call the order done; `shares_taken_back` says that an execution
    was corrected downwards or busted, so that what a status named before holds no longer;
    `unheard_corrected` that a correction came of an execution nobody heard of, so that a status
    may have counted more shares than it has now.
    """

    ticket: OrderTicket
    phase: Phase = Phase.INTENT
    executions: tuple[Executed, ...] = ()
    commissions: tuple[Commissioned, ...] = ()
    reported_filled: Decimal = ZERO
    reported_price: Decimal | None = None
    perm_id: int = 0
    reject_code: int | None = None
    error: BrokerNotice | None = None
    conflict: OrderContradiction | None = None
    shares_taken_back: bool = False
    unheard_corrected: bool = False
    notes: tuple[OrderNote, ...] = field(default=())

    @property
    def executed(self) -> Decimal:
        """Shares of the executions seen, corrections counted once."""
        return sum((e.shares for e in self.executions), ZERO)

    @property
    def filled(self) -> Decimal:
        """Shares filled: the executions, or the broker's own figure where it is ahead of them."""
        if self.shares_taken_back:
            return self.executed
        return max(self.executed, self.reported_filled)

    @property
    def has_sign_of_life(self) -> bool:
        """Whether the broker ever proved that it has the order: a permanent id, or shares."""
        return bool(self.perm_id or self.executions) or self.reported_filled > ZERO

    @property
    def has_effect(self) -> bool:
        """Whether it moved shares, or still may."""
        return self.phase not in TERMINAL or self.filled > ZERO

    @property
    def unfilled(self) -> Decimal:
        """Shares of the ticket not filled."""
        return self.ticket.quantity - self.filled


def intended(ticket: OrderTicket) -> OrderState:
    """The state of an order that has not been sent."""
    return OrderState(ticket=ticket)


def noted(state: OrderState, note: OrderNote) -> OrderState:
    """The state with a note for people, each once."""
    if note in state.notes:
        return state
    return evolve(state, notes=(*state.notes, note))
