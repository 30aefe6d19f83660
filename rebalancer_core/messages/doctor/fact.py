"""A fact that doctor tells: what was found, and what helps."""

from __future__ import annotations

from abc import ABC, abstractmethod

from attrs import frozen

from rebalancer_core.messages.faults import explain, explain_journal
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.values.faults import RunError


class Fact(ABC):
    """What was found. `words` is a sentence for people, `fix` what helps; empty where nothing."""

    __slots__ = ()

    @property
    @abstractmethod
    def words(self) -> str:
        """The fact for people."""

    @property
    def fix(self) -> str:
        """What helps, where something does."""
        return ""


@frozen(kw_only=True)
class Said(Fact):
    """What another part of the program has put in words, with what helps."""

    said: str
    helps: str = ""

    @property
    def words(self) -> str:
        return self.said

    @property
    def fix(self) -> str:
        return self.helps


def from_sentence(sentence: str, otherwise: str) -> Said:
    """A sentence for people, which may name its fix after an arrow itself.

    >>> found = from_sentence("connection refused -> start it", "ask")
    >>> found.words, found.fix
    ('connection refused', 'start it')
    """
    words, _, fix = sentence.partition(" -> ")
    return Said(said=words, helps=fix or otherwise)


@frozen(kw_only=True)
class Faulted(Fact):
    """A run would meet this error; where it names no fix itself, asking again may help."""

    error: RunError

    @property
    def words(self) -> str:
        return self._parts[0]

    @property
    def fix(self) -> str:
        return self._parts[1] or (
            "ask again: a gateway that starts or reconnects answers late (docs/runbook.md, exit 4)"
        )

    @property
    def _parts(self) -> tuple[str, str]:
        words, _, fix = explain(self.error).partition(" -> ")
        return words, fix


@frozen(kw_only=True)
class JournalUnusable(Fact):
    """The journal is there and cannot be used."""

    fault: JournalFault

    @property
    def words(self) -> str:
        return explain_journal(self.fault)

    @property
    def fix(self) -> str:
        return (
            "free disk space or restore the file; keep a damaged copy and check the account at IBKR"
        )
