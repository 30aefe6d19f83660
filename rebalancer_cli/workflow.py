"""The straight line for each account: draft, show, ask, check again, execute, report."""

from __future__ import annotations

import asyncio
import logging

from attrs import define, field

from rebalancer_cli.drafting import draft
from rebalancer_cli.failpoints import reach
from rebalancer_cli.preview import render_outcomes
from rebalancer_cli.preview.questions import Excluded
from rebalancer_cli.reading.accounts import Reader
from rebalancer_cli.records import Records
from rebalancer_cli.recovery.guarded import run_started
from rebalancer_cli.screen.interrupts import Interrupts
from rebalancer_cli.screen.prompts import consent, consent_for_all
from rebalancer_cli.stages import AccountInputs, Draft, Reading, Run
from rebalancer_cli.trading.execution import execute
from rebalancer_cli.trading.margins import asked_margin
from rebalancer_cli.trading.progress import watcher
from rebalancer_cli.trading.pursuit import Pursuit
from rebalancer_cli.trading.second_look import is_expired, why_shown_again
from rebalancer_cli.trading.sending import Rules
from rebalancer_cli.trading.tracker import Tracker
from rebalancer_core.errors import RefusedBySafety, explain
from rebalancer_core.execution.journal import Approval, JournalFault, explain_journal
from rebalancer_core.execution.record import ExecutionRecord, OrderStatus
from rebalancer_core.execution.tickets import (
    ApprovedPlan,
    Consent,
    OrderTicket,
    approve,
    tickets,
)
from rebalancer_core.ports import BrokerPort, JournalPort, OrderPort
from rebalancer_core.reporting.summary import AccountReport, AccountStatus, status_of
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.policy import ConfirmMode

LOG = logging.getLogger(__name__)
_SHOWN_AT_MOST = 3


def drafts(run: Run, reading: Reading, *, offline: bool) -> tuple[Draft | AccountReport, ...]:
    """A draft, or the report of its failure, for every account of the reading."""
    return tuple(
        entry
        if isinstance(entry, AccountReport)
        else draft(account, entry, reading.market, run=run, offline=offline)
        for account, entry in zip(run.inputs.accounts, reading.accounts, strict=True)
    )


def preview_all(
    run: Run, records: Records, reading: Reading, *, offline: bool = False
) -> tuple[AccountReport, ...]:
    """Every account as far as its preview. Nothing here could send an order."""
    return tuple(
        records.previewed(drawn) if isinstance(drawn, Draft) else drawn
        for drawn in drafts(run, reading, offline=offline)
    )


@define(kw_only=True)
class Trading:
    """The walk that may trade. Only this holds an order desk, and only the user's yes uses it."""

    run: Run
    records: Records
    reader: Reader
    broker: BrokerPort
    desk: OrderPort
    journal: JournalPort
    interrupts: Interrupts
    finished: list[AccountReport]
    _started: bool = field(default=False, init=False)

    async def rebalance(self, reading: Reading) -> None:
        """Walk every account; `finished` grows by one report an account, whatever comes."""
        drawn = drafts(self.run, reading, offline=False)
        if self.run.inputs.settings.confirm_mode is ConfirmMode.GLOBAL:
            await self._all_at_once(drawn)
            return
        for account, entry in zip(self.run.inputs.accounts, drawn, strict=True):
            if self.interrupts.requested:
                return
            self.finished.append(await self._walk(account, entry))
            await self._pause()

    async def _walk(self, account: AccountInputs, entry: Draft | AccountReport) -> AccountReport:
        drawn = entry if not self._too_old(entry) else await self._redrawn(account)
        for _ in range(_SHOWN_AT_MOST):
            if isinstance(drawn, AccountReport):
                return drawn
            early = await self._shown(drawn)
            if early is not None:
                return early
            reach("F08")
            agreed = await consent(
                drawn.plan,
                self.run.inputs.settings.safety,
                self.run.terminal,
                without_prompt=self.run.without_prompt,
            )
            reach("F09")
            if agreed is None:
                return drawn.ended(AccountStatus.DECLINED)
            changed = await self._why_shown_again(drawn)
            if not changed:
                return await self._trade(drawn, agreed)
            self.run.terminal.note(f"{drawn.account_id}: {changed}; here is the plan again.")
            LOG.warning("%s: shown again: %s", drawn.account_id, changed)
            drawn = await self._redrawn(account)
        return _refused(drawn, "the account or its prices kept changing while you were asked")

    async def _all_at_once(self, drawn: tuple[Draft | AccountReport, ...]) -> None:
        ready: list[Draft] = []
        left_out: list[AccountReport] = []
        for entry in drawn:
            ended = entry if isinstance(entry, AccountReport) else None
            if isinstance(entry, Draft):
                ended = await self._shown(entry)
                if ended is None:
                    ready.append(entry)
            if ended is not None:
                left_out.append(ended)
        self.finished.extend(left_out)
        if not ready:
            return
        reach("F08")
        agreed = await consent_for_all(
            tuple(entry.plan for entry in ready),
            tuple(Excluded(account_id=r.account_id, why=r.error) for r in left_out if r.error),
            self.run.inputs.settings.safety,
            self.run.terminal,
            without_prompt=self.run.without_prompt,
        )
        reach("F09")
        for entry in ready:
            if self.interrupts.requested:
                return
            if agreed is None:
                self.finished.append(entry.ended(AccountStatus.DECLINED))
                continue
            self.finished.append(await self._trade_if_unchanged(entry, agreed))
            await self._pause()

    async def _shown(self, drawn: Draft) -> AccountReport | None:
        """Show and keep the preview; the report of an account that nobody need be asked about."""
        margin = await asked_margin(drawn, self.desk, self.run.inputs.settings.execution)
        unkept = self.records.shown(drawn, margin)
        reach("F07")
        return unkept or _without_question(drawn)

    async def _trade_if_unchanged(self, drawn: Draft, agreed: Consent) -> AccountReport:
        changed = await self._why_shown_again(drawn)
        if not changed:
            return await self._trade(drawn, agreed)
        # The yes was about another account state: this account is asked for by itself.
        self.run.terminal.note(f"{drawn.account_id}: {changed}; here is the plan again.")
        return await self._walk(drawn.account, await self._redrawn(drawn.account))

    async def _trade(self, drawn: Draft, agreed: Consent) -> AccountReport:
        reach("F10")
        approved = approve(drawn.plan, agreed, self.run.now())
        sent = tickets(approved, drawn.style, self.run.run_id, drawn.account.number)
        fault = self._journaled(approved, sent)
        if fault is not None:
            return _refused(drawn, explain_journal(fault))
        reach("F06")
        pursuit = self._pursuit(approved)
        with self.interrupts.orders_out():
            reach("F11")
            record = await execute(
                pursuit, sent, broker=self.broker, policy=drawn.account.settings.rebalance
            )
            seen = await self.reader.snapshot(drawn.account_id)
            reach("F23")
            kept = self.records.traded(record, seen if isinstance(seen, AccountSnapshot) else None)
            # A report with an unknown in it is owed again once recovery has settled that.
            if kept and pursuit.is_settled:
                self.journal.reported(self.run.run_id, drawn.account_id)
        status = self._status(record, pursuit)
        if status is not AccountStatus.REFUSED and pursuit.tracker.trouble:
            self.records.lost.append(pursuit.tracker.trouble)
        self.run.terminal.show(render_outcomes(record, self.run.terminal.width))
        return drawn.ended(status, record=record, error="; ".join(record.notes))

    def _journaled(
        self, approved: ApprovedPlan, sent: tuple[OrderTicket, ...]
    ) -> JournalFault | None:
        """Write down the run, once, and the approved plan."""
        LOG.info("%s: approved (%s)", approved.plan.account_id, approved.consent.value)
        if not self._started:
            fault = self.journal.start(
                run_started(self.run.inputs.settings, self.run.run_id, self.run.started_at)
            )
            if fault is not None:
                return fault
            self._started = True
        return self.journal.approve(
            Approval(
                run_id=self.run.run_id,
                account_id=approved.plan.account_id,
                approved_at=approved.approved_at,
                consent=approved.consent.value,
                plan=approved.plan,
                tickets=sent,
            )
        )

    def _pursuit(self, approved: ApprovedPlan) -> Pursuit:
        settings = self.run.inputs.settings
        return Pursuit(
            approved=approved,
            desk=self.desk,
            tracker=Tracker(
                journal=self.journal, now=self.run.now, watch=watcher(self.run.terminal)
            ),
            rules=Rules(
                run_id=self.run.run_id,
                client_id=settings.gateway.client_id,
                first_order_id=self._first_order_id(),
                safety=settings.safety,
                execution=settings.execution,
            ),
            stop_requested=lambda: self.interrupts.requested,
        )

    def _first_order_id(self) -> int:
        """Above every id this journal gave out: the gateway may have rolled its own back."""
        runs = self.journal.runs()
        used = (
            ()
            if isinstance(runs, JournalFault)
            else tuple(
                order.intent.order_id
                for run in runs
                for account in run.accounts
                for order in account.orders
            )
        )
        return max(used, default=0) + 1

    def _status(self, record: ExecutionRecord, pursuit: Pursuit) -> AccountStatus:
        if status_of(record) is AccountStatus.UNKNOWN:
            return AccountStatus.UNKNOWN
        if self.interrupts.requested:
            return AccountStatus.INTERRUPTED
        unsent = all(each.status is OrderStatus.SKIPPED for each in record.outcomes)
        if unsent and pursuit.tracker.trouble:
            return AccountStatus.REFUSED
        return AccountStatus.FAILED if unsent and pursuit.halted else status_of(record)

    async def _why_shown_again(self, drawn: Draft) -> str:
        safety = self.run.inputs.settings.safety
        return await why_shown_again(drawn, self.reader, safety, self.run.now())

    def _too_old(self, entry: Draft | AccountReport) -> bool:
        safety = self.run.inputs.settings.safety
        return isinstance(entry, Draft) and is_expired(entry, safety, self.run.now())

    async def _redrawn(self, account: AccountInputs) -> Draft | AccountReport:
        again = await self.reader.read_one(account)
        if isinstance(again, AccountReport):
            return again
        snapshot, market = again
        return draft(account, snapshot, market, run=self.run, offline=False)

    async def _pause(self) -> None:
        if not self.interrupts.requested:
            await asyncio.sleep(self.run.inputs.settings.pacing_sec)


def _without_question(drawn: Draft) -> AccountReport | None:
    """The report of an account that needs no question: nothing to trade, or a rule says no."""
    if not drawn.plan.orders:
        return drawn.ended(AccountStatus.NOTHING_TO_DO)
    if not drawn.breaches:
        return None
    sentences = tuple(breach.sentence for breach in drawn.breaches)
    error = RefusedBySafety(account_id=drawn.account_id, breaches=sentences)
    return drawn.ended(AccountStatus.REFUSED, error=explain(error))


def _refused(drawn: Draft | AccountReport, why: str) -> AccountReport:
    if isinstance(drawn, AccountReport):
        return drawn
    return drawn.ended(AccountStatus.REFUSED, error=f"refused: {why}")
