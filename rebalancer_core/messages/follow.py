"""Why orders of an account were not sent, and what else there is to say of their following."""

from __future__ import annotations

from rebalancer_core.follow.reasons import (
    AccountContradicted,
    CashUnread,
    Contradictions,
    DeclaredDeadLives,
    FollowNote,
    GateClosedFor,
    Interrupted,
    NeverReached,
    NoFallback,
    NotAcknowledged,
    NotHandedOver,
    OutcomeUnknown,
    PositionsDiffer,
    PricesUnread,
    SellsUnknown,
    SocketLost,
    Stated,
    WhyHalted,
    WhyNotSent,
    WhyRunHalted,
)
from rebalancer_core.messages.faults import explain
from rebalancer_core.messages.orders import explain_order_contradiction
from rebalancer_core.messages.reports import NEVER_SENT
from rebalancer_core.messages.sending import (
    explain_fewer,
    explain_last_rule,
    explain_not_funded,
    explain_position,
)
from rebalancer_core.safety.buy_facts import WhyFewer
from rebalancer_core.safety.free_cash import WhyNotFunded
from rebalancer_core.safety.rules import LastRule
from rebalancer_core.values.faults import BrokerFault, Bug
from rebalancer_core.values.first_connection import FirstConnection
from rebalancer_core.values.money import plain


def not_handed_over(fault: BrokerFault) -> str:
    """What the journal keeps of an order that the gateway did not take."""
    return f"not sent: {explain(fault)}"


def explain_run_halted(why: WhyRunHalted) -> str:
    """Why nothing more is sent in a run, whichever account.

    >>> explain_run_halted(Stated(text="disk full"))
    'disk full'
    """
    match why:
        case Stated(text=text):
            return text
        case NotAcknowledged(account_id=account_id, symbol=symbol, within_seconds=seconds):
            return (
                f"{account_id}: {symbol} was not acknowledged within {plain(seconds)} s:"
                " look for a dialog in the gateway's window;"
                f" {FirstConnection.PRECAUTIONS.place}"
            )
        case DeclaredDeadLives(account_id=account_id, order_ref=ref, symbol=symbol):
            return (
                f"{account_id}: {ref} ({symbol}) was declared not received, but the broker has it;"
                " a cancel was sent: check the account at IBKR"
            )
        case AccountContradicted(account_id=account_id, contradictions=contradictions):
            return f"{account_id}: {explain_halted(contradictions)}"


def explain_halted(why: WhyHalted) -> str:
    """Why nothing more of one account is sent."""
    match why:
        case Interrupted():
            return "interrupted"
        case SocketLost(detail=detail):
            return f"the connection was lost: {detail}"
        case GateClosedFor(why=closed, seconds=seconds):
            return f"{closed}, for {seconds:.0f} s"
        case OutcomeUnknown(symbols=symbols):
            return f"the outcome of {', '.join(symbols)} is unknown"
        case NotHandedOver(fault=fault):
            return not_handed_over(fault)
        case Bug(kind=kind, said=text):
            return f"stopped by a bug of this program: {kind}: {text}"
        case Contradictions(conflicts=conflicts):
            each = (f"{symbol}: {explain_order_contradiction(why)}" for symbol, why in conflicts)
            return f"the broker contradicts itself: {'; '.join(each)}"
        case _:
            return explain_run_halted(why)


def explain_not_sent(why: WhyNotSent) -> str:
    """Why one order did not leave.

    >>> explain_not_sent(PricesUnread())
    'prices could not be read again'
    """
    if isinstance(why, LastRule):
        return explain_last_rule(why)
    if isinstance(why, WhyNotFunded):
        return explain_not_funded(why)
    if isinstance(why, WhyFewer):
        return explain_fewer(why)
    if isinstance(why, WhyHalted):
        return explain_halted(why)
    return _explain_fitting(why)


def _explain_fitting(
    why: CashUnread | PositionsDiffer | SellsUnknown | PricesUnread | NeverReached,
) -> str:
    match why:
        case CashUnread(fault=fault):
            return f"cash could not be read after the sells: {explain(fault)}"
        case PositionsDiffer(positions=positions):
            each = "; ".join(explain_position(differs) for differs in positions)
            return f"positions are not as expected after the sells: {each}"
        case SellsUnknown(symbols=symbols):
            return f"the outcome of the sell of {', '.join(symbols)} is unknown"
        case PricesUnread():
            return "prices could not be read again"
        case NeverReached():
            return NEVER_SENT


def explain_follow_note(note: FollowNote) -> str:
    """One more thing that a report says of an account, beside its orders."""
    if isinstance(note, NoFallback):
        return f"no fallback for {note.symbol}: {explain_not_sent(note.why)}"
    if isinstance(note, WhyFewer):
        return explain_fewer(note)
    if isinstance(note, WhyHalted):
        return explain_halted(note)
    return explain(note)
