"""JSON is read for what it is: exactly where a program wrote it, with reason where people may."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum

import pytest
from attrs import Attribute, field, frozen
from cattrs import Converter

from rebalancer_adapters.ground.problems import Problem, sentence
from rebalancer_adapters.ground.strict_json import (
    exact_converter,
    lenient_converter,
    parse_json,
    structure,
    tag_union,
)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


def _check(_of: object, _field: Attribute[Decimal], value: Decimal) -> None:
    if not value:
        message = "a thing weighs something"
        raise ValueError(message)


@frozen(kw_only=True)
class Thing:
    weight: Decimal = field(validator=_check)
    pieces: int
    at: datetime
    colours: tuple[Colour, ...] = ()


@frozen(kw_only=True)
class Cat:
    name: str


@frozen(kw_only=True)
class Dog:
    name: str


@frozen(kw_only=True)
class Home:
    pets: tuple[Cat | Dog, ...]


AT = datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC)
THING = Thing(weight=Decimal("2.50"), pieces=7, at=AT, colours=(Colour.BLUE,))
WRITTEN = '{"weight": "2.50", "pieces": 7, "at": "2026-01-02T15:04:05Z", "colours": ["blue"]}'
AS_PEOPLE_WRITE = '{"weight": 2.50, "pieces": "7", "at": "2026-01-02T16:04:05+01:00"}'


def _read(text: str, converter: Converter, shape: type[object] = Thing) -> object:
    """The value, or everything wrong with it as sentences."""
    value = parse_json(text, "f")
    if isinstance(value, Problem):
        return [sentence(value)]
    read = structure(converter, value, shape, "f")
    return [sentence(each) for each in read] if isinstance(read, tuple) else read


@pytest.mark.parametrize("converter", [exact_converter(), lenient_converter()])
def test_what_a_program_wrote_is_read_by_both(converter: Converter) -> None:
    assert _read(WRITTEN, converter) == THING


def test_what_people_write_is_read_where_they_may() -> None:
    assert _read(AS_PEOPLE_WRITE, lenient_converter()) == Thing(
        weight=Decimal("2.50"), pieces=7, at=AT
    )


def test_what_people_write_is_refused_where_a_program_writes_with_every_place() -> None:
    assert _read(AS_PEOPLE_WRITE, exact_converter()) == [
        'f weight: 2.50 is not text -> write it in quotes: "..."',
        "f pieces: '7' is not a whole number -> write an integer",
        "f at: '2026-01-02T16:04:05+01:00' is not in UTC -> 2026-01-02T15:04:05Z",
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("7", "7.0"), "pieces: 7.0 is not a whole number"),
        (("7", "7e1"), "pieces: 7E+1 is not a whole number"),
        (("7", "true"), "pieces: True is not a whole number"),
        (("7", "9" * 1_001), "pieces: 999"),
        (('"2.50"', '"2,50"'), "weight: '2,50' is not a decimal number"),
        (('"2.50"', '"' + "9" * 1_001 + '"'), "weight: '999"),
        (('"2.50"', '"0"'), "f a thing weighs something"),
        (("blue", "green"), "colours[0]: 'green' is not a choice -> red / blue"),
        (('["blue"]', '"blue"'), "colours: 'blue' is not a list [...]"),
        (('"pieces"', '"peices"'), "pieces: the key is missing"),
        (("Z", ""), "at: '2026-01-02T15:04:05' is not a time"),
        (("}", ', "pieces": 7}'), "duplicate key 'pieces' in one object"),
    ],
)
def test_what_is_not_exactly_so_is_told_with_its_path(change: tuple[str, str], told: str) -> None:
    read = _read(WRITTEN.replace(*change), exact_converter())
    assert isinstance(read, list)
    assert told in "\n".join(read)


@pytest.mark.parametrize("number", ["NaN", "-Infinity"])
def test_what_is_not_a_number_is_not_written(number: str) -> None:
    thing = Thing(weight=Decimal(number), pieces=7, at=AT)
    with pytest.raises(ValueError, match="is not a number to write down"):
        exact_converter().unstructure(thing)


def _pets() -> Converter:
    converter = exact_converter()
    tag_union(converter, Cat | Dog, tag="kind")
    return converter


def test_each_class_of_a_union_is_written_and_read_by_its_name() -> None:
    home = Home(pets=(Dog(name="Rex"), Cat(name="Tom")))
    written = _pets().unstructure(home)
    assert written == {"pets": [{"name": "Rex", "kind": "Dog"}, {"name": "Tom", "kind": "Cat"}]}
    assert structure(_pets(), written, Home, "f") == home


@pytest.mark.parametrize(
    ("pet", "told"),
    [
        ("{}", "f pets[0]: None is not a choice -> Cat / Dog"),
        ('{"kind": "Cow", "name": "Elsa"}', "f pets[0]: 'Cow' is not a choice -> Cat / Dog"),
        ('{"kind": []}', "f pets[0]: [] is not a choice -> Cat / Dog"),
        ('{"kind": "Dog"}', "f pets[0].name: the key is missing -> add it"),
        ('"Dog"', "f pets[0]: 'Dog' is not an object {...} -> write an object {...}"),
    ],
)
def test_what_is_no_class_of_the_union_is_told(pet: str, told: str) -> None:
    assert _read(f'{{"pets": [{pet}]}}', _pets(), Home) == [told]
