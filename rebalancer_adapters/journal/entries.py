"""One entry of the journal, and the chain of hashes that shows whether any was altered."""

from __future__ import annotations

import hashlib
import json
from enum import Enum

from attrs import frozen


class Kind(Enum):
    """What an entry writes down; the value is what stands in the database."""

    RUN = "run"
    APPROVAL = "approval"
    INTENT = "intent"
    EVENT = "event"
    REPORTED = "reported"


@frozen(kw_only=True)
class Draft:
    """What is to be appended; the columns beside `body` are what must be unique or found."""

    run: str
    kind: Kind
    body: str
    account: str | None = None
    order_ref: str | None = None
    con_id: int | None = None
    side: str | None = None
    leg: int | None = None


@frozen(kw_only=True)
class Entry:
    """One row: the `number`th of its run, counted from 0, chained to the one before it."""

    id: int
    draft: Draft
    number: int
    prev_hash: str
    hash: str


def entry_hash(draft: Draft, number: int, prev_hash: str) -> str:
    """SHA-256 over everything the entry says and the hash of the run's entry before it."""
    told = (
        prev_hash,
        draft.run,
        number,
        draft.kind.value,
        draft.account,
        draft.order_ref,
        draft.con_id,
        draft.side,
        draft.leg,
        draft.body,
    )
    # `repr` for what no entry ever holds: a damaged column may come back as bytes.
    return hashlib.sha256(json.dumps(told, default=repr).encode("ascii")).hexdigest()


def first_hash(run: str) -> str:
    """What stands for the hash before a run's first entry."""
    return hashlib.sha256(f"run {run}".encode()).hexdigest()
