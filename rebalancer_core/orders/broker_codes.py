"""What each broker code says about an order, in one table; an unlisted code proves nothing.

Source: IBKR's published message codes, and what ib_async 2.1.0 was seen to make of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from attrs import frozen


class CodePolicy(Enum):
    """What a code on an order changes."""

    INFO = "notice, the order is untouched"
    HELD = "the order is live but waits"
    HELD_AT_MARKET = "a market order is live but waits, another order works"
    REJECT = "the broker did not take the order"
    CANCELLED = "the broker cancelled the order"
    CANCEL_FAILED = "the cancel failed, ask what became of the order"
    DUPLICATE = "the order id was used before, ask what became of the order"
    LINK = "the link to the broker is in doubt"
    RESTORED = "the link is back, ask what happened meanwhile"
    PACING = "too many messages"
    DATA = "about market data, not about the order"
    CONNECT = "about the connection"
    UNLISTED = "not in the table: the outcome is unknown until the broker proves it"


@frozen(kw_only=True)
class BrokerCode:
    """One code with its policy and a short meaning."""

    code: int
    policy: CodePolicy
    meaning: str


_TABLE: tuple[tuple[CodePolicy, tuple[tuple[int, str], ...]], ...] = (
    (
        CodePolicy.INFO,
        (
            (2100, "account data unsubscribed"),
            (2101, "cannot subscribe to account data"),
            (2102, "order still being processed"),
            (2104, "market data farm connected"),
            (2105, "historical data farm broken"),
            (2106, "historical data farm connected"),
            (2107, "historical data farm inactive"),
            (2108, "market data farm inactive"),
            (2119, "market data farm connecting"),
            (2137, "cross side warning"),
            (2158, "security definition farm connected"),
            (10167, "delayed market data are shown"),
            (10349, "time in force set by the order preset"),
        ),
    ),
    (
        CodePolicy.HELD,
        (
            (399, "order message, usually: will not be placed until the market opens"),
            (404, "shares are being located"),
        ),
    ),
    (CodePolicy.HELD_AT_MARKET, ((2109, "outside regular hours is ignored for this order type"),)),
    (
        CodePolicy.REJECT,
        (
            (110, "price does not conform to the minimum variation"),
            (200, "no security definition found"),
            (201, "order rejected"),
            (203, "security not available or allowed for this account"),
            (321, "request invalid, or the API is read-only"),
            (382, "price violates the number of ticks constraint"),
            (383, "size violates the size constraint"),
            (387, "order type not supported for this exchange and security"),
            (388, "size below the minimum"),
            (392, "exchange invalid"),
            (412, "contract not available for trading"),
            (434, "order size zero"),
            (435, "account missing"),
            (436, "allocation missing"),
            (439, "algorithm definition not found"),
            (441, "algorithm attributes cannot be validated"),
            (442, "algorithm not available for this order"),
            (443, "algorithm attributes unknown"),
            (451, "order size exceeds the limit"),
            (460, "no trading permissions"),
            (463, "order attribute missing or not valid"),
            (10052, "time zone invalid"),
            (10240, "price cap of a MIDPRICE order not valid"),
            (10243, "fractional size cannot be placed through the API"),
            (10268, "order attribute not supported"),
            (10289, "cash quantity missing"),
            (10293, "order rejected by a rule"),
            (10311, "direct routing restricted by a precaution"),
            (10329, "order attribute not allowed"),
        ),
    ),
    (CodePolicy.CANCELLED, ((202, "order cancelled"),)),
    (
        CodePolicy.CANCEL_FAILED,
        (
            (161, "order not in a state to be cancelled"),
            (10147, "order to cancel not found"),
            (10148, "order cannot be cancelled in its state"),
            (10149, "cancel time invalid"),
        ),
    ),
    (
        CodePolicy.DUPLICATE,
        (
            (103, "duplicate order id"),
            (104, "order filled, cannot be changed"),
            (105, "order does not match the original"),
        ),
    ),
    (
        CodePolicy.LINK,
        (
            (504, "not connected"),
            (1100, "gateway lost its connection to the broker"),
            (1300, "socket port was reset"),
            (2103, "market data farm broken"),
            (2110, "gateway lost its connection to the server"),
            (10182, "live updates failed"),
        ),
    ),
    (CodePolicy.RESTORED, ((1101, "link restored, data lost"), (1102, "link restored"))),
    (CodePolicy.PACING, ((100, "message rate exceeded"),)),
    (
        CodePolicy.DATA,
        (
            (101, "too many market data lines"),
            (300, "unknown market data request"),
            (354, "not subscribed to market data"),
            (10089, "market data need a further subscription"),
            (10090, "part of the market data is not subscribed"),
            (10168, "not subscribed, delayed data not enabled"),
            (10186, "not subscribed, delayed data not available"),
            (10197, "market data held by a competing session"),
        ),
    ),
    (
        CodePolicy.CONNECT,
        (
            (326, "client id in use"),
            (501, "already connected"),
            (502, "cannot connect"),
            (503, "gateway too old"),
        ),
    ),
)

CODES: Mapping[int, BrokerCode] = MappingProxyType(
    {
        code: BrokerCode(code=code, policy=policy, meaning=meaning)
        for policy, entries in _TABLE
        for code, meaning in entries
    }
)


# The codes whose own subject is the algo or the order type; 10240 is the price cap of MIDPRICE.
ALGO_UNSUPPORTED = frozenset({387, 439, 441, 442, 443, 10240})

# What IBKR's published message table says under these codes, of the algo or the order type alone.
# A general refusal that quotes one of these sentences means the same; no other text does.
ALGO_TEXTS: tuple[tuple[int, str], ...] = (
    (387, "Unsupported order type for this exchange and security type"),
    (439, "Algorithm definition not found"),
    (441, "Algo attributes validation failed"),
    (442, "Specified algorithm is not allowed for this order"),
    (443, "Unknown algo attribute"),
)
GENERAL_REFUSALS = frozenset({201, 460})

# The trade itself is refused: a plain order would be, too. KID: the document without which retail
# clients of the EU and the UK may not buy a fund.
_OF_THE_TRADE = re.compile(
    r"margin|fund|equity|leverage|permission|permitted|eligib|\bsize\b|smaller order"
    r"|\bKID\b|key information document|PRIIP|retail client",
    re.IGNORECASE,
)


def is_algo_refused(code: int | None, text: str) -> bool:
    """Whether this refusal says that the algo is not available, and nothing against the trade.

    >>> is_algo_refused(442, ""), is_algo_refused(201, "Order rejected - reason: unknown")
    (True, False)
    >>> is_algo_refused(201, "Specified algorithm is not allowed for this order.")
    True
    """
    if code in ALGO_UNSUPPORTED:
        return True
    said = text.casefold()
    return (
        code in GENERAL_REFUSALS
        and any(sentence.casefold() in said for _, sentence in ALGO_TEXTS)
        and _OF_THE_TRADE.search(text) is None
    )


class Fix(Enum):
    """What a user can do about a refused order; `messages/orders.py` has the sentences."""

    REQUEST_PERMISSION = "request the trading permission"
    RAISE_PRESET_LIMIT = "raise the limit of the order presets"
    WHOLE_SHARES = "trade whole shares"


# What the user can do where the broker's own text does not say it.
_FIXES: Mapping[int, Fix] = MappingProxyType(
    {
        203: Fix.REQUEST_PERMISSION,
        383: Fix.RAISE_PRESET_LIMIT,
        451: Fix.RAISE_PRESET_LIMIT,
        460: Fix.REQUEST_PERMISSION,
        10243: Fix.WHOLE_SHARES,
    }
)


def fix_of(code: int | None) -> Fix | None:
    """What a user whose order was refused with this code can do, where more than the broker says.

    >>> fix_of(10243).name, fix_of(201)
    ('WHOLE_SHARES', None)
    """
    return None if code is None else _FIXES.get(code)


def code_policy(code: int) -> CodePolicy:
    """The policy of a code; UNLISTED for every code the table does not name.

    >>> code_policy(201).name, code_policy(10349).name, code_policy(19999).name
    ('REJECT', 'INFO', 'UNLISTED')
    """
    entry = CODES.get(code)
    return entry.policy if entry is not None else CodePolicy.UNLISTED
