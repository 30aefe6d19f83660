"""The person at the keyboard, and the log that is read afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from rebalancer_core.follow.standing import Standing
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.orders.record import ExecutionRecord
from rebalancer_core.reporting.preview_facts import Excluded, PreviewFacts
from rebalancer_core.reporting.summary import AccountReport, SummaryRow
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.work import Work


class PeoplePort(Protocol):
    """Shows a run to a person and asks. Only `confirm...` wait; nothing here raises."""

    def note(self, text: str) -> None:
        """Tell what happens, in one sentence."""
        ...

    def doing(self, text: str) -> None:
        """Tell what is being done, in one sentence that nobody needs who asked for silence."""
        ...

    def stage(self, work: Work, done: int, total: int) -> None:
        """Show how far work is that lasts; it is over with `done` equal to `total`."""
        ...

    def standing(self, orders: Standing) -> None:
        """Show how the orders of an account stand; called at each change and once a second."""
        ...

    def preview(self, plan: Plan, facts: PreviewFacts) -> None:
        """Show a plan with everything that is needed to say yes or no."""
        ...

    def progress(self, before: OrderState, now: OrderState) -> None:
        """Show that more is known of an order."""
        ...

    def outcomes(self, record: ExecutionRecord) -> None:
        """Show what became of one account's orders."""
        ...

    def summary(self, rows: Sequence[SummaryRow]) -> None:
        """Show how every account ended."""
        ...

    def result(self, reports: tuple[AccountReport, ...], started_at: datetime) -> None:
        """Print the run for programs, where that was asked for."""
        ...

    async def confirm(self, plan: Plan) -> bool:
        """Ask whether to trade this plan; every answer but a yes is a no, silence too."""
        ...

    async def confirm_typed(self, plan: Plan, why: str) -> bool:
        """Ask for the account id of this plan, typed in full; `why` says what it is wanted for."""
        ...

    async def confirm_all(self, plans: tuple[Plan, ...], excluded: tuple[Excluded, ...]) -> bool:
        """Ask once whether to trade all these plans."""
        ...


class KeyboardPort(Protocol):
    """Somebody who can type; asked where a word alone decides, not a yes."""

    @property
    def can_ask(self) -> bool:
        """Whether somebody sits at a keyboard."""
        ...

    async def typed(self, prompt: str) -> str | None:
        """What is typed behind the prompt; None where the input ends."""
        ...


class LogPort(Protocol):
    """The log of a run, with the interpolation of Python's own loggers."""

    def info(self, message: str, /, *values: object) -> None:
        """What happened."""
        ...

    def warning(self, message: str, /, *values: object) -> None:
        """What a person should look at."""
        ...

    def error(self, message: str, /, *values: object) -> None:
        """What went wrong."""
        ...

    def exception(self, message: str, /, *values: object) -> None:
        """A bug, with its traceback; called while it is handled."""
        ...


class StopPort(Protocol):
    """Whether the user asked to stop."""

    @property
    def requested(self) -> bool:
        """Whether to wind up."""
        ...

    def orders_out(self) -> AbstractContextManager[None]:
        """While this is open the work is not cut off: orders are followed to their end."""
        ...
