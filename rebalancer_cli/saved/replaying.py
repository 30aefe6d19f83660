"""A saved plan drawn again: the same plan, or the reason why it may no longer be sent."""

from __future__ import annotations

from attrs import evolve, frozen

from rebalancer_cli.drafting import judged
from rebalancer_cli.reading.market import Market
from rebalancer_cli.stages import AccountInputs, Draft, Run, SavedAs
from rebalancer_core.messages import explain_journal
from rebalancer_core.ports import JournalPort
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reconcile.saved_plan import (
    SavedAccount,
    SavedPlan,
    account_misfits,
    applied_before,
    not_buyable_now,
)
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.plan import NotBuyable


@frozen(kw_only=True)
class Replayer:
    """Draws the plans of a file. It plans nothing: what no longer fits is refused."""

    run: Run
    saved: SavedPlan
    journal: JournalPort

    def draw(
        self,
        account: AccountInputs,
        snapshot: AccountSnapshot,
        market: Market,
        not_buyable: tuple[NotBuyable, ...] = (),
    ) -> Draft | AccountReport:
        """The saved plan under today's safety rules, or the report of its refusal."""
        account_id = account.settings.account_id
        found = tuple(s for s in self.saved.accounts if s.plan.account_id == account_id)
        made_from = self.saved.made_from(account_id)
        if not found or made_from is None:
            why = f"refused: {account_id} has no plan in the file"
            return AccountReport(account_id=account_id, status=AccountStatus.REFUSED, error=why)
        kept = found[0]
        # What is over is over: that its orders have changed the account is no news then.
        why_not = (
            self._applied_before(account_id)
            or self._expired()
            or account_misfits(kept.plan, made_from, snapshot, market.quotes)
            or not_buyable_now(kept.plan, not_buyable)
        )
        if why_not:
            return _unfit(kept, why_not)
        return evolve(
            judged(kept.plan, account=account, snapshot=snapshot, market=market, run=self.run),
            style=kept.style,
            saved=SavedAs(sha256=self.saved.sha256, expires=self.saved.expires),
        )

    def _applied_before(self, account_id: AccountId) -> tuple[str, ...]:
        runs = self.journal.runs()
        if isinstance(runs, JournalFault):
            return (explain_journal(runs),)
        run = applied_before(runs, self.saved.sha256, account_id)
        if run is None:
            return ()
        at = run.started.started_at
        return (f"it was applied before, in run {run.started.run_id} of {at:%Y-%m-%d %H:%M} UTC",)

    def _expired(self) -> tuple[str, ...]:
        expires = self.saved.expires
        if self.run.now() < expires:
            return ()
        return (f"it expired at {expires:%Y-%m-%d %H:%M} UTC",)


def _unfit(kept: SavedAccount, why_not: tuple[str, ...]) -> AccountReport:
    return AccountReport(
        account_id=kept.plan.account_id,
        status=AccountStatus.REFUSED,
        error=f"refused: the saved plan no longer fits: {'; '.join(why_not)} -> plan again",
        plan=kept.plan,
        style=kept.style,
    )
