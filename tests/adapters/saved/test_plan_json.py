"""Plan files come back exactly as written, and one changed word anywhere in them is noticed."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve
from returns.pipeline import is_successful
from returns.result import Result

from rebalancer_adapters.ground.file_text import FileText
from rebalancer_adapters.ground.problems import Kind, Problem, sentence
from rebalancer_adapters.saved.plan_json import load_plan, plan_from_text
from rebalancer_core.reconcile.saved_plan import SavedPlan
from tests.adapters.saved.json_schema import misfits
from tests.adapters.saved.saved_plans import plan_text, saved_plan
from tests.support.plan_factory import plan_of

SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "plan-file.schema.json"

Document = dict[str, object]


def test_a_plan_comes_back_exactly_as_it_was_written() -> None:
    saved = saved_plan()
    read = _read(plan_text(saved)).unwrap()
    assert evolve(read, sha256="") == saved
    assert len(read.sha256) == 64


def test_figures_with_more_digits_than_any_amount_come_back_exactly() -> None:
    fine = evolve(plan_of(), residual_drift_usd=Decimal("12.123456789012345678901234"))
    read = _read(plan_text(saved_plan(fine))).unwrap()
    assert read.accounts[0].plan == fine


def test_the_published_schema_describes_a_plan_file() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    document = json.loads(plan_text(saved_plan()))
    assert list(misfits(document, schema, schema)) == []
    document["plans"][0]["plan"]["orders"][0]["quantity"] = 15
    del document["expires"]
    document["more"] = None
    assert len(list(misfits(document, schema, schema))) == 3


def test_a_change_anywhere_is_noticed() -> None:
    document = json.loads(plan_text(saved_plan()))
    places = list(_leaves(document, ()))
    assert len(places) > 150
    unnoticed = [place for place in places if _is_taken(_changed(document, place))]
    assert unnoticed == []


def test_a_changed_file_is_told_from_one_that_is_no_plan() -> None:
    document = json.loads(plan_text(saved_plan()))
    document["plans"][0]["plan"]["cash"] += "1"
    (problem,) = _read(json.dumps(document)).failure()
    assert problem.kind is Kind.ALTERED


def test_spaces_and_the_order_of_keys_do_not_alter_the_content() -> None:
    document = json.loads(plan_text(saved_plan()))
    shuffled = json.dumps(dict(reversed(document.items())))
    assert _read(shuffled).unwrap() == _read(plan_text(saved_plan())).unwrap()


def _another_schema(document: Document) -> None:
    document["schema"] = 1


def _no_snapshot(document: Document) -> None:
    del document["snapshot"]


def _an_unknown_key(document: Document) -> None:
    document["plans"][0]["plan"]["orders"][0]["limit"] = "1"  # type: ignore[index]  # plain JSON


def _a_float(document: Document) -> None:
    document["plans"][0]["plan"]["cash"] = 7000.5  # type: ignore[index]  # plain JSON


def _no_account(document: Document) -> None:
    document["snapshot"]["accounts"][0]["account_id"] = 7  # type: ignore[index]  # plain JSON


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_another_schema, "p.json schema: 1 is not known -> this program reads schema 2"),
        (_no_snapshot, "p.json snapshot: the key is missing"),
        (_an_unknown_key, "p.json plans[0].plan.orders[0].limit: the key is not known"),
        (_a_float, "p.json plans[0].plan.cash: 7000.5 is not text"),
        (_no_account, "p.json snapshot.accounts[0].account_id: 7 is not text"),
    ],
)
def test_what_has_not_the_shape_of_a_plan_is_told_with_its_path(
    change: Callable[[Document], None], told: str
) -> None:
    document = json.loads(plan_text(saved_plan()))
    change(document)
    problems = _read(json.dumps(document)).failure()
    assert {each.kind for each in problems} == {Kind.WRONG}
    assert told in "\n".join(map(sentence, problems))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"schema": 1,', "p.json:1:14 this is no JSON"),
        ("[]", "p.json it is not an object"),
        ("", "p.json:1:1 this is no JSON"),
    ],
)
def test_what_is_no_object_is_told(text: str, told: str) -> None:
    assert told in "\n".join(map(sentence, _read(text).failure()))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "file does not exist" in sentence(load_plan(tmp_path / "none.json").failure()[0])


def test_orders_that_are_not_those_of_the_rows_are_never_taken() -> None:
    plan = plan_of()
    more = tuple(evolve(each, quantity=each.quantity + 1) for each in plan.orders)
    for wrong in (evolve(plan, orders=more), evolve(plan, orders=plan.orders[:1])):
        told = "\n".join(map(sentence, _read(plan_text(saved_plan(wrong))).failure()))
        assert "plans[0]: the orders are not those of the rows" in told


def test_a_plan_without_the_account_it_was_made_from_is_never_taken() -> None:
    saved = saved_plan()
    bare = evolve(saved, snapshot=evolve(saved.snapshot, accounts=()))
    told = "\n".join(map(sentence, _read(plan_text(bare)).failure()))
    assert "plans[0]: DU111111 is not in the snapshot" in told


def _read(text: str) -> Result[SavedPlan, tuple[Problem, ...]]:
    return plan_from_text(FileText(name="p.json", text=text, sha256=""))


def _leaves(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _leaves(each, (*path, index))
    else:
        yield path


def _changed(document: Document, path: tuple[str | int, ...]) -> str:
    anew = json.loads(json.dumps(document))
    inner = anew
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = _other(inner[path[-1]])
    return json.dumps(anew)


def _other(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return "1" if value is None else f"{value}1"


def _is_taken(text: str) -> bool:
    return is_successful(_read(text))
