"""Why an account is refused in a run, or failed before it had a plan."""

from __future__ import annotations

from rebalancer_core.follow.reasons import WhyRunHalted
from rebalancer_core.messages.changes import explain_out_of_date
from rebalancer_core.messages.faults import explain, explain_journal
from rebalancer_core.messages.follow import explain_run_halted
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.safety.limits import StatedViolation
from rebalancer_core.safety.out_of_date import OutOfDate
from rebalancer_core.values.faults import RefusedBySafety
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.plan import NotBuyable

NOT_REACHED = "interrupted before anything was sent for this account"
RECOVERED = "the connection was lost; the outcome was recovered over a new one"


def refused(why: str) -> str:
    """The refusal of an account, for any reason.

    >>> refused("the run was halted")
    'refused: the run was halted'
    """
    return f"refused: {why}"


def refused_by_journal(fault: JournalFault) -> str:
    """Without a journal nothing may be sent."""
    return refused(explain_journal(fault))


def refused_by_safety(account_id: AccountId, breaches: tuple[StatedViolation, ...]) -> str:
    """Every safety rule that the plan breaks."""
    sentences = tuple(breach.sentence for breach in breaches)
    return explain(RefusedBySafety(account_id=account_id, breaches=sentences))


def armed_for_tests(variable: str) -> str:
    """A variable is set that must not be where live accounts are traded."""
    return refused(f"{variable} is set, which is for tests on paper only")


def revived_orders(alarms: tuple[str, ...]) -> str:
    """Orders that a person declared not received live: nothing else may be sent."""
    return refused(f"{'; '.join(alarms)}; check the account at IBKR")


def foreign_orders(refs: tuple[str, ...]) -> str:
    """Orders with this program's name are open that the journal lacks."""
    names = ", ".join(refs)
    return refused(
        f"open orders placed by this program are missing from the journal: {names}"
        " -> another machine trades this account, or the journal was removed"
    )


def buys_refused(blocked: tuple[NotBuyable, ...]) -> str:
    """The broker refused buys in every round of planning."""
    why = "; ".join(each.why for each in blocked)
    return refused(f"the broker refuses more buys: {why}")


def kept_changing(previews: int) -> str:
    """Every plan that was shown was out of date by the yes."""
    return f"the account or its prices kept changing; gave up after {previews} previews"


def changed_since_shown(why: OutOfDate) -> str:
    """The one yes was about another state of the account."""
    return f"changed since it was shown: {explain_out_of_date(why)}"


def run_halted(why: WhyRunHalted) -> str:
    """Nothing more may be sent in this run."""
    return f"the run was halted: {explain_run_halted(why)}"


def not_traded(bugs: tuple[str, ...]) -> str:
    """The run ended before this account, because bugs ended the execution of others."""
    return f"not traded: {'; '.join(bugs)}"
