"""The one grammar of a percentage and of a symbol, and a hint for what people write instead."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from rebalancer_adapters.ground.file_text import named_character
from rebalancer_adapters.ground.problems import Wrong
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.money import ZERO

LONGEST_CELL = 256
_PERCENT = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,12})?) *%?", re.ASCII)
_MOST = Decimal(1000)
_WRITE = "write a percentage such as 33, 33.5 or 33.5%"

_MINUS_SIGNS = "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
_ODD_SPACES = "\u00a0\u2007\u2009\u202f\u3000\u200b\u2060\ufeff"
# Tried in order; the first that fits says what to write instead.
_HINTS = (
    (re.compile(f".*[{_MINUS_SIGNS}]"), "write the minus sign as the ASCII -"),
    (re.compile(f".*[{_ODD_SPACES}]"), "remove the non-breaking or zero-width space"),
    (re.compile(r".*[^\x00-\x7f]"), "write it in ASCII digits"),
    (re.compile(r"[=@]|\+.*[A-Za-z]|#"), "a formula or its error; save values, not formulas"),
    (re.compile(r"-?[0-9]+,[0-9]+ *%?$"), "write the decimal point as ."),
    (re.compile(r"-?[0-9][0-9.,' ]+[0-9] *%?$"), "write it without thousands separators, with ."),
    (re.compile(r"\(.*\)"), "write a negative number with -; only CASH may be negative"),
    (re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+"), "write it without exponent"),
    (re.compile(r"(?i:[-+]?(nan|inf|infinity|n/a|na|null|none)|-)$"), "leave it blank for 0"),
    (re.compile(r"\+"), "write it without the +"),
    (re.compile(r"-?\.[0-9]"), "write a digit before the point"),
    (re.compile(r"-?[0-9]+\. *%?$"), "write it without the trailing point"),
)

_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.-]*(?: [A-Z0-9.-]+)*", re.ASCII)
_LONGEST_SYMBOL = 20
_SYMBOL_FIX = "letters, digits, `.`, `-` and single spaces"
_MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_DATE = re.compile(rf"[0-9]{{1,2}}-({_MONTHS})|({_MONTHS})-[0-9]{{2}}|[0-9]+-[0-9]+-[0-9]+")
_NUMBER = re.compile(r"[0-9.-]+")


def percentage(text: str) -> Decimal | Wrong:
    """Percent as written, 33.5 for `33.5%`; blank is 0.

    >>> percentage("33.5 %"), percentage("33,5").fix
    (Decimal('33.5'), 'write the decimal point as .')
    """
    if not text:
        return ZERO
    if len(text) > LONGEST_CELL:
        return _too_long(text)
    found = _PERCENT.fullmatch(text)
    if found is None:
        fix = next((hint for pattern, hint in _HINTS if pattern.match(text)), _WRITE)
        return Wrong(problem=f"{text!r} is not a percentage", fix=fix)
    value = Decimal(found.group(1))
    if abs(value) > _MOST:
        return Wrong(problem=f"{text} is out of range", fix=f"at most {_MOST} %")
    return value


def symbol(text: str) -> Symbol | Wrong:
    """A symbol in capitals, `CASH` among them; what a spreadsheet made of one is refused.

    >>> symbol("brk b"), symbol("1-Mar").fix
    ('BRK B', 'a spreadsheet turned this into a date; re-enter the symbol')
    """
    if len(text) > LONGEST_CELL:
        return _too_long(text)
    stranger = next((each for each in text if not each.isascii()), None)
    if stranger:
        return _not_ascii(text, stranger)
    name = text.upper()
    if not name:
        return Wrong(problem="there is no symbol", fix="name the ETF, or remove the line")
    if not _SYMBOL.fullmatch(name) or len(name) > _LONGEST_SYMBOL:
        fix = "a formula or its error; save values" if text[0] in "=+@#" else _SYMBOL_FIX
        return Wrong(problem=f"{text!r} is not a symbol", fix=fix)
    return _spreadsheet_made(text, name) or Symbol(name)


def same_symbol(name: Symbol) -> str:
    """What two spellings of one symbol share: `BRK.B`, `BRK-B` and `BRK B` are one.

    >>> same_symbol(Symbol("BRK.B")) == same_symbol(Symbol("BRK B"))
    True
    """
    return re.sub(r"[.-]", " ", name)


def _spreadsheet_made(text: str, name: str) -> Wrong | None:
    if _DATE.fullmatch(name):
        fix = "a spreadsheet turned this into a date; re-enter the symbol"
        return Wrong(problem=f"{text!r} is not a symbol", fix=fix)
    if _NUMBER.fullmatch(name):
        return Wrong(problem=f"{text!r} is a number, not a symbol", fix="are the columns shifted?")
    if name == "ETF":
        return Wrong(problem="the header is there again", fix="remove the line")
    return None


def _not_ascii(text: str, stranger: str) -> Wrong:
    folded = unicodedata.normalize("NFKC", text).strip()
    fix = f"write {folded.upper()}" if folded.isascii() and folded else "type it anew in ASCII"
    return Wrong(problem=f"{text!r} holds {named_character(stranger)}", fix=fix)


def _too_long(text: str) -> Wrong:
    problem = f"{len(text)} characters in one cell"
    return Wrong(problem=problem, fix=f"at most {LONGEST_CELL}; is a quote or a line end missing?")
