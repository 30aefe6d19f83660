"""A plan as a file: written with the hash of its content, read exactly, or told what is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from attrs import evolve
from returns.result import Failure, Result, Success

from rebalancer_adapters.ground.file_text import FileText, read_text
from rebalancer_adapters.ground.problems import Kind, Problem
from rebalancer_adapters.ground.strict_json import parse_json
from rebalancer_adapters.saved.plan_document import (
    SCHEMA,
    InputsDocument,
    PlanDocument,
    document_object,
    plan_document,
)
from rebalancer_adapters.saved.snapshot_json import snapshot_from_object, snapshot_object
from rebalancer_core.reconcile.saved_plan import SavedPlan, is_as_shown
from rebalancer_core.values.account import Snapshot
from rebalancer_core.values.money import ZERO

_LIMIT = 20_000_000
# For people and programs; what is traded is read from `plans`, and the hash covers both.
_TOLD = "accounts"
_HASH = "sha256"
_SNAPSHOT = "snapshot"


def plan_to_json(saved: SavedPlan, told: str) -> str:
    """The text of a plan file; `told` is the same run as `plan --json` prints it."""
    document = PlanDocument(
        schema=SCHEMA,
        program=saved.program,
        created=saved.created,
        expires=saved.expires,
        inputs=InputsDocument(
            settings_sha256=saved.settings_sha256, rules_sha256=saved.rules_sha256
        ),
        plans=saved.accounts,
        left_out=saved.left_out,
    )
    printed: dict[str, object] = json.loads(told)
    content = {
        "schema": SCHEMA,
        _TOLD: printed[_TOLD],
        **document_object(document),
        _SNAPSHOT: snapshot_object(saved.snapshot),
    }
    # Hashed as it will be read, so that reading and writing cannot differ about it.
    content[_HASH] = _content_hash(
        json.loads(json.dumps(content), parse_int=Decimal, parse_float=Decimal)
    )
    return json.dumps(content, indent=2) + "\n"


def load_plan(path: Path) -> Result[SavedPlan, tuple[Problem, ...]]:
    """The plan of a file that `plan -o` wrote, or problems.

    A file of that shape without the hash that was written with it is one problem: `Kind.ALTERED`.
    """
    file = read_text(path, limit=_LIMIT)
    if isinstance(file, Problem):
        return Failure((file,))
    return plan_from_text(file)


def plan_from_text(file: FileText) -> Result[SavedPlan, tuple[Problem, ...]]:
    """As `load_plan` for a text already read."""
    value = parse_json(file.text, file.name)
    if isinstance(value, Problem):
        return Failure((value,))
    if not isinstance(value, dict):
        problem = Problem(
            place=file.name, key="", problem="it is not an object {...}", fix="is it a plan file?"
        )
        return Failure((problem,))
    content: dict[str, object] = value
    problems = tuple(_check_keys(content, file.name))
    if problems:
        return Failure(problems)
    apart = {_TOLD, _HASH, _SNAPSHOT}
    exact = {key: each for key, each in content.items() if key not in apart}
    document = plan_document(exact, file.name)
    snapshot = snapshot_from_object(content[_SNAPSHOT], file.name)
    if isinstance(document, tuple) or isinstance(snapshot, tuple):
        wrong = (document if isinstance(document, tuple) else ()) + (
            tuple(map(_inside, snapshot)) if isinstance(snapshot, tuple) else ()
        )
        return Failure(wrong)
    saved = _saved(document, snapshot, _content_hash(content))
    if content[_HASH] != saved.sha256:
        return Failure((_altered(file.name),))
    problems = tuple(_check(saved, file.name))
    return Failure(problems) if problems else Success(saved)


def _saved(document: PlanDocument, snapshot: Snapshot, sha256: str) -> SavedPlan:
    return SavedPlan(
        program=document.program,
        created=document.created,
        expires=document.expires,
        settings_sha256=document.inputs.settings_sha256,
        rules_sha256=document.inputs.rules_sha256,
        accounts=document.plans,
        left_out=document.left_out,
        snapshot=snapshot,
        sha256=sha256,
    )


def _content_hash(content: dict[str, object]) -> str:
    """SHA-256 of all that the file says, however it is spaced and ordered."""
    said = {key: value for key, value in content.items() if key != _HASH}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _check_keys(content: dict[str, object], file: str) -> Iterable[Problem]:
    if content.get("schema") != SCHEMA:
        problem = f"{content['schema']} is not known" if "schema" in content else "is missing"
        fix = f"this program reads schema {SCHEMA}; is it a plan file?"
        yield Problem(place=file, key="schema", problem=problem, fix=fix)
        return
    for key in (_TOLD, _HASH, _SNAPSHOT):
        if key not in content:
            yield Problem(place=file, key=key, problem="the key is missing", fix="add it")


def _altered(file: str) -> Problem:
    problem = "the plan file was modified after it was saved (hash mismatch)"
    return Problem(place=file, key=_HASH, problem=problem, fix="plan again", kind=Kind.ALTERED)


def _check(saved: SavedPlan, file: str) -> Iterable[Problem]:
    seen: set[str] = set()
    for index, account in enumerate(saved.accounts):
        plan = account.plan
        wrong = {
            f"duplicate {plan.account_id}": plan.account_id in seen,
            f"{plan.account_id} is not in the snapshot": saved.made_from(plan.account_id) is None,
            "the orders are not those of the rows": not is_as_shown(plan),
            "net liquidation is not above zero": min(
                plan.net_liquidation, plan.managed_net_liquidation
            )
            <= ZERO,
        }
        seen.add(plan.account_id)
        for problem in (sentence for sentence, holds in wrong.items() if holds):
            yield Problem(place=file, key=f"plans[{index}]", problem=problem, fix="plan again")


def _inside(problem: Problem) -> Problem:
    return evolve(problem, key=f"{_SNAPSHOT}.{problem.key}".rstrip("."))
