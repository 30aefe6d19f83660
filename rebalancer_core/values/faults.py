"""What can go wrong, as data: small frozen facts; `messages` makes the sentences."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from attrs import frozen

from rebalancer_core.values.account import CashBalance
from rebalancer_core.values.instruments import AccountId, Symbol


class ConnectCause(Enum):
    """Why there is no session with a gateway, in one word for programs."""

    REFUSED = "connection-refused"
    UNREACHABLE = "unreachable"
    SILENT = "silent"
    CLOSED = "closed"
    ID_IN_USE = "client-id-in-use"
    UNUSABLE = "unusable"
    LOGGED_OUT = "logged-out"


@frozen(kw_only=True)
class CannotConnect:
    """The gateway was not reached, or refused the session; `hint` says what to look at."""

    host: str
    port: int
    detail: str
    hint: str = ""
    cause: ConnectCause = ConnectCause.UNREACHABLE


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
    """The broker's answer cannot be the whole account (R 3.5)."""

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
    """A safety rule said no before anything was sent (R 7.3); each breach is a sentence."""

    account_id: AccountId
    breaches: tuple[str, ...]


@frozen(kw_only=True)
class LedgerMismatch:
    """Positions x prices and the broker's own ledger differ by more than the tolerance."""

    account_id: AccountId
    positions_usd: Decimal
    ledger_usd: Decimal
    tolerance_pct: Decimal


@frozen(kw_only=True)
class LedgerFigure:
    """One figure of the broker's ledger under the name it came with."""

    name: str
    amount: Decimal


@frozen(kw_only=True)
class LedgerContradiction:
    """Two figures of the broker's ledger that must be equal and are more than `tolerance` apart.

    `rows` are those that `expected` is the sum of, amounts in `currency`.
    """

    account_id: AccountId
    currency: str
    stated: LedgerFigure
    expected: LedgerFigure
    tolerance: Decimal
    rows: tuple[LedgerFigure, ...] = ()


LedgerFault = LedgerMismatch | LedgerContradiction


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


@frozen(kw_only=True)
class Bug:
    """A bug of this program ended an execution: the kind of the exception, and what it said."""

    kind: str
    said: str


@frozen(kw_only=True)
class ReportFault:
    """A record could not be written whole, so it was not written; `detail` is the system's word."""

    path: str
    detail: str
