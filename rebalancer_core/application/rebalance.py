"""The straight line for each account: plan, show, ask, check again, execute, report."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field, frozen

from rebalancer_core.application.confirm import consent, consent_for_all
from rebalancer_core.application.draft import PlanSource, blocked_or_idle
from rebalancer_core.application.execute_account import ExecuteAccounts
from rebalancer_core.application.previews import draft_of, drafts, show_asking
from rebalancer_core.application.read import Reader
from rebalancer_core.application.recheck import Changed, Unchanged, is_expired, recheck
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.trading_connection import TradingConnection
from rebalancer_core.application.types import AccountInputs, Draft, Reading, Run
from rebalancer_core.application.what_ifs import without_refused
from rebalancer_core.messages import explain_journal
from rebalancer_core.messages.changes import explain_out_of_date
from rebalancer_core.messages.refusals import (
    changed_since_shown,
    kept_changing,
    refused,
    refused_by_safety,
    run_halted,
)
from rebalancer_core.messages.run import changed, left_out, not_traded, planned_again
from rebalancer_core.orders.tickets import Consent
from rebalancer_core.ports import Freshness, OrderPort
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reporting.failures import unread
from rebalancer_core.reporting.preview_facts import Excluded
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.policy import ConfirmMode

_PREVIEWS_AT_MOST = 3
# Without a prompt nobody reads what is shown: once more, and then it is refused.
_PREVIEWS_UNATTENDED = 2


@frozen(kw_only=True)
class Agreed:
    """A draft that the user said yes to, and what was seen when it was checked again."""

    draft: Draft
    consent: Consent
    seen: Unchanged


@define(kw_only=True)
class RebalanceAccounts:
    """Every account over one connection; `executing` sends, and only what was agreed to.

    `finished` grows by one report an account, whatever comes. Once the connection is `lost`, those
    of which nothing was sent are left out.
    """

    run: Run
    plans: PlanSource
    output: RunOutput
    reader: Reader
    desk: OrderPort
    executing: ExecuteAccounts
    connection: TradingConnection
    lost: Callable[[], bool]
    finished: list[AccountReport]
    _pause_due: bool = field(default=False, init=False)

    async def rebalance(self, reading: Reading) -> None:
        """One question for each account, or one for all."""
        entries = drafts(self.run, self.plans, reading)
        if self.run.inputs.settings.asking.confirm_mode is ConfirmMode.GLOBAL:
            await self._all_at_once(entries)
        else:
            await self._one_by_one(entries)

    async def _one_by_one(self, entries: tuple[Draft | AccountReport, ...]) -> None:
        for account, entry in zip(self.run.inputs.accounts, entries, strict=True):
            await self._pause_before(entry)
            if self._stopped():
                return
            halted = self._halted()
            if halted is not None:
                self.finished.append(_refused(entry, halted))
                continue
            if self.lost():
                return
            is_old = self._too_old(entry)
            fresh = await self._plan_again(account, Freshness.HEARD) if is_old else entry
            agreed = await self._ask(account, fresh)
            self._finish(await self._trade(agreed) if isinstance(agreed, Agreed) else agreed)

    async def _ask(
        self, account: AccountInputs, draft: Draft | AccountReport
    ) -> Agreed | AccountReport:
        at_most = _PREVIEWS_UNATTENDED if self.run.without_prompt else _PREVIEWS_AT_MOST
        people = self.run.world.people
        for shown in range(1, at_most + 1):
            draft = await self._prepare(draft)
            if isinstance(draft, AccountReport):
                return draft
            self.run.world.reach("F08")
            given = await consent(
                draft.plan,
                self.run.inputs.settings.safety,
                people,
                without_prompt=self.run.without_prompt,
            )
            self.run.world.reach("F09")
            if given is None:
                people.note(not_traded((draft.account_id,)))
                return draft.ended(AccountStatus.DECLINED)
            await self.connection.listen()
            halted = self._halted()
            if halted is not None:
                return _refused(draft, halted)
            seen = await self._recheck(draft)
            if isinstance(seen, Unchanged):
                return Agreed(draft=draft, consent=given, seen=seen)
            self.run.world.log.warning("%s: %s", draft.account_id, changed_since_shown(seen.why))
            if shown == at_most:
                people.note(changed(draft.account_id, seen.why))
                break
            people.note(planned_again(draft.account_id, seen.why))
            draft = await self._plan_again(account)
        return _refused(draft, kept_changing(at_most))

    async def _prepare(self, draft: Draft | AccountReport) -> Draft | AccountReport:
        """Show and keep the preview of what the broker would take, as far as it says.

        The report of an account that nobody need be asked about.
        """
        if isinstance(draft, AccountReport):
            return draft
        show_asking(self.run, draft)
        execution = self.run.inputs.settings.execution
        taken = await without_refused(draft, self.desk, execution, self.plans)
        if isinstance(taken, AccountReport):
            return taken
        unkept = self.output.shown(taken.draft, taken.margin, taken.unasked)
        self.run.world.reach("F07")
        return unkept or _without_question(taken.draft) or taken.draft

    async def _trade(self, agreed: Agreed) -> AccountReport:
        self.run.world.reach("F10")
        placed = await self.executing.execute(agreed.draft, agreed.consent, agreed.seen)
        if isinstance(placed, JournalFault):
            return _refused(agreed.draft, explain_journal(placed))
        return placed

    async def _all_at_once(self, entries: tuple[Draft | AccountReport, ...]) -> None:
        prepared = [await self._prepare(entry) for entry in entries]
        ready = [entry for entry in prepared if isinstance(entry, Draft)]
        without_plan = [entry for entry in prepared if isinstance(entry, AccountReport)]
        self.finished.extend(without_plan)
        if not ready:
            return
        self.run.world.reach("F08")
        given = await consent_for_all(
            tuple(entry.plan for entry in ready),
            tuple(
                Excluded(account_id=r.account_id, why=r.error)
                for r in (*(each.report for each in self.run.inputs.unfit), *without_plan)
                if r.error
            ),
            self.run.inputs.settings.safety,
            self.run.world.people,
            without_prompt=self.run.without_prompt,
        )
        self.run.world.reach("F09")
        if self._stopped():
            return
        if not given:
            self.run.world.people.note(not_traded(tuple(each.account_id for each in ready)))
            self.finished.extend(draft.ended(AccountStatus.DECLINED) for draft in ready)
            return
        for draft, yes in zip(ready, given, strict=True):
            await self._pause_before(draft)
            if self._stopped():
                return
            await self.connection.listen()
            halted = self._halted()
            if halted is not None:
                self.finished.append(_refused(draft, halted))
                continue
            if self.lost():
                return
            self._finish(await self._trade_if_unchanged(draft, yes))

    async def _trade_if_unchanged(self, draft: Draft, given: Consent) -> AccountReport:
        seen = await self._recheck(draft, may_be_old=True)
        if isinstance(seen, Unchanged):
            return await self._trade(Agreed(draft=draft, consent=given, seen=seen))
        # The one yes was about another account state, and nobody is asked a second time.
        self.run.world.people.note(left_out(draft.account_id, seen.why))
        self.run.world.log.warning(
            "%s: skipped: %s", draft.account_id, explain_out_of_date(seen.why)
        )
        return _refused(draft, changed_since_shown(seen.why))

    async def _recheck(self, draft: Draft, *, may_be_old: bool = False) -> Unchanged | Changed:
        safety, now = self.run.inputs.settings.safety, self.run.world.clock.now()
        return await recheck(draft, self.reader, safety, now, may_be_old=may_be_old)

    async def _plan_again(
        self, account: AccountInputs, fresh: Freshness = Freshness.ASKED
    ) -> Draft | AccountReport:
        again = await self.reader.read_one(account, fresh)
        if not isinstance(again, tuple):
            return unread(account.settings.account_id, again)
        return draft_of(self.run, self.plans, account, *again)

    def _too_old(self, entry: Draft | AccountReport) -> bool:
        safety, now = self.run.inputs.settings.safety, self.run.world.clock.now()
        return isinstance(entry, Draft) and is_expired(entry, safety, now)

    def _finish(self, report: AccountReport) -> None:
        self._pause_due = self._pause_due or report.record is not None
        if report.record is not None or not self.lost():
            self.finished.append(report)

    def _halted(self) -> str | None:
        """Why no further account may trade; None while it may."""
        why = self.connection.shown.halted
        return None if why is None else run_halted(why)

    def _stopped(self) -> bool:
        """Whether no further account is traded: the user asked to stop, or a bug ended one."""
        return self.run.world.stop.requested or bool(self.output.bugs)

    async def _pause_before(self, entry: Draft | AccountReport) -> None:
        """`pacing_sec` pass between an account that traded and the next that may (R 6.5.2)."""
        may_trade = isinstance(entry, Draft) and entry.plan.orders and not entry.breaches
        if may_trade and self._pause_due and not self._stopped():
            self._pause_due = False
            await self.run.world.clock.sleep(self.run.inputs.settings.asking.pacing_sec)


def _without_question(draft: Draft) -> AccountReport | None:
    """The report of an account that needs no question: nothing to send, or a no to all of it."""
    done = blocked_or_idle(draft)
    if done is not None or not draft.breaches:
        return done
    return draft.ended(
        AccountStatus.REFUSED, error=refused_by_safety(draft.account_id, draft.breaches)
    )


def _refused(draft: Draft | AccountReport, why: str) -> AccountReport:
    if isinstance(draft, AccountReport):
        return draft
    return draft.ended(AccountStatus.REFUSED, error=refused(why))
