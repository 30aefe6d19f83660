"""How far work is that lasts: shown to whoever waits, and to nobody where nobody does."""

from __future__ import annotations

from collections.abc import Callable

from rebalancer_core.values.work import Work

# What is done, how many of its parts are, and of how many: `PeoplePort.stage`.
ShowStage = Callable[[Work, int, int], None]


def unseen(_work: Work, _done: int, _total: int) -> None:
    """Nobody waits for it."""
