"""The shape of a plan file, schema 1: what is exact in it, and how each value is written."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from attrs import frozen
from cattrs import Converter

from rebalancer_adapters.ground.problems import Problem
from rebalancer_adapters.ground.strict_json import (
    MisfitError,
    parse_text,
    strict_converter,
    structure,
)
from rebalancer_core.reconcile.saved_plan import LeftOut, SavedAccount
from rebalancer_core.values.money import decimal_from_text

SCHEMA = 1
# Exact products of a weight and a sum have more digits than any amount that a person writes.
_LONGEST = 120


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
    read: PlanDocument | tuple[Problem, ...] = structure(_READING, value, PlanDocument, file)
    return read


def document_object(document: PlanDocument) -> dict[str, object]:
    """The JSON object of a document: numbers as decimal text, times in UTC, ids as numbers."""
    written: dict[str, object] = _WRITING.unstructure(document)
    return written


def _exact(value: object, _: object) -> Decimal:
    text = parse_text(value, str)
    number = decimal_from_text(text) if len(text) <= _LONGEST else None
    if number is None:
        raise MisfitError(f"{text[:40]!r} is not a decimal number", 'a number such as "12.50"')
    return number


def _decimal_text(number: Decimal) -> str:
    return format(number, "f")


def _time_text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _reading() -> Converter:
    converter = strict_converter()
    converter.register_structure_hook(Decimal, _exact)
    return converter


def _writing() -> Converter:
    converter = Converter()
    converter.register_unstructure_hook(Decimal, _decimal_text)
    converter.register_unstructure_hook(datetime, _time_text)
    return converter


_READING = _reading()
_WRITING = _writing()
