"""The shape of a plan file, schema 2: what is exact in it, and how each value is written."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from rebalancer_adapters.ground.problems import Problem
from rebalancer_adapters.ground.strict_json import exact_converter, structure, tag_union
from rebalancer_core.reconcile.saved_plan import LeftOut, SavedAccount
from rebalancer_core.values.flow import FLOW_NAMES, Flow

SCHEMA = 2
_CONVERTER = exact_converter()
tag_union(_CONVERTER, Flow, tag="kind", names=FLOW_NAMES)


@frozen(kw_only=True)
class InputsDocument:
    """The hashes of what the plans were made from, besides the accounts and the prices."""

    settings_sha256: str
    rules_sha256: str


@frozen(kw_only=True)
class PlanDocument:
    """What the program reads back; the file also says it for people and programs, in `accounts`."""

    schema: int
    program: str
    created: datetime
    expires: datetime
    inputs: InputsDocument
    plans: tuple[SavedAccount, ...]
    left_out: tuple[LeftOut, ...]


def plan_document(value: object, file: str) -> PlanDocument | tuple[Problem, ...]:
    """The document that a JSON object is, or everything in it that does not fit."""
    read: PlanDocument | tuple[Problem, ...] = structure(_CONVERTER, value, PlanDocument, file)
    return read


def document_object(document: PlanDocument) -> dict[str, object]:
    """The JSON object of a document: numbers as decimal text, times in UTC, ids as numbers."""
    written: dict[str, object] = _CONVERTER.unstructure(document)
    return written
