"""A saved plan draft again: the same plan, or the reason why it may no longer be sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from attrs import evolve, frozen

from rebalancer_core.application.draft import NOTHING_NAMED, judged
from rebalancer_core.application.types import AccountInputs, Draft, Market, Run, SavedAs
from rebalancer_core.messages.changes import no_saved_plan, saved_plan_misfits
from rebalancer_core.ports import JournalPort
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reconcile.run_summary import applied_before
from rebalancer_core.reconcile.saved_plan import (
    AppliedBefore,
    LeftOut,
    Misfit,
    PlanEnded,
    SavedAccount,
    SavedPlan,
    account_misfits,
    commissions_misfit,
    end_of_trading,
    not_buyable_now,
)
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.account import AccountSnapshot, Snapshot
from rebalancer_core.values.commission import Commissions
from rebalancer_core.values.instruments import AccountId, ConId
from rebalancer_core.values.plan import NotBuyable
from rebalancer_core.values.results import Failed, unwrap_or_failed


@frozen(kw_only=True)
class SavedPlanSource:
    """Draws the plans of a file. It plans nothing: what no longer fits is refused."""

    run: Run
    saved: SavedPlan
    journal: JournalPort

    def plan_for(
        self,
        account: AccountInputs,
        snapshot: AccountSnapshot,
        market: Market,
        not_buyable: tuple[NotBuyable, ...] = (),
        named: Mapping[ConId, Decimal] = NOTHING_NAMED,
    ) -> Draft | AccountReport:
        """The saved plan under today's safety rules, or the report of its refusal."""
        account_id = account.settings.account_id
        found = tuple(s for s in self.saved.accounts if s.plan.account_id == account_id)
        made_from = self.saved.made_from(account_id)
        if not found or made_from is None:
            return AccountReport(
                account_id=account_id,
                status=AccountStatus.REFUSED,
                error=no_saved_plan(account_id),
            )
        kept, rate = found[0], self.run.inputs.settings.execution.commission
        # What is over is over: that its orders have changed the account is no news then.
        why_not: tuple[Misfit | JournalFault, ...] = (
            self._applied_before(account_id)
            or self._expired()
            or account_misfits(kept.plan, made_from, snapshot, market.quotes)
            or not_buyable_now(kept.plan, not_buyable)
            or commissions_misfit(kept.plan, rate, named)
        )
        if why_not:
            return _unfit(kept, why_not)
        return evolve(
            judged(kept.plan, account=account, snapshot=snapshot, market=market, run=self.run),
            style=kept.style,
            commissions=Commissions(rate=rate, named=named),
            saved=SavedAs(
                sha256=self.saved.sha256,
                expires=self.saved.expires,
                quotes=self.saved.snapshot.quotes,
            ),
        )

    def _applied_before(self, account_id: AccountId) -> tuple[AppliedBefore | JournalFault, ...]:
        runs = unwrap_or_failed(self.journal.summaries())
        if isinstance(runs, Failed):
            return (runs.error,)
        run = applied_before(runs, self.saved.sha256, account_id)
        if run is None:
            return ()
        return (AppliedBefore(run_id=run.run_id, at=run.started_at),)

    def _expired(self) -> tuple[PlanEnded, ...]:
        expires = self.saved.expires
        if self.run.world.clock.now() < expires:
            return ()
        return (PlanEnded(at=expires),)


def _unfit(kept: SavedAccount, why_not: tuple[Misfit | JournalFault, ...]) -> AccountReport:
    return AccountReport(
        account_id=kept.plan.account_id,
        status=AccountStatus.REFUSED,
        error=saved_plan_misfits(why_not),
        plan=kept.plan,
        style=kept.style,
    )


def plan_to_save(
    run: Run,
    drafts: tuple[Draft, ...],
    reports: tuple[AccountReport, ...],
    *,
    valid_for: timedelta,
    rules_sha256: str,
) -> SavedPlan:
    """The plans as they were made, with everything that `apply` has to find unchanged.

    They hold until the first of the ordered symbols closes next, and no longer than `valid_for`.
    `rules_sha256` is the hash of every setting that decides about trades.
    """
    settings = run.inputs.settings
    planned = {each.account_id for each in drafts}
    created = run.world.clock.now()
    closes = (
        end_of_trading(
            each.made, each.market.listings, each.account.settings.rebalance.trading_hours, created
        )
        for each in drafts
    )
    market = drafts[0].market if drafts else None
    return SavedPlan(
        program=run.world.program,
        created=created,
        expires=min((created + valid_for, *(close for close in closes if close is not None))),
        settings_sha256=settings.sha256,
        rules_sha256=rules_sha256,
        accounts=tuple(
            SavedAccount(
                plan=each.made,
                style=each.style,
                portfolios_sha256=each.account.portfolios_sha256,
                breaches=each.breaches,
            )
            for each in drafts
        ),
        left_out=tuple(
            LeftOut(
                account_id=each.account_id,
                is_refused=each.status is AccountStatus.REFUSED,
                error=each.error,
            )
            for each in reports
            if each.account_id not in planned and each.status is not AccountStatus.NOT_TOUCHED
        ),
        snapshot=Snapshot(
            as_of=market.as_of if market else created,
            accounts=tuple(each.snapshot for each in drafts),
            quotes=market.quotes if market else (),
        ),
    )
