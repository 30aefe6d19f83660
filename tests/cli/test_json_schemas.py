"""What a command prints with --json has the shape that docs/schemas/ publishes for it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rebalancer_cli.main import cli
from tests.adapters.saved.json_schema import Schema, misfits
from tests.support.environment import ROOT

_SCREEN = re.compile(r"^\$ rebalance (.*)\n((?:.*\n)*?)--- stderr$", re.MULTILINE)
_SCHEMAS = sorted((ROOT / "docs" / "schemas").glob("*.schema.json"))


def _schema(path: Path) -> Schema:
    schema: Schema = json.loads(path.read_text(encoding="utf-8"))
    return schema


def _printed() -> Iterator[tuple[str, dict[str, object]]]:
    """Every object that a golden session printed, by its command line."""
    for path in sorted((ROOT / "fixtures" / "goldens").glob("*/*.txt")):
        for line, stdout in _SCREEN.findall(path.read_text(encoding="utf-8")):
            if "--json" in line.split() and stdout:
                yield line, json.loads(stdout)


PRINTED = dict(_printed())


def _schema_for(line: str, document: dict[str, object]) -> Schema:
    if set(document) == {"schema", "command", "error"}:
        return _schema(ROOT / "docs" / "schemas" / "error.schema.json")
    name = str(document["command"])
    file = {"plan": "run", "apply": "run"}.get(name, name)
    suffix = "-connect-only" if "--connect-only" in line else ""
    return _schema(ROOT / "docs" / "schemas" / f"{file}{suffix}.schema.json")


@pytest.mark.parametrize("line", PRINTED)
def test_what_is_printed_has_the_published_shape(line: str) -> None:
    document = PRINTED[line]
    schema = _schema_for(line, document)
    assert list(misfits(document, schema, schema)) == []
    words = line.split()
    assert document["command"] == ("run" if words[0].startswith("-") else words[0])
    assert list(document)[:2] == ["schema", "command"]


@pytest.mark.parametrize("line", PRINTED)
def test_nothing_can_be_left_out_or_added_unnoticed(line: str) -> None:
    document = PRINTED[line]
    schema = _schema_for(line, document)
    for name in document:
        without = {key: value for key, value in document.items() if key != name}
        assert list(misfits(without, schema, schema)) == [f"$: {name} is missing"]
    assert list(misfits({**document, "more": 1}, schema, schema)) == ["$: more is not known"]


def test_every_command_that_prints_json_is_held_by_a_schema_and_an_example() -> None:
    printing = {
        name
        for name in cli.list_commands(None)  # type: ignore[arg-type]  # the list needs no context
        for command in (cli.get_command(None, name),)  # type: ignore[arg-type]  # nor this
        if command and any("--json" in option.opts for option in command.params)
    }
    assert printing == {str(document["command"]) for document in PRINTED.values()}
    published = {path.name for path in _SCHEMAS}
    used = {_schema_for(line, document)["title"] for line, document in PRINTED.items()}
    assert used == {_schema(path)["title"] for path in _SCHEMAS}, published
