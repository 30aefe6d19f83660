"""What a command is at while a person waits for it."""

from __future__ import annotations

from enum import Enum


class Work(Enum):
    """Work of several like parts; the value says what is being done to them."""

    CONNECTING = "connecting to the gateway"
    RECOVERY = "checking earlier orders of accounts"
    ACCOUNTS = "reading accounts"
    SYMBOLS = "looking up symbols"
    PRICES = "reading prices"
    PLANS = "planning accounts"
    PREVIEWS = "checking plans with IBKR"
