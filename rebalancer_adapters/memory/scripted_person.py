"""A person who answers as scripted: what was shown and asked is kept, and silence is a no."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from attrs import define, field, frozen

from rebalancer_core.follow.standing import Standing
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.orders.record import ExecutionRecord
from rebalancer_core.reporting.preview_facts import Excluded, PreviewFacts
from rebalancer_core.reporting.summary import AccountReport, SummaryRow
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.work import Work


@frozen(kw_only=True)
class Question:
    """One question: about which accounts, why the account id had to be typed, and the answer."""

    accounts: tuple[AccountId, ...]
    answer: bool
    why_typed: str = ""


def _queued(answers: Iterable[bool]) -> deque[bool]:
    return deque(answers)


def _at_once() -> None:
    """Nothing happens meanwhile."""


@define(kw_only=True)
class ScriptedPerson:
    """Gives the next of `answers` to each question, and a no once there is none (a `PeoplePort`).

    A yes types the account id in full where that is asked for. `while_asked` is called before each
    answer, such as to move a price. All else is what the person was shown, oldest first.
    """

    answers: deque[bool] = field(default=(), converter=_queued)
    while_asked: Callable[[], None] = _at_once
    questions: list[Question] = field(factory=list, init=False)
    notes: list[str] = field(factory=list, init=False)
    stages: list[tuple[Work, int, int]] = field(factory=list, init=False)
    standings: list[Standing] = field(factory=list, init=False)
    previews: list[tuple[Plan, PreviewFacts]] = field(factory=list, init=False)
    changes: list[tuple[OrderState, OrderState]] = field(factory=list, init=False)
    records: list[ExecutionRecord] = field(factory=list, init=False)
    excluded: list[Excluded] = field(factory=list, init=False)
    rows: list[SummaryRow] = field(factory=list, init=False)
    reports: list[AccountReport] = field(factory=list, init=False)

    def note(self, text: str) -> None:
        """Keep the sentence."""
        self.notes.append(text)

    def doing(self, text: str) -> None:
        """Keep the sentence among the others."""
        self.notes.append(text)

    def stage(self, work: Work, done: int, total: int) -> None:
        """Keep how far the work is."""
        self.stages.append((work, done, total))

    def standing(self, orders: Standing) -> None:
        """Keep how the orders stand."""
        self.standings.append(orders)

    def preview(self, plan: Plan, facts: PreviewFacts) -> None:
        """Keep the plan as it was shown."""
        self.previews.append((plan, facts))

    def progress(self, before: OrderState, now: OrderState) -> None:
        """Keep both states of the order."""
        self.changes.append((before, now))

    def outcomes(self, record: ExecutionRecord) -> None:
        """Keep what became of an account's orders."""
        self.records.append(record)

    def summary(self, rows: Sequence[SummaryRow]) -> None:
        """Keep how the accounts ended."""
        self.rows.extend(rows)

    def result(self, reports: tuple[AccountReport, ...], started_at: datetime) -> None:  # noqa: ARG002 - the reports say enough
        """Keep the run as programs read it."""
        self.reports.extend(reports)

    async def confirm(self, plan: Plan) -> bool:
        """The next answer."""
        return self._answer((plan,))

    async def confirm_typed(self, plan: Plan, why: str) -> bool:
        """The next answer: yes is the account id, typed."""
        return self._answer((plan,), why)

    async def confirm_all(self, plans: tuple[Plan, ...], excluded: tuple[Excluded, ...]) -> bool:
        """One answer for all plans; who is excluded is kept."""
        self.excluded.extend(excluded)
        return self._answer(plans)

    def _answer(self, plans: tuple[Plan, ...], why_typed: str = "") -> bool:
        self.while_asked()
        answer = bool(self.answers) and self.answers.popleft()
        accounts = tuple(plan.account_id for plan in plans)
        self.questions.append(Question(accounts=accounts, answer=answer, why_typed=why_typed))
        return answer
