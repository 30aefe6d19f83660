"""An approved plan, from the journal's first line about it to the account's report."""

from __future__ import annotations

from functools import partial

from attrs import define

from rebalancer_core.application.preconditions import run_started
from rebalancer_core.application.read import Reader
from rebalancer_core.application.recheck import Unchanged
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.trading.broken_off import executed
from rebalancer_core.application.trading.declared import Declared
from rebalancer_core.application.trading.departures import Departures
from rebalancer_core.application.trading.fitting import Fitting
from rebalancer_core.application.trading.pursuit import Pursuit
from rebalancer_core.application.trading.sending import Rules
from rebalancer_core.application.trading.tracker import Tracker
from rebalancer_core.application.types import Draft, Run
from rebalancer_core.orders.record import ExecutionRecord, OrderStatus
from rebalancer_core.orders.tickets import ApprovedPlan, Consent, OrderTicket, approve, tickets
from rebalancer_core.ports import JournalPort, OrderPort
from rebalancer_core.reconcile.journal_model import Approval, JournaledRun, JournalFault
from rebalancer_core.reporting.summary import AccountReport, AccountStatus, status_of
from rebalancer_core.safety.free_cash import Funds, funds_of
from rebalancer_core.values.account import AccountSnapshot


@define(kw_only=True)
class Placing:
    """Places the orders of one account after another. Only this uses the order desk to send.

    `departures` and `declared` are of this connection.
    """

    run: Run
    output: RunOutput
    reader: Reader
    desk: OrderPort
    journal: JournalPort
    departures: Departures
    declared: Declared

    async def place(
        self, draft: Draft, agreed: Consent, looked: Unchanged
    ) -> AccountReport | JournalFault:
        """Write the plan down, send its orders, follow them to the end, and report.

        A fault means that nothing was sent, because it could not be written down first.
        """
        approved = approve(draft.plan, agreed, self.run.world.clock.now())
        sent = tickets(approved, draft.style, self.run.run_id, draft.account.number)
        past = self.journal.runs()
        if isinstance(past, JournalFault):
            return past
        fault = self._journaled(approved, sent, draft.saved.sha256 if draft.saved else "", past)
        if fault is not None:
            return fault
        self.run.world.reach("F06")
        pursuit = self._pursuit(approved, past, _funds(draft, looked))
        with self.run.world.stop.orders_out():
            self.run.world.reach("F11")
            done = await executed(pursuit, sent, self._fitting(draft, looked), self.run.world.log)
            record = done.record
            seen = None if done.bug else await self._seen(draft)
            self.run.world.reach("F23")
            kept = self.output.traded(record, seen)
            # A report with an unknown in it is owed again once recovery has settled that.
            if kept and pursuit.is_settled:
                self.journal.reported(self.run.run_id, draft.account_id)
        status = self._status(record, pursuit)
        if done.bug:
            self.output.bugs.append(f"{draft.account_id}: {done.bug}")
            self.run.world.people.note(self.output.bugs[-1])
            status = status if status is AccountStatus.UNKNOWN else AccountStatus.FAILED
        if status is not AccountStatus.REFUSED and pursuit.tracker.trouble:
            self.output.lost.append(pursuit.tracker.trouble)
        self.run.world.people.outcomes(record)
        return draft.ended(status, record=record, error="; ".join(record.notes), seen=seen)

    async def _seen(self, draft: Draft) -> AccountSnapshot | None:
        answer = await self.reader.snapshot(draft.account_id)
        return answer if isinstance(answer, AccountSnapshot) else None

    def _journaled(
        self,
        approved: ApprovedPlan,
        sent: tuple[OrderTicket, ...],
        plan_sha256: str,
        past: tuple[JournaledRun, ...],
    ) -> JournalFault | None:
        """Write down the run, once, and the approved plan."""
        self.run.world.log.info(
            "%s: approved (%s)", approved.plan.account_id, approved.consent.value
        )
        if all(run.started.run_id != self.run.run_id for run in past):
            fault = self.journal.start(run_started(self.run))
            if fault is not None:
                return fault
        return self.journal.approve(
            Approval(
                run_id=self.run.run_id,
                account_id=approved.plan.account_id,
                approved_at=approved.approved_at,
                consent=approved.consent.value,
                plan=approved.plan,
                tickets=sent,
                plan_sha256=plan_sha256,
            )
        )

    def _fitting(self, draft: Draft, looked: Unchanged) -> Fitting:
        return Fitting(
            reader=self.reader,
            policy=draft.account.settings.rebalance,
            now=self.run.world.clock.now,
            looked=looked,
            sleep=self.run.world.clock.sleep,
        )

    def _pursuit(
        self, approved: ApprovedPlan, past: tuple[JournaledRun, ...], funds: Funds
    ) -> Pursuit:
        settings = self.run.inputs.settings
        return Pursuit(
            approved=approved,
            desk=self.desk,
            tracker=Tracker(
                journal=self.journal,
                now=self.run.world.clock.now,
                watch=self.run.world.people.progress,
                reach=self.run.world.reach,
            ),
            rules=Rules(
                run_id=self.run.run_id,
                client_id=settings.gateway.client_id,
                first_order_id=_first_order_id(past),
                safety=settings.safety,
                execution=settings.execution,
                clock=self.run.world.clock.monotonic,
                give_way=partial(self.run.world.clock.sleep, 0),
                reach=self.run.world.reach,
            ),
            funds=funds,
            stop_requested=lambda: self.run.world.stop.requested,
            departures=self.departures,
            declared=self.declared,
        )

    def _status(self, record: ExecutionRecord, pursuit: Pursuit) -> AccountStatus:
        if status_of(record) is AccountStatus.UNKNOWN:
            return AccountStatus.UNKNOWN
        if self.run.world.stop.requested:
            return AccountStatus.INTERRUPTED
        unsent = all(each.status is OrderStatus.SKIPPED for each in record.outcomes)
        if unsent and pursuit.tracker.trouble:
            return AccountStatus.REFUSED
        return AccountStatus.FAILED if unsent and pursuit.halted else status_of(record)


def _first_order_id(past: tuple[JournaledRun, ...]) -> int:
    """Above every id this journal gave out: the gateway may have rolled its own back."""
    used = (
        order.intent.order_id
        for run in past
        for account in run.accounts
        for order in account.orders
    )
    return max(used, default=0) + 1


def _funds(draft: Draft, looked: Unchanged) -> Funds:
    """What the account may trade with before the first order leaves."""
    market = looked.market
    return funds_of(draft.plan, looked.seen, market.quotes, market.observations)
