"""JSON into frozen values, strictly: nothing is coerced, nothing is ignored, every misfit named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TypeVar, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.cols import homogenous_tuple_structure_factory, mapping_structure_factory
from cattrs.dispatch import StructureHook
from cattrs.errors import BaseValidationError, ClassValidationError, ForbiddenExtraKeysError
from cattrs.errors import IterableValidationError as EachValidationError
from cattrs.gen import make_dict_structure_fn
from cattrs.strategies import configure_tagged_union

from rebalancer_adapters.ground.json_values import (
    MisfitError,
    decimal_text,
    not_a_choice,
    parse_choice,
    parse_exact_number,
    parse_exact_whole,
    parse_number,
    parse_switch,
    parse_text,
    parse_time,
    parse_utc_time,
    parse_whole,
    shown,
    time_text,
)
from rebalancer_adapters.ground.problems import Problem, place_in

T = TypeVar("T")

_SAVE_AGAIN = "save the file again, whole, with the command that wrote it"


def parse_json(text: str, file: str) -> object | Problem:
    """The JSON of a text with numbers as exact decimals, or where it stops being JSON."""
    try:
        value: object = json.loads(
            text,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_each_key_once,
        )
    except json.JSONDecodeError as error:
        place = place_in(file, error.lineno, error.colno)
        problem = f"this is no JSON: {error.msg}"
        return Problem(place=place, key="", problem=problem, fix=_SAVE_AGAIN)
    except MisfitError as misfit:
        return Problem(place=file, key="", problem=misfit.problem, fix=misfit.fix)
    except RecursionError:
        return Problem(place=file, key="", problem="it nests too deeply", fix=_SAVE_AGAIN)
    return value


def structure(
    converter: Converter, value: object, shape: type[T], file: str
) -> T | tuple[Problem, ...]:
    """`value` as `shape`, or everything in it that does not fit, each with its path."""
    try:
        return converter.structure(value, shape)
    except (BaseValidationError, MisfitError) as error:
        return tuple(_misfits(error, "", file))


def lenient_converter() -> Converter:
    """Takes numbers in quotes or not, within reason, and times of any zone: people write them."""
    return _converter(number=parse_number, whole=parse_whole, time=parse_time)


def exact_converter(*, write_time: Callable[[datetime], str] = time_text) -> Converter:
    """Reads what it wrote alone: numbers as decimal text, ids as integers, times in UTC."""
    converter = _converter(number=parse_exact_number, whole=parse_exact_whole, time=parse_utc_time)
    converter.register_unstructure_hook(Decimal, decimal_text)
    converter.register_unstructure_hook(datetime, write_time)
    return converter


def tag_union(
    converter: Converter, union: object, tag: str, names: Mapping[type, str] | None = None
) -> None:
    """Write and read the classes of a union with their name, or that of `names`, under `tag`."""
    other_names = names or {}

    def name_of(kind: type) -> str:
        return other_names.get(kind, kind.__name__)

    configure_tagged_union(union, converter, tag_name=tag, tag_generator=name_of)
    parse = converter.get_structure_hook(union)
    known = tuple(map(name_of, get_args(union)))

    def named(value: object, kind: type[T]) -> object:
        name = value.get(tag) if isinstance(value, dict) else None
        if name not in known:
            raise not_a_choice(name, known)
        parsed: object = parse(value, kind)
        return parsed

    converter.register_structure_hook(union, _shaped(named, dict, "an object {...}"))


def _converter(*, number: StructureHook, whole: StructureHook, time: StructureHook) -> Converter:
    """Takes each JSON type for itself only, and refuses unknown keys."""
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook_factory(attrs.has, _object)
    converter.register_structure_hook_factory(_is_of(tuple), _list)
    converter.register_structure_hook_factory(_is_of(dict), _table)
    converter.register_structure_hook_func(_is_enum, parse_choice)
    converter.register_structure_hook(str, parse_text)
    converter.register_structure_hook(bool, parse_switch)
    converter.register_structure_hook(int, whole)
    converter.register_structure_hook(Decimal, number)
    converter.register_structure_hook(datetime, time)
    return converter


def _object(shape: type[T], converter: Converter) -> StructureHook:
    fields = make_dict_structure_fn(shape, converter, _cattrs_forbid_extra_keys=True)
    return _shaped(fields, dict, "an object {...}")


def _list(shape: type[T], converter: Converter) -> StructureHook:
    return _shaped(homogenous_tuple_structure_factory(shape, converter), list, "a list [...]")


def _table(shape: type[T], converter: Converter) -> StructureHook:
    return _shaped(mapping_structure_factory(shape, converter), dict, "an object {...}")


def _shaped(parse: StructureHook, kind: type, name: str) -> StructureHook:
    """`parse` for JSON of one kind; cattrs itself would call methods that others lack."""

    def checked(value: object, shape: type[T]) -> object:
        if not isinstance(value, kind):
            raise MisfitError(f"{shown(value)} is not {name}", f"write {name}")
        parsed: object = parse(value, shape)
        return parsed

    return checked


def _is_of(container: type) -> Callable[[object], bool]:
    def is_of(kind: object) -> bool:
        origin: object = get_origin(kind)
        return origin is container

    return is_of


def _is_enum(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _no_constant(name: str) -> object:
    raise MisfitError(f"{name} is not a number", "leave the key out where there is no number")


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MisfitError(f"duplicate key {twice!r} in one object", "keep one of them")
    return found


def _misfits(error: BaseException, path: str, file: str) -> Iterable[Problem]:
    """The leaves of a tree of errors, each with the path of notes that leads to it."""
    if isinstance(error, ClassValidationError):
        fields, others = error.group_exceptions()
        for inner, field in fields:
            yield from _misfits(inner, f"{path}.{field.name}".lstrip("."), file)
        for inner in others:
            yield from _misfits(inner, path, file)
    elif isinstance(error, EachValidationError):
        for inner, item in error.group_exceptions()[0]:
            index = item.index
            step = f"[{index}]" if isinstance(index, int) else f".{index}"
            yield from _misfits(inner, f"{path}{step}", file)
    elif isinstance(error, ForbiddenExtraKeysError):
        for name in sorted(error.extra_fields):
            key = f"{path}.{name}".lstrip(".")
            yield _problem(file, key, "the key is not known", "check the spelling, or remove it")
    else:
        yield _misfit(error, path, file)


def _misfit(error: BaseException, path: str, file: str) -> Problem:
    if isinstance(error, KeyError):
        return _problem(file, path, "the key is missing", "add it")
    if isinstance(error, MisfitError):
        return _problem(file, path, error.problem, error.fix)
    if isinstance(error, ValueError):
        # What the class itself refuses, such as an order of no shares.
        return _problem(file, path, str(error), "")
    raise error


def _problem(file: str, key: str, problem: str, fix: str) -> Problem:
    return Problem(place=file, key=key, problem=problem, fix=fix)
