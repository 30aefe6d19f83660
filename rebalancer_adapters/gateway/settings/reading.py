"""Settings from text: every unknown name or value is a problem with what may be written instead."""

from collections.abc import Iterable, Mapping
from datetime import time
from decimal import Decimal
from difflib import get_close_matches

from attrs import evolve, frozen

from rebalancer_adapters.gateway.settings.grammar import Wrong
from rebalancer_adapters.gateway.settings.switches import GRAMMARS, GatewaySettings


@frozen(kw_only=True)
class BadSetting:
    """A setting that cannot be: what is wrong with it, and what to write."""

    name: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.name}: {self.problem} -> {self.fix}"


def read_setting(name: str, text: str) -> object | BadSetting:
    """The value that a text gives to a setting."""
    grammar = GRAMMARS.get(name)
    if grammar is None:
        return BadSetting(name=name, problem="unknown setting", fix=_hint(name, tuple(GRAMMARS)))
    value = grammar.read(text.strip())
    if not isinstance(value, Wrong):
        return value
    fix = f"write {' or '.join(grammar.values)}"
    near = get_close_matches(text.strip(), grammar.values, n=1)
    if near:
        fix = f"did you mean {near[0]}? {fix}"
    return BadSetting(name=name, problem=f"{text!r} is not a value of it", fix=fix)


def changed_settings(
    settings: GatewaySettings, texts: Iterable[str]
) -> GatewaySettings | tuple[BadSetting, ...]:
    """The settings after every `NAME=VALUE`, the later one wins; or all that is wrong with them."""
    values: dict[str, object] = {}
    problems: list[BadSetting] = []
    for each in texts:
        name, equals, text = each.partition("=")
        if equals:
            value = read_setting(name.strip(), text)
        else:
            value = BadSetting(name=each, problem="no value", fix="write NAME=VALUE")
        if isinstance(value, BadSetting):
            problems.append(value)
        else:
            values[name.strip()] = value
    return tuple(problems) or changed(settings, values)


def changed(settings: GatewaySettings, values: Mapping[str, object]) -> GatewaySettings:
    """The settings with other values, which `read_setting` has made."""
    return evolve(settings, **values)  # type: ignore[arg-type]  # as their grammars made them


def toml_text(value: object) -> str | None:
    """How a TOML value is written as a setting, None for lists and tables."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | time():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case _:
            return None


def _hint(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{hint}known: {', '.join(known)}"
