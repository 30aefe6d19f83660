"""Numbers of things, in words."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """A number of things.

    >>> counted(1, "order"), counted(8, "order")
    ('1 order', '8 orders')
    """
    return f"{number:,d} {noun}" if number == 1 else f"{number:,d} {noun}s"
