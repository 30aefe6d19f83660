"""What is not as it was shown, or as it was saved."""

from __future__ import annotations

from rebalancer_core.messages.faults import explain, explain_journal
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reconcile.saved_plan import (
    AppliedBefore,
    BuyBlocked,
    CashShort,
    CommissionsTooHigh,
    Misfit,
    PlanEnded,
)
from rebalancer_core.safety.account_moves import (
    AccountMove,
    CashFell,
    OpenOrdersChanged,
    OpenOrdersUnknown,
    SharesMoved,
)
from rebalancer_core.safety.out_of_date import (
    Moved,
    OutOfDate,
    PricesOld,
    SavedPlanExpired,
    TargetsUnlisted,
)
from rebalancer_core.safety.price_moves import PriceGone, PriceMove, PriceMoved, PriceUnfit
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import in_percent, plain, usd


def explain_move(move: AccountMove | PriceMove) -> str:
    """What moved, from what to what.

    >>> explain_move(OpenOrdersChanged())
    'the open orders changed'
    """
    match move:
        case SharesMoved(symbol=symbol, before=before, now=now):
            return f"{symbol} went from {plain(before)} to {plain(now)} shares"
        case OpenOrdersChanged():
            return "the open orders changed"
        case OpenOrdersUnknown():
            return "open orders are not visible, or were not when it was made (Read-Only API)"
        case CashFell(before=before, now=now):
            return f"USD cash fell from {usd(before, 2)} to {usd(now, 2)}"
        case PriceGone(symbol=symbol):
            return f"{symbol} has no price now"
        case PriceUnfit(symbol=symbol):
            return f"the price of {symbol} is not fit for trading now"
        case PriceMoved(symbol=symbol, planned=planned, now=now, part=part):
            percent = in_percent(part, 1)
            return f"the price of {symbol} went from {plain(planned)} to {plain(now)} ({percent} %)"


def explain_out_of_date(why: OutOfDate) -> str:
    """Why a yes no longer fits what was shown.

    >>> explain_out_of_date(PricesOld(seconds=130))
    'the prices are 130 s old'
    """
    match why:
        case SavedPlanExpired():
            return "the saved plan expired"
        case PricesOld(seconds=seconds):
            return f"the prices are {seconds} s old"
        case TargetsUnlisted(targets=targets):
            return f"no longer listed: {', '.join(entry.symbol for entry in targets)}"
        case Moved(moves=moves):
            return "; ".join(explain_move(move) for move in moves)
        case _:
            return explain(why)


def explain_misfit(misfit: Misfit | JournalFault) -> str:
    """Why a saved plan may not be sent, or no longer."""
    match misfit:
        case CashShort(cash=cash, counted_with=counted_with):
            return f"USD cash is {usd(cash, 2)}, and the plan counts with {usd(counted_with, 2)}"
        case BuyBlocked(symbol=symbol, reason=reason, why=why):
            return f"{symbol} is {reason.value}; {why}"
        case AppliedBefore(run_id=run_id, at=at):
            return f"it was applied before, in run {run_id} of {at:%Y-%m-%d %H:%M} UTC"
        case PlanEnded(at=at):
            return f"it expired at {at:%Y-%m-%d %H:%M} UTC"
        case CommissionsTooHigh(named=named):
            return f"IBKR names commissions of {usd(named, 2)}: the buys would pass the cash floor"
        case JournalFault():
            return explain_journal(misfit)
        case _:
            return explain_move(misfit)


def no_saved_plan(account_id: AccountId) -> str:
    """The refusal of an account that a plan file lacks."""
    return f"refused: {account_id} has no plan in the file"


def saved_plan_misfits(misfits: tuple[Misfit | JournalFault, ...]) -> str:
    """The refusal of a saved plan, with every reason."""
    why = "; ".join(explain_misfit(misfit) for misfit in misfits)
    return f"refused: the saved plan is stale: {why} -> create a new plan"
