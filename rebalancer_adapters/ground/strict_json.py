"""JSON into frozen values, strictly: nothing is coerced, nothing is ignored, every misfit named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeVar, get_origin

import attrs
from cattrs import Converter
from cattrs.cols import homogenous_tuple_structure_factory, mapping_structure_factory
from cattrs.dispatch import StructureHook
from cattrs.errors import BaseValidationError, ClassValidationError, ForbiddenExtraKeysError
from cattrs.errors import IterableValidationError as EachValidationError
from cattrs.gen import make_dict_structure_fn

from rebalancer_adapters.ground.file_text import FileText
from rebalancer_adapters.ground.problems import Problem
from rebalancer_core.values.money import decimal_from_text

T = TypeVar("T")

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
# No amount, price or quantity needs more digits than these on either side of the point.
_MOST_DIGITS = 18
_LONGEST = 60
_SHOWN = 40


_SAVE_AGAIN = "save the file again, whole, with the command that wrote it"


class MisfitError(ValueError):
    """A value that is not of the shape it must have; `mend` says which it must have."""

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.mend = mend


def parse_json(file: FileText) -> object | Problem:
    """The JSON of a file with numbers as exact decimals, or where it stops being JSON."""
    try:
        value: object = json.loads(
            file.text,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_each_key_once,
        )
    except json.JSONDecodeError as error:
        place = f"{file.name}:{error.lineno}:{error.colno}"
        problem = f"this is no JSON: {error.msg}"
        return Problem(place=place, key="", problem=problem, mend=_SAVE_AGAIN)
    except MisfitError as misfit:
        return Problem(place=file.name, key="", problem=misfit.problem, mend=misfit.mend)
    except RecursionError:
        return Problem(place=file.name, key="", problem="it nests too deeply", mend=_SAVE_AGAIN)
    return value


def structure(
    converter: Converter, value: object, shape: type[T], file: str
) -> T | tuple[Problem, ...]:
    """`value` as `shape`, or everything in it that does not fit, each with its path."""
    try:
        return converter.structure(value, shape)
    except (BaseValidationError, MisfitError) as error:
        return tuple(_misfits(error, "", file))


def strict_converter() -> Converter:
    """A converter that takes each JSON type for itself only, and refuses unknown keys."""
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook_factory(attrs.has, _object)
    converter.register_structure_hook_factory(_is_of(tuple), _list)
    converter.register_structure_hook_factory(_is_of(dict), _table)
    converter.register_structure_hook_func(_is_enum, _choice)
    converter.register_structure_hook(str, parse_text)
    converter.register_structure_hook(bool, _switch)
    converter.register_structure_hook(int, parse_whole)
    converter.register_structure_hook(Decimal, _number)
    converter.register_structure_hook(datetime, _time)
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
            raise MisfitError(f"{_shown(value)} is not {name}", f"write {name}")
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


def _choice(value: object, kind: type[Enum]) -> Enum:
    found = next((member for member in kind if member.value == value), None)
    if found is None:
        choices = " / ".join(str(member.value) for member in kind)
        raise MisfitError(f"{_shown(value)} is not a choice", choices)
    return found


def parse_text(value: object, _: object) -> str:
    """Text as JSON writes it; raises `MisfitError` for anything else."""
    if not isinstance(value, str):
        raise MisfitError(f"{_shown(value)} is not text", 'write it in quotes: "..."')
    return value


def _switch(value: object, _: object) -> bool:
    if not isinstance(value, bool):
        raise MisfitError(
            f"{_shown(value)} is neither true nor false", "true or false, without quotes"
        )
    return value


def parse_whole(value: object, _: object) -> int:
    """A whole number, in quotes or not; raises `MisfitError` for anything else."""
    number = _number(value, _)
    if number != number.to_integral_value():
        raise MisfitError(f"{_shown(value)} is not a whole number", "write an integer")
    return int(number)


def _number(value: object, _: object) -> Decimal:
    number = decimal_from_text(value[:_LONGEST]) if isinstance(value, str) else value
    if not isinstance(number, Decimal) or (isinstance(value, str) and len(value) > _LONGEST):
        raise MisfitError(f"{_shown(value)} is not a decimal number", 'a number such as "12.50"')
    exponent = number.as_tuple().exponent
    too_fine = not isinstance(exponent, int) or exponent < -_MOST_DIGITS
    if too_fine or number.adjusted() >= _MOST_DIGITS:
        digits = f"at most {_MOST_DIGITS} digits before and after the point"
        raise MisfitError(f"{_shown(value)} is out of range", digits)
    return number


def _time(value: object, _: object) -> datetime:
    mend = "a time with its zone: 2026-01-02T15:04:05Z"
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise MisfitError(f"{_shown(value)} is no time", mend)
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MisfitError(f"{_shown(value)} is no time", mend) from None


def _shown(value: object) -> str:
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _no_constant(name: str) -> object:
    raise MisfitError(f"{name} is not a number", "leave the key out where there is no number")


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MisfitError(f"the key {twice!r} is there twice in one object", "keep one of them")
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
    elif isinstance(error, KeyError):
        yield _problem(file, path, "the key is missing", "add it")
    elif isinstance(error, MisfitError):
        yield _problem(file, path, error.problem, error.mend)
    else:
        raise error


def _problem(file: str, key: str, problem: str, mend: str) -> Problem:
    return Problem(place=file, key=key, problem=problem, mend=mend)
