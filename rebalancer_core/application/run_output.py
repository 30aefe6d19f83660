"""Shows and keeps what a run decided: previews, CSV files, page; a lost file is remembered."""

from __future__ import annotations

from attrs import define, evolve, field
from returns.result import Result

from rebalancer_core.application.draft import blocked_or_idle, shown_price_age
from rebalancer_core.application.types import Draft, Run
from rebalancer_core.messages import explain_fault
from rebalancer_core.messages.safety import explain_consent, to_trade
from rebalancer_core.orders.record import ExecutionRecord
from rebalancer_core.reporting.post_trade import post_trade_table
from rebalancer_core.reporting.pre_trade import pre_trade_table, row_note
from rebalancer_core.reporting.preview_facts import PreviewFacts
from rebalancer_core.reporting.run_facts import RunFacts
from rebalancer_core.reporting.summary import (
    AccountReport,
    AccountStatus,
    SummaryRow,
    summary_row,
    summary_table,
)
from rebalancer_core.safety.consents import consent_rules
from rebalancer_core.safety.limits import is_paper
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import ReportFault
from rebalancer_core.values.margin import PlanMargin
from rebalancer_core.values.policy import TradingMode
from rebalancer_core.values.results import Failed, unwrap_or_failed


@define(kw_only=True)
class RunOutput:
    """What one run shows and writes. `lost` grows by a sentence for each file not written.

    `bugs` are sentences, one for each account whose execution a bug of this program ended.
    `page` is where the page is, once it is written.
    """

    run: Run
    lost: list[str] = field(factory=list, init=False)
    bugs: list[str] = field(factory=list, init=False)
    page: str = field(default="", init=False)

    def shown(
        self, draft: Draft, margin: PlanMargin | None = None, unasked: str = ""
    ) -> AccountReport | None:
        """Show the preview and keep it; the report of the account when it cannot be kept."""
        self.run.world.people.preview(draft.plan, self._facts(draft, margin, unasked))
        for row in draft.plan.rows:
            self.run.world.log.info(
                "%s %s: %s %s", draft.account_id, row.symbol, row.action.value, row_note(row)
            )
        table = pre_trade_table(draft.plan, draft.style, self.run.started_at)
        lost = self._unwritten(self.run.world.reports.write_pre_trade(draft.account_id, table))
        return None if lost is None else draft.ended(AccountStatus.REFUSED, error=lost)

    def previewed(
        self, draft: Draft, margin: PlanMargin | None = None, unasked: str = ""
    ) -> AccountReport:
        """Show the preview of a run that cannot trade."""
        unkept = self.shown(draft, margin, unasked)
        if unkept is not None:
            return unkept
        report = blocked_or_idle(draft) or draft.ended(AccountStatus.PREVIEWED)
        wanted = self._wanted(draft)
        return evolve(report, notes=(*report.notes, to_trade(wanted))) if wanted else report

    def traded(self, record: ExecutionRecord, seen: AccountSnapshot | None) -> bool:
        """Keep what became of the orders; when that fails, the run ends with exit code 8."""
        table = post_trade_table(record, seen, self.run.started_at)
        return self._kept(self.run.world.reports.write_post_trade(record.account_id, table))

    def summed_up(self, reports: tuple[AccountReport, ...]) -> None:
        """Keep and show the run summary, and the JSON object where it was asked for; then the page.

        The page comes last: whatever becomes of it, everything else is kept and told.
        """
        rows = tuple(summary_row(report, self.run.started_at) for report in reports)
        self._kept(self.run.world.reports.write_summary(summary_table(rows)))
        for row in rows:
            told = "; ".join(text for text in (row.error, row.notes) if text)
            self.run.world.log.info("%s: %s %s", row.account_id, row.status.value, told)
        self.run.world.people.summary(self._told(rows))
        self.run.world.people.result(reports, self.run.started_at)
        self._paged(reports)

    def _paged(self, reports: tuple[AccountReport, ...]) -> None:
        facts = RunFacts(
            run_id=self.run.run_id,
            started_at=self.run.started_at,
            can_trade=self.run.may_trade,
            warnings=(*self.run.inputs.warnings, *self.lost, *self.bugs),
        )
        written = self.run.world.reports.write_page(facts, reports)
        path = unwrap_or_failed(written)
        if self._kept(written) and not isinstance(path, Failed):
            self.page = path

    def _told(self, rows: tuple[SummaryRow, ...]) -> tuple[SummaryRow, ...]:
        """The rows for the screen: one reason that stopped every account is told once, above."""
        reasons = {row.error for row in rows if row.status is AccountStatus.FAILED}
        if len(reasons) != 1 or any(row.error not in reasons for row in rows):
            return rows
        self.run.world.people.note(*reasons)
        return tuple(evolve(row, error="") for row in rows)

    def _kept(self, written: Result[str, ReportFault]) -> bool:
        """Whether the file is there; one that the run owes and could not write is `lost`."""
        lost = self._unwritten(written)
        if lost is not None:
            self.lost.append(lost)
        return lost is None

    def _unwritten(self, written: Result[str, ReportFault]) -> str | None:
        """Show and log why the file could not be written; None where it was."""
        path = unwrap_or_failed(written)
        if not isinstance(path, Failed):
            self.run.world.log.info("wrote %s", path)
            return None
        sentence = explain_fault(path.error)
        self.run.world.log.error("%s", sentence)
        self.run.world.people.note(sentence)
        return sentence

    def _facts(self, draft: Draft, margin: PlanMargin | None, unasked: str) -> PreviewFacts:
        return PreviewFacts(
            mode=TradingMode.PAPER if is_paper(draft.account_id) else TradingMode.LIVE,
            number=draft.account.number,
            total=len(self.run.inputs.accounts) + len(self.run.inputs.apart),
            price_age_seconds=shown_price_age(draft, self.run.world.clock.now()),
            can_trade=self.run.may_trade,
            blocked=draft.blocked,
            breaches=() if draft.blocked else tuple(each.sentence for each in draft.breaches),
            margin=margin,
            unasked=unasked,
            wanted=self._wanted(draft),
        )

    def _wanted(self, draft: Draft) -> str:
        """What a run will want in place of a plain yes; a run that may trade asks for it itself."""
        if self.run.may_trade or self.run.without_prompt:
            return ""
        return explain_consent(consent_rules(draft.plan, self.run.inputs.settings.safety))
