"""A symbol that is no single US listing in USD: why, and what was probably meant."""

from __future__ import annotations

from rebalancer_core.values.instruments import ConId, Unlisted, UnlistedWhy

# A share class takes a second word: BRK B.
_MOST_WORDS = 2


def unlisted_sentence(entry: Unlisted, place: str = "portfolios.csv") -> str:
    """Why a symbol cannot be a target, with what helps; `place` is where a file names it."""
    return f"{entry.place or place} {unlisted_line(entry)}"


def unlisted_line(entry: Unlisted) -> str:
    """The same of a symbol that somebody typed.

    >>> from rebalancer_core.values.instruments import Symbol
    >>> unlisted_line(Unlisted(symbol=Symbol("NOSUCH"), why=UnlistedWhy.UNKNOWN))
    'NOSUCH: unknown to IBKR'
    """
    fix = unlisted_fix(entry)
    return f"{entry.symbol}: {unlisted_why(entry)}" + (f" -> {fix}" if fix else "")


def unlisted_why(entry: Unlisted) -> str:
    """Why there is no listing; a spelling that IBKR was asked for instead is named.

    >>> from rebalancer_core.values.instruments import Symbol
    >>> unlisted_why(Unlisted(symbol=Symbol("BRK.X"), why=UnlistedWhy.UNKNOWN))
    'unknown to IBKR, also as BRK X'
    """
    asked = entry.symbol.replace(".", " ").replace("-", " ")
    is_respelt = entry.why is UnlistedWhy.UNKNOWN and asked != entry.symbol
    return f"{entry.why.value}, also as {asked}" if is_respelt else entry.why.value


def unlisted_fix(entry: Unlisted) -> str:
    """What the user probably meant, else the candidates that come close; empty without any.

    >>> from rebalancer_core.values.instruments import Symbol
    >>> unlisted_fix(
    ...     Unlisted(
    ...         symbol=Symbol("BRKB"),
    ...         why=UnlistedWhy.UNKNOWN,
    ...         candidates=("BRK A NYSE USD STK", "BRK B NYSE USD STK"),
    ...     )
    ... )
    'did you mean BRK B?'
    """
    for candidate in entry.candidates:
        words = candidate.split()
        for count in range(1, _MOST_WORDS + 1):
            name = " ".join(words[:count])
            if name != entry.symbol and _letters(name) == _letters(entry.symbol):
                return f"did you mean {name}?"
    if entry.why is UnlistedWhy.OTHER_CONTRACT:
        return f"it is {entry.candidates[0]}" if entry.candidates else ""
    return f"candidates: {', '.join(entry.candidates)}" if entry.candidates else ""


def in_the_snapshot(con_id: ConId) -> str:
    """The contract that a saved quote has.

    >>> in_the_snapshot(ConId(756733))
    'con_id 756733 in the snapshot'
    """
    return f"con_id {con_id} in the snapshot"


def _letters(text: str) -> str:
    return "".join(each for each in text if each.isalnum())
