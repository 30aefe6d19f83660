"""What can be held and traded: a symbol is a name, the contract id is the identity."""

from __future__ import annotations

import re
from datetime import datetime
from enum import Enum
from typing import NewType

from attrs import frozen

AccountId = NewType("AccountId", str)
Symbol = NewType("Symbol", str)
ConId = NewType("ConId", int)

# What an account id of IBKR looks like.
ACCOUNT_ID = re.compile(r"[A-Z]{1,4}[0-9]{4,10}", re.ASCII)
STOCK = "STK"
USD = "USD"
CASH = Symbol("CASH")


@frozen(kw_only=True)
class Session:
    """One stretch of trading, half open: `opens` <= t < `closes`, both UTC."""

    opens: datetime
    closes: datetime


@frozen(kw_only=True)
class Listing:
    """One US listing of a USD stock or ETF as the broker describes it (contract details).

    `liquid_sessions` are the regular trading hours, `trading_sessions` include extended ones;
    both cover only the few days the broker names.
    """

    con_id: ConId
    symbol: Symbol
    primary_exchange: str
    stock_type: str = ""
    name: str = ""
    liquid_sessions: tuple[Session, ...] = ()
    trading_sessions: tuple[Session, ...] = ()


class UnlistedWhy(Enum):
    """Why a symbol has no single US listing in USD."""

    UNKNOWN = "unknown to IBKR"
    AMBIGUOUS = "ambiguous"
    NOT_USD_STOCK = "not a US-listed USD stock or ETF"
    OTHER_CONTRACT = "con_id is not a contract of this symbol"


@frozen(kw_only=True)
class Unlisted:
    """A symbol that names no single US listing in USD; `candidates` are close ones, for people.

    `place` is where settings.ini names the contract that is none of it; empty where it names none.
    """

    symbol: Symbol
    why: UnlistedWhy
    candidates: tuple[str, ...] = ()
    place: str = ""


def is_managed(security_type: str, currency: str) -> bool:
    """Whether a position of this kind counts in sizing and net liquidation (R 3.2.2).

    >>> is_managed("STK", "USD"), is_managed("OPT", "USD"), is_managed("STK", "CAD")
    (True, False, False)
    """
    return security_type == STOCK and currency == USD
