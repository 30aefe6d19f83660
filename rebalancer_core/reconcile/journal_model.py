"""What is written down before and after each order leaves, so that a crash forgets nothing.

An order's state is the fold of its events; nothing is ever updated in place.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cached_property

from attrs import frozen

from rebalancer_core.orders.events import OrderEvent, OrderRef, OwnActed, OwnAction
from rebalancer_core.orders.order_state import TERMINAL, OrderState, intended
from rebalancer_core.orders.state_machine import replay
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.plan import Plan


@frozen(kw_only=True)
class RunStarted:
    """One run that may trade: which program, which inputs (SHA-256), which gateway."""

    run_id: str
    started_at: datetime
    app_version: str
    settings_sha256: str
    client_id: int
    host: str
    port: int


@frozen(kw_only=True)
class Approval:
    """One account's plan as the user approved it, and the tickets it was made into, in order.

    Reports are rebuilt from it. `plan_sha256` names the plan file it came from, if any.
    """

    run_id: str
    account_id: AccountId
    approved_at: datetime
    consent: str
    plan: Plan
    tickets: tuple[OrderTicket, ...]
    plan_sha256: str = ""


@frozen(kw_only=True)
class Intent:
    """One order about to leave. Committed to disk before its first byte is sent.

    `order_id` is the id it will have at the gateway, `position_before` the shares held when it
    was planned; `replaces` is the leg that was proven dead before this one was made.
    """

    run_id: str
    ticket: OrderTicket
    order_id: int
    client_id: int
    position_before: Decimal
    intended_at: datetime
    replaces: OrderRef | None = None


@frozen(kw_only=True)
class JournaledEvent:
    """One event of one order, as it was heard."""

    at: datetime
    event: OrderEvent


@frozen(kw_only=True)
class JournaledOrder:
    """One order as the journal knows it: its intent and all its events, in their order."""

    intent: Intent
    events: tuple[JournaledEvent, ...] = ()

    @property
    def order_ref(self) -> OrderRef:
        """The reference that the broker echoes."""
        return self.intent.ticket.order_ref

    @cached_property
    def state(self) -> OrderState:
        """What is known of the order: the fold of its events."""
        return replay(intended(self.intent.ticket), tuple(e.event for e in self.events))

    @property
    def was_never_handed(self) -> bool:
        """Whether the journal proves that no byte of it was sent: nothing is, before HANDED."""
        return all(
            not isinstance(each.event, OwnActed) or each.event.act is not OwnAction.HANDED
            for each in self.events
        )

    @property
    def is_silent(self) -> bool:
        """Whether it may wait in a dialog: handed over, not finished, and never acknowledged."""
        is_out = not self.was_never_handed and not self.is_finished
        return is_out and not self.state.has_sign_of_life

    @property
    def is_finished(self) -> bool:
        """Whether the broker, or a human, said the last word on it."""
        return self.state.phase in TERMINAL


@frozen(kw_only=True)
class JournaledAccount:
    """One account's part of a run; `is_reported` once its post-trade report was written."""

    approval: Approval
    orders: tuple[JournaledOrder, ...]
    is_reported: bool = False


@frozen(kw_only=True)
class JournaledRun:
    """One run as the journal knows it."""

    started: RunStarted
    accounts: tuple[JournaledAccount, ...] = ()


@frozen(kw_only=True)
class JournalFault:
    """The journal could not be read or written: without it nothing is sent."""

    path: str
    detail: str
