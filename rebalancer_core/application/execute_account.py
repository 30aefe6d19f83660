"""An approved plan, from the journal's first line about it to the account's report."""

from __future__ import annotations

from attrs import define
from returns.result import Result

from rebalancer_core.application.broken_off import followed_whatever_comes
from rebalancer_core.application.execute import Executor
from rebalancer_core.application.port_calls import PortCalls, market_now
from rebalancer_core.application.preconditions import run_started
from rebalancer_core.application.read import Reader
from rebalancer_core.application.recheck import Unchanged
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.trading_connection import TradingConnection
from rebalancer_core.application.types import Draft, Run
from rebalancer_core.application.watching import Watching
from rebalancer_core.follow.state import FollowState, Terms
from rebalancer_core.follow.step import start
from rebalancer_core.messages.accounts import of_account
from rebalancer_core.messages.follow import explain_halted
from rebalancer_core.orders.record import ExecutionRecord, OrderStatus
from rebalancer_core.orders.tickets import ApprovedPlan, Consent, OrderTicket, approve, tickets
from rebalancer_core.ports import Freshness, JournalPort
from rebalancer_core.reconcile.journal_model import Approval, JournalFault
from rebalancer_core.reconcile.run_summary import RunSummary
from rebalancer_core.reporting.outcomes import record_of
from rebalancer_core.reporting.summary import (
    AccountReport,
    AccountStatus,
    error_of,
    notes_of,
    status_of,
)
from rebalancer_core.safety.account_moves import unexpected_positions
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.results import Failed, unwrap_or_failed


@define(kw_only=True)
class ExecuteAccounts:
    """Sends the orders of one account after another, over one connection, and reports on each."""

    run: Run
    output: RunOutput
    reader: Reader
    journal: JournalPort
    connection: TradingConnection

    async def execute(
        self, draft: Draft, agreed: Consent, looked: Unchanged
    ) -> AccountReport | JournalFault:
        """Write the plan down, send its orders, follow them to the end, and report.

        A fault means that nothing was sent, because it could not be written down first.
        """
        approved = approve(draft.plan, agreed, self.run.world.clock.now())
        sent = tickets(approved, draft.style, self.run.run_id, draft.account.number)
        past = unwrap_or_failed(self.journal.summaries())
        if isinstance(past, Failed):
            return past.error
        plan_sha256 = draft.saved.sha256 if draft.saved else ""
        written = unwrap_or_failed(self._journaled(approved, sent, plan_sha256, past))
        if isinstance(written, Failed):
            return written.error
        self.run.world.reach("F06")
        executor = self._executor(draft, looked, approved, sent, past)
        with self.run.world.stop.orders_out():
            self.run.world.reach("F11")
            bug = await followed_whatever_comes(executor, self.run.world.log)
            record = record_of(executor.state)
            seen = None if bug is not None else await self._seen(executor.state)
            self.run.world.reach("F23")
            kept = self.output.traded(record, seen)
            # A report with an unknown in it is owed again once recovery has settled that.
            if kept and executor.state.is_settled:
                self.journal.reported(self.run.run_id, draft.account_id)
        status = self._status(record, executor.state)
        if bug is not None:
            self.output.bugs.append(of_account(draft.account_id, explain_halted(bug)))
            self.run.world.people.note(self.output.bugs[-1])
            status = status if status is AccountStatus.UNKNOWN else AccountStatus.FAILED
        if status is not AccountStatus.REFUSED and executor.state.journal_fault:
            self.output.lost.append(executor.state.journal_fault)
        self.run.world.people.outcomes(record)
        return draft.ended(
            status,
            record=record,
            error=error_of(record, status),
            notes=notes_of(record, status),
            seen=seen,
        )

    async def _seen(self, state: FollowState) -> AccountSnapshot | None:
        """The account after its orders: as it was pushed, anew where that does not add up."""
        account_id, before = state.terms.account_id, state.terms.seen
        answer = await self.reader.snapshot(account_id, Freshness.HEARD)
        if isinstance(answer, AccountSnapshot) and unexpected_positions(
            before, state.states, answer
        ):
            answer = await self.reader.snapshot(account_id, Freshness.ANEW)
        return answer if isinstance(answer, AccountSnapshot) else None

    def _journaled(
        self,
        approved: ApprovedPlan,
        sent: tuple[OrderTicket, ...],
        plan_sha256: str,
        past: tuple[RunSummary, ...],
    ) -> Result[None, JournalFault]:
        """Write down the run, once, and the approved plan."""
        self.run.world.log.info(
            "%s: approved (%s)", approved.plan.account_id, approved.consent.value
        )
        approval = Approval(
            run_id=self.run.run_id,
            account_id=approved.plan.account_id,
            approved_at=approved.approved_at,
            consent=approved.consent.value,
            plan=approved.plan,
            tickets=sent,
            plan_sha256=plan_sha256,
        )
        if any(run.run_id == self.run.run_id for run in past):
            return self.journal.approve(approval)
        started = self.journal.start(run_started(self.run))
        return started.bind(lambda _: self.journal.approve(approval))

    def _executor(
        self,
        draft: Draft,
        looked: Unchanged,
        approved: ApprovedPlan,
        sent: tuple[OrderTicket, ...],
        past: tuple[RunSummary, ...],
    ) -> Executor:
        settings, world = self.run.inputs.settings, self.run.world
        rules = draft.account.settings.rebalance
        terms = Terms(
            approved=approved,
            tickets=sent,
            first_order_id=_first_order_id(past),
            safety=settings.safety,
            execution=settings.execution,
            rebalance=rules,
            seen=looked.seen,
            market=market_now(looked.market, draft.account_id, rules.trading_hours),
            commissions=draft.commissions,
        )
        calls = PortCalls(
            terms=terms,
            connection=self.connection,
            reader=self.reader,
            run_id=self.run.run_id,
            client_id=settings.gateway.client_id,
            watch=world.people.progress,
            reach=world.reach,
        )
        return Executor(
            state=start(terms, self.connection.shown),
            calls=calls,
            stop_requested=lambda: world.stop.requested,
            look=Watching(people=world.people).look,
        )

    def _status(self, record: ExecutionRecord, state: FollowState) -> AccountStatus:
        if status_of(record) is AccountStatus.UNKNOWN:
            return AccountStatus.UNKNOWN
        if self.run.world.stop.requested:
            return AccountStatus.INTERRUPTED
        unsent = all(each.status is OrderStatus.SKIPPED for each in record.outcomes)
        if unsent and state.journal_fault:
            return AccountStatus.REFUSED
        return AccountStatus.FAILED if unsent and state.halted is not None else status_of(record)


def _first_order_id(past: tuple[RunSummary, ...]) -> int:
    """Above every id this journal gave out: the gateway may have rolled its own back."""
    return max((run.highest_order_id for run in past), default=0) + 1
