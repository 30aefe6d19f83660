"""Everything that is known while one account's orders are followed: one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from attrs import evolve, field, frozen

from rebalancer_core.follow.commands import Command, Record
from rebalancer_core.follow.connection import Connection
from rebalancer_core.follow.deadlines import Deadlines
from rebalancer_core.follow.events import Instant, Surroundings
from rebalancer_core.follow.followed import Followed
from rebalancer_core.follow.reasons import FollowNote, NotSent, WhyHalted, WhyNotSent
from rebalancer_core.orders.events import OrderEvent, OrderRef
from rebalancer_core.orders.order_state import TERMINAL, OrderState
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.orders.tickets import ApprovedPlan, OrderTicket
from rebalancer_core.safety.buy_facts import WhyFewer
from rebalancer_core.safety.buy_fit import MarketNow
from rebalancer_core.safety.funds import Funds
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.commission import IBKR_COMMISSIONS, Commissions
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.policy import ExecutionPolicy, RebalancePolicy, SafetyPolicy


class Stage(Enum):
    """Where the following of an account's orders is."""

    SELLING = "sells are sent and followed"
    FITTING = "buys are fitted to the account and the market"
    BUYING = "buys are sent and followed"
    LATE_FILLS = "fills that crossed a cancel are waited for"
    LAST_EVIDENCE = "the broker's lists are asked for the last time"
    COMMISSIONS = "commissions are waited for"
    DONE = "nothing is left to do"


class Turn(Enum):
    """What a turn of following does next; after each wait for facts it begins with OVERDUE."""

    ENTER = "hear what was told before"
    OVERDUE = "ask for cancels that are due"
    PROBE = "ask the broker about unknown orders"
    SILENT = "cancel what nobody knows"
    FALL_BACK = "replace what is proven dead"
    SEND = "send what may go"


class Purpose(Enum):
    """Why the broker's lists are asked for."""

    LINK_BACK = "the link is back"
    PROBE = "an order is unknown"
    PROOF = "an order is to be replaced"
    PROCEEDS = "executions of sells are missing"
    LAST = "the end"


@frozen(kw_only=True)
class Asking:
    """The broker's lists are being asked for; first comes what was told meanwhile."""

    purpose: Purpose


class Way(Enum):
    """How far an order is on its way to the wire."""

    RESERVING = "an order id is asked for"
    COMMITTING = "the intent goes to the disk"
    HANDING = "the hand-over goes to the disk"
    SUBMITTING = "it goes on the wire"


@frozen(kw_only=True)
class Sending:
    """The one order that is on its way to the wire; `replaces` is the leg proven dead before it."""

    ticket: OrderTicket
    replaces: OrderRef | None = None
    way: Way = Way.RESERVING


@frozen(kw_only=True)
class Refitting:
    """A buy whose prices are old: hours and prices are read again before it may go."""

    ticket: OrderTicket
    replaces: OrderRef | None = None


class Reading(Enum):
    """How far the reading is that the buys are fitted to."""

    GATE = "the gate may be closed"
    PROCEEDS = "what the sells brought"
    ACCOUNT = "positions and cash"
    MARKET = "hours and prices"


@frozen(kw_only=True)
class Fit:
    """The reading that the buys are fitted to; `waited` is how long its account lagged behind."""

    reading: Reading = Reading.GATE
    attempts: int = 0
    has_asked: bool = False
    waited: float = 0
    seen: AccountSnapshot | None = None


@frozen(kw_only=True)
class Terms:
    """What was agreed, and what bounds it.

    `seen` and `market` are what was read after the yes. No order id is below `first_order_id`.
    """

    approved: ApprovedPlan
    tickets: tuple[OrderTicket, ...]
    first_order_id: int
    safety: SafetyPolicy
    execution: ExecutionPolicy
    rebalance: RebalancePolicy
    seen: AccountSnapshot
    market: MarketNow
    commissions: Commissions = IBKR_COMMISSIONS

    @property
    def account_id(self) -> AccountId:
        """Whose orders these are."""
        return self.approved.plan.account_id


@frozen(kw_only=True)
class FollowState:
    """The orders of one account while they are out.

    `funds` bound what may be sent; `halted` says why nothing more of this account is;
    `journal_fault` is the first failure to write, and from then on no further order may leave.
    `notes` and `fit_notes` are what the report says of it. `since` is when the wait of the present
    stage began; `has_last_evidence`: the broker's lists were asked for after all orders.
    """

    terms: Terms
    connection: Connection
    funds: Funds
    stage: Stage = Stage.SELLING
    turn: Turn = Turn.ENTER
    orders: Mapping[OrderRef, OrderState] = field(factory=dict)
    followed: Mapping[OrderRef, Followed] = field(factory=dict)
    not_sent: Mapping[OrderRef, NotSent] = field(factory=dict)
    waiting: tuple[OrderTicket, ...] = ()
    fitted_at: Mapping[OrderRef, float] = field(factory=dict)
    sending: Sending | None = None
    refitting: Refitting | None = None
    asking: Asking | None = None
    replacing: OrderRef | None = None
    fit: Fit = field(factory=Fit)
    around: Surroundings = field(factory=Surroundings)
    link_lost: bool = False
    ask_again: bool = False
    closed_since: float | None = None
    since: float | None = None
    has_last_evidence: bool = False
    halted: WhyHalted | None = None
    journal_fault: str = ""
    notes: tuple[FollowNote, ...] = ()
    fit_notes: tuple[WhyFewer, ...] = ()

    @property
    def states(self) -> tuple[OrderState, ...]:
        """Every order that was handed over, oldest first."""
        return tuple(self.orders.values())

    @property
    def open_states(self) -> tuple[OrderState, ...]:
        """Every order that has no last word."""
        return tuple(state for state in self.orders.values() if state.phase not in TERMINAL)

    @property
    def is_settled(self) -> bool:
        """Whether the broker said the last word on every order."""
        return not self.open_states

    def deadlines(self, now: Instant) -> Deadlines:
        """The times of the settings, at `now`."""
        return Deadlines(safety=self.terms.safety, execution=self.terms.execution, now=now.seconds)


Step = tuple[FollowState, tuple[Command, ...]]


def recorded(state: FollowState, event: OrderEvent) -> Step:
    """An event that changes what is known of an order is written down; repeats are dropped.

    What is read back from the journal is folded by the same `apply`.
    """
    before = state.orders.get(event.order_ref)
    if before is None:
        return state, ()
    now = apply(before, event)
    if now is before or now == before:
        return state, ()
    orders = {**state.orders, event.order_ref: now}
    return evolve(state, orders=orders), (Record(event=event, before=before, now=now),)


def with_followed(state: FollowState, ref: OrderRef, out: Followed) -> FollowState:
    """The state with what is kept of one order."""
    return evolve(state, followed={**state.followed, ref: out})


def noted(state: FollowState, note: FollowNote) -> FollowState:
    """The state with a note for the report, once."""
    return state if note in state.notes else evolve(state, notes=(*state.notes, note))


def skipped(
    state: FollowState,
    tickets: tuple[OrderTicket, ...],
    why: WhyNotSent,
    cause: SkipCause = SkipCause.STOPPED,
) -> FollowState:
    """These tickets stay unsent; the first reason of each stands."""
    added = {ticket.order_ref: NotSent(why=why, cause=cause) for ticket in tickets}
    return evolve(state, not_sent={**added, **state.not_sent})
