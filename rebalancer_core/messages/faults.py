"""Faults of the broker, the journal and the files: the value, the place, the fix."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.values.faults import (
    AccountFault,
    AmbiguousHolding,
    BrokerRefused,
    BrokerSilent,
    CannotConnect,
    ConnectCause,
    GateClosed,
    ImpossibleAnswer,
    IncompleteData,
    LedgerContradiction,
    LedgerFault,
    LedgerMismatch,
    LinkLost,
    NothingToManage,
    RefusedBySafety,
    ReportFault,
    RunError,
    ShortPosition,
    UnknownAccount,
    UnlistedHolding,
    UnpricedHolding,
)
from rebalancer_core.values.first_connection import FirstConnection
from rebalancer_core.values.money import plain, usd

_INVALID_REQUEST = 321


def explain(error: RunError) -> str:
    """The sentence for people: the value, the place, the fix.

    >>> explain(BrokerSilent(request="positions", seconds=15))
    'timed out after 15 s waiting for positions; nothing was traded on it'
    """
    match error:
        case CannotConnect(host=host, port=port, detail=detail, hint=hint):
            helps = f"{hint}; {section_of(error.cause).place}" if hint else ""
            return f"cannot connect to {host}:{port}: {detail}" + (f" -> {helps}" if helps else "")
        case BrokerSilent(request=request, seconds=seconds):
            return f"timed out after {seconds:g} s waiting for {request}; nothing was traded on it"
        case BrokerRefused(request=request, code=code, text=text):
            helps = read_only_fix(text) if code == _INVALID_REQUEST else ""
            return f"the broker refused {request}: error {code}: {text}{helps}"
        case ImpossibleAnswer(request=request, answer=answer):
            return f"impossible answer to {request}: {answer}; nothing was traded on it"
        case LinkLost(detail=detail):
            return f"the connection was lost: {detail}"
        case GateClosed(detail=detail):
            return f"no order may be sent for now: {detail}"
        case RefusedBySafety(breaches=breaches):
            return "refused: " + "; ".join(breaches)
        case _:
            return _explain_account(error)


def section_of(cause: ConnectCause) -> FirstConnection:
    """Where the page "First connection" says what a gateway needs that refused a session so.

    >>> section_of(ConnectCause.ID_IN_USE).place
    'see docs/first-connection.md, 6'
    """
    match cause:
        case ConnectCause.REFUSED | ConnectCause.UNREACHABLE:
            return FirstConnection.API_PORT
        case ConnectCause.CLOSED | ConnectCause.UNUSABLE:
            return FirstConnection.API_PORT
        case ConnectCause.SILENT | ConnectCause.LOGGED_OUT:
            return FirstConnection.RESTARTS
        case ConnectCause.ID_IN_USE:
            return FirstConnection.CLIENT_IDS


def read_only_fix(text: str) -> str:
    """What helps where an error 321 names the Read-Only API; its code says no more than "invalid".

    >>> read_only_fix("Error validating request: the API is in Read-Only mode.")
    ' -> switch off Read-Only API; see docs/first-connection.md, 2'
    >>> read_only_fix("Error validating request.")
    ''
    """
    if "read-only" not in text.lower():
        return ""
    return f" -> switch off Read-Only API; {FirstConnection.READ_ONLY_API.place}"


def _explain_account(error: AccountFault) -> str:
    match error:
        case UnknownAccount(account_id=account, known=known):
            ids = ", ".join(known) or "none"
            return f"this gateway does not manage {account}; it manages: {ids}"
        case IncompleteData(account_id=account, detail=detail):
            return f"{account}: the broker's data are incomplete: {detail}"
        case LedgerMismatch() | LedgerContradiction():
            return explain_ledger(error)
        case ShortPosition(account_id=account, symbol=symbol, quantity=quantity):
            return f"{account}: short {plain(abs(quantity))} {symbol}; this program is long-only"
        case NothingToManage(account_id=account, net_liquidation=value, foreign_cash=foreign):
            others = ", ".join(f"{plain(c.amount)} {c.currency}" for c in foreign)
            left_out = f" (left out: {others})" if others else ""
            return (
                f"{account}: net liquidation in USD is {usd(value, 2)}{left_out}; nothing to manage"
            )
        case UnpricedHolding(account_id=account, symbol=symbol, detail=detail):
            return (
                f"{account}: holds {symbol}, which has no price ({detail}); it cannot be valued"
                f" -> {FirstConnection.MARKET_DATA.place}"
            )
        case UnlistedHolding(account_id=account, symbols=symbols):
            names = ", ".join(symbols)
            return (
                f"{account}: holds {names}, not in portfolios.csv, and unlisted_positions = abort"
                " -> list them (0 % sells them) or set keep"
            )
        case AmbiguousHolding(account_id=account, symbol=symbol, detail=detail):
            return f"{account}: {symbol} is ambiguous: {detail}"


def explain_ledger(error: LedgerFault) -> str:
    """The sentence for people, with every figure that it is about."""
    match error:
        case LedgerMismatch(
            account_id=account, positions_usd=ours, ledger_usd=theirs, tolerance_pct=tolerance
        ):
            return (
                f"{account}: positions are worth {usd(ours, 2)} at current prices but IBKR reports "
                f"{usd(theirs, 2)} of USD stocks ({_difference(ours, theirs)} apart, limit "
                f"ledger_tolerance_pct = {plain(tolerance)}); check for a missing position, a "
                "split or a currency mismatch"
            )
        case LedgerContradiction(account_id=account, stated=stated, expected=expected):
            rows = ", ".join(f"{row.name} {row.amount:,.2f}" for row in error.rows)
            return (
                f"{account}: the broker's ledger contradicts itself: "
                f"{stated.name} is {stated.amount:,.2f} {error.currency}, but "
                f"{expected.name} is {expected.amount:,.2f} {error.currency}"
                f"{f' ({rows})' if rows else ''}, more than {error.tolerance:,.2f} apart; "
                "compare these figures with the gateway's account window"
            )


def _difference(ours: Decimal, theirs: Decimal) -> str:
    if not theirs:
        return usd(abs(ours - theirs), 2)
    return f"{abs(ours - theirs) / abs(theirs) * 100:.2f} %"


def explain_journal(fault: JournalFault) -> str:
    """The sentence for people.

    >>> explain_journal(JournalFault(path="j.sqlite", detail="disk full"))
    'the journal j.sqlite is unusable (disk full); no orders will be sent without it'
    """
    return (
        f"the journal {fault.path} is unusable ({fault.detail}); no orders will be sent without it"
    )


def unwritten(sentence: str, fault: JournalFault) -> str:
    """What was found, and that it could not be written down."""
    return f"{sentence}; {explain_journal(fault)}"


def explain_fault(fault: ReportFault) -> str:
    """The sentence for people: the file, the reason, the fix.

    >>> explain_fault(ReportFault(path="reports", detail="No space left on device"))
    'cannot write reports: No space left on device -> fix it or set [io] report_dir'
    """
    return f"cannot write {fault.path}: {fault.detail} -> fix it or set [io] report_dir"
