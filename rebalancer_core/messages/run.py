"""What a run says while it reads, asks and trades."""

from __future__ import annotations

from rebalancer_core.follow.commands import FallingBack, News, RunHalted, WaitingForGate
from rebalancer_core.messages.changes import explain_out_of_date
from rebalancer_core.messages.faults import explain
from rebalancer_core.messages.flow import invested_before
from rebalancer_core.messages.follow import explain_run_halted
from rebalancer_core.safety.out_of_date import OutOfDate
from rebalancer_core.safety.rules import (
    Typed,
    UnattendedBesideKept,
    UnattendedLive,
    UnattendedSecondInvestment,
    UnattendedTurnover,
)
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import plain


def why_typed(rules: tuple[Typed, ...]) -> str:
    """Why a yes wants the account id typed.

    >>> from decimal import Decimal
    >>> why_typed((UnattendedTurnover(turnover=Decimal("0.6"), at_most_pct=Decimal("50.0")),))
    'The turnover is over max_turnover_pct = 50.'
    """
    return " ".join(map(_why_typed, rules))


def _why_typed(rule: Typed) -> str:
    match rule:
        case UnattendedLive():
            return "This is a LIVE account."
        case UnattendedTurnover(at_most_pct=at_most):
            return f"The turnover is over max_turnover_pct = {plain(at_most)}."
        case UnattendedBesideKept():
            return "USD cash is negative beside holdings that are kept."
        case UnattendedSecondInvestment(first=first):
            return f"{invested_before(first)}."


def connecting_to(place: str) -> str:
    """Which gateway is asked."""
    return f"Connecting to {place}"


def reading(accounts: tuple[AccountId, ...]) -> str:
    """Whose account is read, with the prices."""
    return f"Reading {', '.join(accounts)} and the prices they need"


def connecting_again(fault: BrokerFault, accounts: tuple[AccountId, ...]) -> str:
    """A connection is gone, and another is opened for the accounts that are left."""
    return f"{explain(fault)}; connecting again for {', '.join(accounts)}"


def from_gateway(sentence: str) -> str:
    """What the gateway says of itself."""
    return f"gateway: {sentence}"


def changed(account_id: AccountId, why: OutOfDate) -> str:
    """A plan changed since it was shown, and is not shown again."""
    return f"{account_id}: {explain_out_of_date(why)}."


def planned_again(account_id: AccountId, why: OutOfDate) -> str:
    """A plan changed since it was shown; the next preview follows."""
    moved = explain_out_of_date(why)
    return f"{account_id}: the plan changed since you saw it ({moved}); please review it again."


def left_out(account_id: AccountId, why: OutOfDate) -> str:
    """A plan changed since it was shown, and nobody is asked a second time."""
    return f"{account_id}: {explain_out_of_date(why)}; skipped."


def not_traded(accounts: tuple[AccountId, ...]) -> str:
    """The answer to a no.

    >>> not_traded((AccountId("DU111111"),))
    'DU111111: not traded'
    """
    return f"{', '.join(accounts)}: not traded"


def explain_news(news: News) -> str:
    """What the user has to know at once while orders are followed.

    >>> from rebalancer_core.follow.reasons import Stated
    >>> explain_news(RunHalted(why=Stated(text="disk full")))
    'Halted: disk full. Nothing more is sent in this run.'
    """
    match news:
        case RunHalted(why=why):
            return f"Halted: {explain_run_halted(why)}. Nothing more is sent in this run."
        case WaitingForGate(account_id=account_id, why=closed):
            return f"{account_id}: waiting: {closed}"
        case FallingBack():
            return _explain_fallback(news)


def _explain_fallback(news: FallingBack) -> str:
    left = f"the remaining {plain(news.quantity)}"
    going = f"{left} {'goes' if news.quantity == 1 else 'go'} as a plain market order"
    if news.waited_seconds is None:
        return f"{news.account_id}: {news.symbol}: IBKR refused the algo order; {going}"
    waited = f"not filled in {plain(news.waited_seconds)} s, cancelled"
    return f"{news.account_id}: {news.symbol}: {waited}; {going}"


def report_written(account_id: AccountId, run_id: str, path: str) -> str:
    """A report that was owed is there."""
    return f"{account_id}: report of run {run_id} written: {path}"


def not_refreshed(fault: BrokerFault) -> str:
    """Records are made of what the journal has, because the broker could not be asked."""
    return f"not refreshed: {explain(fault)}"


def corrections_unchecked(fault: BrokerFault) -> str:
    """The broker could not be asked about finished orders of today."""
    return f"could not check today's orders for corrections: {explain(fault)}"
