"""The straight line for each account: draft, show, ask, check again, execute, report."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from attrs import define

from rebalancer_cli.drafting import Drawer, unbalanced
from rebalancer_cli.failpoints import reach
from rebalancer_cli.preview.questions import Excluded
from rebalancer_cli.reading.accounts import Reader
from rebalancer_cli.reading.market import Market
from rebalancer_cli.records import Records
from rebalancer_cli.screen.interrupts import Interrupts
from rebalancer_cli.screen.prompts import consent, consent_for_all
from rebalancer_cli.stages import AccountInputs, Draft, Reading, Run
from rebalancer_cli.trading.declared import Declared
from rebalancer_cli.trading.margins import asked
from rebalancer_cli.trading.placing import Placing
from rebalancer_cli.trading.second_look import Changed, Unchanged, is_expired, second_look
from rebalancer_core.messages import explain, explain_journal
from rebalancer_core.orders.tickets import Consent
from rebalancer_core.ports import OrderPort
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.safety.what_ifs import only_refused
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import RefusedBySafety
from rebalancer_core.values.policy import ConfirmMode

LOG = logging.getLogger(__name__)
_SHOWN_AT_MOST = 3
# Without a prompt nobody reads what is shown: once more, and then it is refused.
_SHOWN_UNATTENDED = 2


def drafts(run: Run, drawer: Drawer, reading: Reading) -> tuple[Draft | AccountReport, ...]:
    """A draft, or the report of its failure, for every account of the reading."""
    return tuple(
        entry
        if isinstance(entry, AccountReport)
        else _drawn(run, drawer, account, entry, reading.market)
        for account, entry in zip(run.inputs.accounts, reading.accounts, strict=True)
    )


def preview_all(
    records: Records, drawn: tuple[Draft | AccountReport, ...]
) -> tuple[AccountReport, ...]:
    """Every account as far as its preview. Nothing here could send an order."""
    return tuple(records.previewed(entry) if isinstance(entry, Draft) else entry for entry in drawn)


@define(kw_only=True)
class Trading:
    """The walk that may trade; `placing` sends, and only after the user's yes."""

    run: Run
    drawer: Drawer
    records: Records
    reader: Reader
    desk: OrderPort
    placing: Placing
    interrupts: Interrupts
    declared: Declared
    lost: Callable[[], bool]
    finished: list[AccountReport]

    async def rebalance(self, reading: Reading) -> None:
        """Walk every account; `finished` grows by one report an account, whatever comes.

        Once the connection is `lost`, accounts of which nothing was sent are left out.
        """
        drawn = drafts(self.run, self.drawer, reading)
        if self.run.inputs.settings.confirm_mode is ConfirmMode.GLOBAL:
            await self._all_at_once(drawn)
            return
        for account, entry in zip(self.run.inputs.accounts, drawn, strict=True):
            if self._stopped:
                return
            if self._halted():
                self.finished.append(_refused(entry, self._halted()))
                continue
            if self.lost():
                return
            self._finish(await self._walk(account, entry))
            await self._pause()

    async def _walk(self, account: AccountInputs, entry: Draft | AccountReport) -> AccountReport:
        drawn = entry if not self._too_old(entry) else await self._redrawn(account)
        at_most = _SHOWN_UNATTENDED if self.run.without_prompt else _SHOWN_AT_MOST
        for shown in range(1, at_most + 1):
            if isinstance(drawn, AccountReport):
                return drawn
            drawn = await self._shown(drawn)
            if isinstance(drawn, AccountReport):
                return drawn
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
            await self.declared.listen()
            if self._halted():
                return _refused(drawn, self._halted())
            looked = await self._second_look(drawn)
            if isinstance(looked, Unchanged):
                return await self._trade(drawn, agreed, looked)
            LOG.warning("%s: changed since it was shown: %s", drawn.account_id, looked.why)
            if shown == at_most:
                self.run.terminal.note(f"{drawn.account_id}: {looked.why}.")
                break
            self.run.terminal.note(f"{drawn.account_id}: {looked.why}; here is the plan again.")
            drawn = await self._redrawn(account)
        why = f"the account or its prices kept changing; gave up after {at_most} previews"
        return _refused(drawn, why)

    async def _all_at_once(self, drawn: tuple[Draft | AccountReport, ...]) -> None:
        ready: list[Draft] = []
        left_out: list[AccountReport] = []
        for entry in drawn:
            shown = await self._shown(entry) if isinstance(entry, Draft) else entry
            if isinstance(shown, Draft):
                ready.append(shown)
            else:
                left_out.append(shown)
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
        await self._trade_all(ready, agreed)

    async def _trade_all(self, ready: list[Draft], agreed: Consent | None) -> None:
        for entry in ready:
            if self._stopped:
                return
            if agreed is None:
                self.finished.append(entry.ended(AccountStatus.DECLINED))
                continue
            await self.declared.listen()
            if self._halted():
                self.finished.append(_refused(entry, self._halted()))
                continue
            if self.lost():
                return
            self._finish(await self._trade_if_unchanged(entry, agreed))
            await self._pause()

    def _finish(self, report: AccountReport) -> None:
        if report.record is not None or not self.lost():
            self.finished.append(report)

    def _halted(self) -> str:
        """Why no further account may trade, or an empty string."""
        why = self.declared.halt.why
        return f"the run was halted: {why}" if why else ""

    async def _shown(self, drawn: Draft) -> Draft | AccountReport:
        """Show and keep the preview of what the broker would take, as far as it says.

        The report of an account that nobody need be asked about.
        """
        execution = self.run.inputs.settings.execution
        told = await asked(drawn, self.desk, execution, self.drawer)
        if isinstance(told, AccountReport):
            return told
        unkept = self.records.shown(told.drawn, told.margin)
        reach("F07")
        return unkept or _without_question(told.drawn) or told.drawn

    async def _trade_if_unchanged(self, drawn: Draft, agreed: Consent) -> AccountReport:
        looked = await self._second_look(drawn, may_be_old=True)
        if isinstance(looked, Unchanged):
            return await self._trade(drawn, agreed, looked)
        # The one yes was about another account state, and nobody is asked a second time.
        self.run.terminal.note(f"{drawn.account_id}: {looked.why}; skipped.")
        LOG.warning("%s: skipped: %s", drawn.account_id, looked.why)
        return _refused(drawn, f"changed since it was shown: {looked.why}")

    async def _trade(self, drawn: Draft, agreed: Consent, looked: Unchanged) -> AccountReport:
        reach("F10")
        placed = await self.placing.place(drawn, agreed, looked)
        if isinstance(placed, JournalFault):
            return _refused(drawn, explain_journal(placed))
        return placed

    async def _second_look(self, drawn: Draft, *, may_be_old: bool = False) -> Unchanged | Changed:
        safety = self.run.inputs.settings.safety
        return await second_look(drawn, self.reader, safety, self.run.now(), may_be_old=may_be_old)

    @property
    def _stopped(self) -> bool:
        """Whether no further account is traded: the user asked to stop, or a bug ended one."""
        return self.interrupts.requested or bool(self.records.bugs)

    def _too_old(self, entry: Draft | AccountReport) -> bool:
        safety = self.run.inputs.settings.safety
        return isinstance(entry, Draft) and is_expired(entry, safety, self.run.now())

    async def _redrawn(self, account: AccountInputs) -> Draft | AccountReport:
        again = await self.reader.read_one(account)
        if isinstance(again, AccountReport):
            return again
        snapshot, market = again
        return _drawn(self.run, self.drawer, account, snapshot, market)

    async def _pause(self) -> None:
        if not self._stopped:
            await asyncio.sleep(self.run.inputs.settings.pacing_sec)


def _drawn(
    run: Run, drawer: Drawer, account: AccountInputs, snapshot: AccountSnapshot, market: Market
) -> Draft | AccountReport:
    return unbalanced(snapshot, market, run) or drawer.draw(account, snapshot, market)


def _without_question(drawn: Draft) -> AccountReport | None:
    """The report of an account that needs no question: nothing to trade, or a no to all of it."""
    blocked = only_refused(drawn.plan)
    if blocked:
        return _refused(drawn, "; ".join(blocked))
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
