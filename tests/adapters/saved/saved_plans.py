"""A plan file with something of everything in it."""

from datetime import timedelta
from decimal import Decimal

from rebalancer_adapters.saved.plan_json import plan_to_json
from rebalancer_core.orders.tickets import OrderStyle
from rebalancer_core.reconcile.saved_plan import LeftOut, SavedAccount, SavedPlan
from rebalancer_core.reporting.run_json import run_json
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.safety.limits import StatedViolation
from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    OpenOrder,
    Position,
    Quote,
    QuoteKind,
    Snapshot,
)
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.plan import Plan, Reason
from rebalancer_core.values.policy import AlgoPreference
from tests.support.plan_factory import ACCOUNT, AS_OF, plan_of

OTHER = AccountId("DU222222")


def saved_plan(plan: Plan | None = None) -> SavedPlan:
    """One account with a plan, one without."""
    plan = plan or plan_of(warnings=("a warning",))
    breach = StatedViolation(sentence="closed", reason=Reason.MARKET_CLOSED, con_id=ConId(1))
    return SavedPlan(
        program="0.1.0",
        created=AS_OF,
        expires=AS_OF + timedelta(hours=2),
        settings_sha256="a" * 64,
        rules_sha256="b" * 64,
        accounts=(
            SavedAccount(
                plan=plan,
                style=OrderStyle(algo=AlgoPreference.ADAPTIVE),
                portfolios_sha256="c" * 64,
                breaches=(breach,),
            ),
        ),
        left_out=(LeftOut(account_id=OTHER, is_refused=True, error="it is short"),),
        snapshot=Snapshot(as_of=AS_OF, accounts=(_account(),), quotes=(_quote(),)),
    )


def plan_text(saved: SavedPlan) -> str:
    """The text of its file."""
    reports = (
        *(
            AccountReport(
                account_id=each.plan.account_id,
                status=AccountStatus.PREVIEWED,
                plan=each.plan,
                style=each.style,
            )
            for each in saved.accounts
        ),
        AccountReport(account_id=OTHER, status=AccountStatus.REFUSED, error="it is short"),
    )
    return plan_to_json(saved, run_json(reports, AS_OF))


def _account() -> AccountSnapshot:
    return AccountSnapshot(
        account_id=ACCOUNT,
        as_of=AS_OF,
        base_currency="USD",
        cash=(CashBalance(currency="USD", amount=Decimal("7000.00")),),
        positions=(
            Position(
                con_id=ConId(1),
                symbol=Symbol("VTI"),
                security_type="STK",
                currency="USD",
                quantity=Decimal(100),
            ),
        ),
        open_orders=(
            OpenOrder(
                account_id=ACCOUNT,
                con_id=ConId(2),
                symbol=Symbol("BND"),
                side="BUY",
                remaining=Decimal(3),
                perm_id=77,
            ),
        ),
    )


def _quote() -> Quote:
    return Quote(
        con_id=ConId(1),
        symbol=Symbol("VTI"),
        price=Decimal("250.00"),
        kind=QuoteKind.LAST,
        as_of=AS_OF,
    )
