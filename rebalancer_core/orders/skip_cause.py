"""Why an order of an approved plan never left, for programs; the sentence is beside it."""

from __future__ import annotations

from enum import Enum


class SkipCause(Enum):
    """Why an order of the plan was not sent. Want of cash alone is no failure of the run."""

    CASH = "no cash left"
    MARKET_CLOSED = "market closed"
    PRICE = "price unusable for trading"
    ACCOUNT = "account not as approved"
    RULE = "safety rule"
    STOPPED = "run stopped"
