"""The person at this terminal: what a run shows and asks goes through here."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.json_output import error_output
from rebalancer_cli.screen.outcomes import render_outcomes, render_summary
from rebalancer_cli.screen.plan_preview import render_preview
from rebalancer_cli.screen.progress import log_lines, worth_showing
from rebalancer_cli.screen.questions import (
    nobody_to_ask,
    render_global_prompt,
    render_prompt,
    render_typed_prompt,
)
from rebalancer_cli.terminal.terminal import Terminal, process_terminal
from rebalancer_core.follow.standing import Standing
from rebalancer_core.messages.progress import explain_stage, explain_standing
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.orders.record import ExecutionRecord
from rebalancer_core.reporting.preview_facts import Excluded, PreviewFacts
from rebalancer_core.reporting.run_json import run_json
from rebalancer_core.reporting.summary import AccountReport, SummaryRow
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.work import Work

LOG = logging.getLogger("rebalancer_cli")
_YES = frozenset({"y", "yes"})


@frozen(kw_only=True)
class TerminalPeople:
    """Shows a run on a terminal and reads the answers (a `PeoplePort` and `KeyboardPort`).

    `command` is the name in the JSON object of a run.
    """

    terminal: Terminal
    command: str = "run"

    def note(self, text: str) -> None:
        """Tell what happens, in one sentence."""
        self.terminal.note(console_text(text))

    def doing(self, text: str) -> None:
        """Tell what is being done, unless silence was asked for."""
        self.terminal.doing(console_text(text))

    def stage(self, work: Work, done: int, total: int) -> None:
        """Show on the live line how far work is that lasts."""
        if done >= total:
            self.terminal.live.end()
            return
        self.terminal.live.show(
            (work, done, total),
            lambda seconds: (explain_stage(work, done, total, seconds),),
            topic=work,
        )

    def standing(self, orders: Standing) -> None:
        """Show on the live line how the orders of an account stand."""
        self.terminal.live.show(
            orders.counts, lambda seconds: explain_standing(orders.after(seconds), seconds)
        )

    def preview(self, plan: Plan, facts: PreviewFacts) -> None:
        """Show a plan with everything that is needed to say yes or no."""
        self.terminal.live.end()
        self.terminal.show(render_preview(plan, facts, self.terminal.width))

    def progress(self, before: OrderState, now: OrderState) -> None:
        """Print ends, fills and doubts of orders, and log every change."""
        line = worth_showing(before, now)
        if line is not None:
            self.terminal.doing(f"  {console_text(line)}")
        for line in log_lines(before, now):
            LOG.info("%s", line, extra=_about(now))

    def outcomes(self, record: ExecutionRecord) -> None:
        """Show what became of one account's orders."""
        self.terminal.live.end()
        self.terminal.show(render_outcomes(record, self.terminal.width))

    def summary(self, rows: Sequence[SummaryRow]) -> None:
        """Show how every account ended."""
        self.terminal.live.end()
        self.terminal.show(render_summary(tuple(rows), self.terminal.width))

    def result(self, reports: tuple[AccountReport, ...], started_at: datetime) -> None:
        """Print the run as one JSON object, where that was asked for."""
        if self.terminal.json_output:
            self.terminal.data(run_json(reports, started_at, self.command).rstrip("\n"))

    def stopped(self, *why: str) -> None:
        """Say why the run ends before any account has a report, a line a sentence."""
        for line in why:
            self.note(line)
        if self.terminal.json_output:
            self.terminal.data(error_output(self.command, "; ".join(why)))

    async def confirm(self, plan: Plan) -> bool:
        """Ask whether to trade this plan; every answer but a yes is a no, silence too."""
        return _is_yes(await self._answer(render_prompt(plan)))

    async def confirm_typed(self, plan: Plan, why: str) -> bool:
        """Ask for the account id of this plan, typed in full."""
        return await self._answer(render_typed_prompt(plan, why)) == plan.account_id

    async def confirm_all(self, plans: tuple[Plan, ...], excluded: tuple[Excluded, ...]) -> bool:
        """Ask once whether to trade all these plans."""
        return _is_yes(await self._answer(render_global_prompt(plans, excluded)))

    @property
    def can_ask(self) -> bool:
        """Whether somebody sits at a keyboard."""
        return self.terminal.can_ask

    async def typed(self, prompt: str) -> str | None:
        """What is typed behind the prompt; None where the input ends."""
        return await self.terminal.ask(prompt)

    async def _answer(self, prompt: str) -> str | None:
        if not self.terminal.can_ask:
            self.terminal.note(nobody_to_ask(prompt))
            return None
        return await self.terminal.ask(prompt)


def _about(order: OrderState) -> dict[str, str]:
    """What a JSON log says of an event of this order, beside its words."""
    ticket = order.ticket
    return {
        "account": ticket.account_id,
        "order_ref": ticket.order_ref,
        "symbol": ticket.symbol,
    }


def _is_yes(answer: str | None) -> bool:
    # ASCII only: lower() would also fold look-alikes that nobody typed on purpose.
    return answer is not None and answer.isascii() and answer.lower() in _YES


def terminal_people() -> TerminalPeople:
    """Whoever sits at this process's terminal."""
    return TerminalPeople(terminal=process_terminal())
