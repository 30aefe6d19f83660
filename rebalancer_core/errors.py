"""Errors as data: small frozen facts; `explain` makes the sentence, at the door."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.ledger_errors import (
    LedgerContradiction,
    LedgerFault,
    LedgerMismatch,
    explain_ledger,
)
from rebalancer_core.values.account import CashBalance
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.money import plain, usd


@frozen(kw_only=True)
class Problem:
    """One thing wrong in an input: where, what, and how to mend it.

    `place` is `file:line` (or `file:line:column`), `key` the setting, column or cell it is about.
    """

    place: str
    key: str
    problem: str
    mend: str
    is_warning: bool = False


def sentence(problem: Problem) -> str:
    """One line for people: `file:line section.key: problem -> mend` (SPEC 2.1).

    >>> sentence(
    ...     Problem(place="a.ini:3", key="ibkr.port", problem="'x' is no number", mend="1 to 65535")
    ... )
    "a.ini:3 ibkr.port: 'x' is no number -> 1 to 65535"
    """
    about = f" {problem.key}:" if problem.key else ""
    mend = f" -> {problem.mend}" if problem.mend else ""
    return f"{problem.place}{about} {problem.problem}{mend}"


@frozen(kw_only=True)
class CannotConnect:
    """The gateway was not reached, or refused the session; `hint` says what to look at."""

    host: str
    port: int
    detail: str
    hint: str = ""


@frozen(kw_only=True)
class BrokerSilent:
    """A request got no complete answer in time."""

    request: str
    seconds: float


@frozen(kw_only=True)
class BrokerRefused:
    """The broker answered a request with an error code."""

    request: str
    code: int
    text: str


@frozen(kw_only=True)
class ImpossibleAnswer:
    """The broker answered a request with something that cannot be."""

    request: str
    answer: str


@frozen(kw_only=True)
class LinkLost:
    """The connection dropped, or the gateway lost its own (1100, 2110)."""

    detail: str


@frozen(kw_only=True)
class GateClosed:
    """The gateway answers, but no order may leave for now: prices may be stale (2103)."""

    detail: str


@frozen(kw_only=True)
class UnknownAccount:
    """An account id that this gateway does not manage."""

    account_id: AccountId
    known: tuple[AccountId, ...]


@frozen(kw_only=True)
class IncompleteData:
    """The broker's answer cannot be the whole account (SPEC 3.5)."""

    account_id: AccountId
    detail: str


@frozen(kw_only=True)
class ShortPosition:
    """The account is short a stock; this program is long-only."""

    account_id: AccountId
    symbol: Symbol
    quantity: Decimal


@frozen(kw_only=True)
class NothingToManage:
    """Net liquidation is zero or negative."""

    account_id: AccountId
    net_liquidation: Decimal
    foreign_cash: tuple[CashBalance, ...] = ()


@frozen(kw_only=True)
class UnpricedHolding:
    """Held, but without a price: the account cannot be valued."""

    account_id: AccountId
    symbol: Symbol
    detail: str


@frozen(kw_only=True)
class UnlistedHolding:
    """Holdings that no model names, with `unlisted_positions = abort`."""

    account_id: AccountId
    symbols: tuple[Symbol, ...]


@frozen(kw_only=True)
class AmbiguousHolding:
    """Two contracts of one symbol in the account, or a held contract that is not the listing."""

    account_id: AccountId
    symbol: Symbol
    detail: str


@frozen(kw_only=True)
class RefusedBySafety:
    """A safety rule said no before anything was sent (SPEC 7); each breach is a sentence."""

    account_id: AccountId
    breaches: tuple[str, ...]


BrokerFault = (
    CannotConnect | BrokerSilent | BrokerRefused | ImpossibleAnswer | LinkLost | GateClosed
)
AccountFault = (
    UnknownAccount
    | IncompleteData
    | LedgerFault
    | ShortPosition
    | NothingToManage
    | UnpricedHolding
    | UnlistedHolding
    | AmbiguousHolding
)
RunError = BrokerFault | AccountFault | RefusedBySafety


def explain(error: RunError) -> str:
    """The sentence for people: the value, the place, the mend.

    >>> explain(BrokerSilent(request="positions", seconds=15))
    'no complete answer to positions within 15 s; nothing was traded on it'
    """
    match error:
        case CannotConnect(host=host, port=port, detail=detail, hint=hint):
            return f"cannot connect to {host}:{port}: {detail}" + (f" -> {hint}" if hint else "")
        case BrokerSilent(request=request, seconds=seconds):
            return f"no complete answer to {request} within {seconds:g} s; nothing was traded on it"
        case BrokerRefused(request=request, code=code, text=text):
            return f"the broker refused {request}: error {code}: {text}"
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
            return f"{account}: holds {symbol}, which has no price ({detail}); it cannot be valued"
        case UnlistedHolding(account_id=account, symbols=symbols):
            names = ", ".join(symbols)
            return (
                f"{account}: holds {names}, not in portfolios.csv, and unlisted_positions = abort"
                " -> list them (0 % sells them) or set keep"
            )
        case AmbiguousHolding(account_id=account, symbol=symbol, detail=detail):
            return f"{account}: {symbol} is ambiguous: {detail}"
