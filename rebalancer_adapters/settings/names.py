"""Names nobody knows: a near miss of a known one is an error, any other a warning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rebalancer_adapters.ground.near_miss import near_miss
from rebalancer_adapters.ground.problems import Kind, Problem, place_in
from rebalancer_adapters.settings.ini_text import IniEntry, IniSection
from rebalancer_adapters.settings.keys import (
    ACCOUNT_KEYS,
    ACCOUNT_PREFIX,
    MODELS,
    SYMBOL_KEYS,
    SYMBOL_PREFIX,
    known_keys,
)
from rebalancer_adapters.settings.sources import ENVIRONMENT_PREFIX, Sources, environment_name

_KNOWN = known_keys()
_OWN_KEYS = tuple(key.name for key in ACCOUNT_KEYS)
_SYMBOL_KEYS = tuple(key.name for key in SYMBOL_KEYS)
# Read by the program itself, for its tests; no run trades a live account while one of them is set.
_NO_SETTINGS = frozenset({"REBALANCE_FAILPOINT", "REBALANCE_PATIENCE", "REBALANCE_RECOVERY_PAUSE"})


def check_names(sources: Sources, ids: Sequence[str]) -> tuple[Problem, ...]:
    """Every section, key and variable that is not known, with the known one it resembles.

    `ids` are the account ids as written; without any, account sections are not judged by them.
    """
    bad_sections = {
        section.name.casefold(): problem
        for section in sources.ini.sections
        for problem in _check_section(section, sources.file, ids)
    }
    judged = (
        entry
        for entry in sources.ini.entries
        if (found := bad_sections.get(entry.section.casefold())) is None or found.is_warning
    )
    keys = (problem for entry in judged for problem in _check_key(entry, sources.file))
    return (*bad_sections.values(), *keys, *_check_variables(sources, ids))


def _check_section(section: IniSection, file: str, ids: Sequence[str]) -> tuple[Problem, ...]:
    name = section.name.casefold()
    place = place_in(file, section.line, 1)
    if name in _KNOWN or not name or name == "default" or name.startswith(SYMBOL_PREFIX):
        return ()
    if name.startswith(ACCOUNT_PREFIX):
        return _check_account(section.name, place, ids)
    own = [f"{ACCOUNT_PREFIX}{each}" for each in ids]
    of_symbol = f"{SYMBOL_PREFIX}{section.name.partition(':')[2].strip() or 'NAME'}"
    near = near_miss(name, [*_KNOWN, *own, "account:ID", of_symbol])
    return (_unknown(place, section.name, "section", near and f"[{near}]"),)


def _check_account(name: str, place: str, ids: Sequence[str]) -> tuple[Problem, ...]:
    account = name[len(ACCOUNT_PREFIX) :].strip()
    if not ids or account in ids:
        return ()
    near = near_miss(account, ids)
    problem = "[accounts] ids does not list this account"
    fix = f"did you mean {near}?" if near else f"listed are: {', '.join(ids)}"
    return (Problem(place=place, key=name, problem=problem, fix=fix),)


def _check_key(entry: IniEntry, file: str) -> tuple[Problem, ...]:
    place, section, name = (
        place_in(file, entry.line, entry.column),
        entry.section.casefold(),
        entry.key.casefold(),
    )
    here = _keys_of(section)
    if name in here or not section:
        return ()
    elsewhere = next((other for other, names in _KNOWN.items() if name in names), None)
    if elsewhere:
        problem = f"[{entry.section}] has no such key, [{elsewhere}] has"
        fix = f"move it to [{elsewhere}]"
        about = f"{entry.section}.{entry.key}"
        return (Problem(place=place, key=about, problem=problem, fix=fix),)
    if section == MODELS:
        return ()
    every = (each for names in _KNOWN.values() for each in names)
    near = near_miss(name, here) or near_miss(name, every)
    return (_unknown(place, f"{entry.section}.{entry.key}", "key", near),)


def _keys_of(section: str) -> tuple[str, ...]:
    if section.startswith(SYMBOL_PREFIX):
        return _SYMBOL_KEYS
    return _OWN_KEYS if section.startswith(ACCOUNT_PREFIX) else _KNOWN.get(section, ())


def _check_variables(sources: Sources, ids: Sequence[str]) -> Iterable[Problem]:
    known = _known_variables(sources, ids)
    for variable in sorted(set(sources.environment) - _NO_SETTINGS):
        if variable.startswith(ENVIRONMENT_PREFIX) and variable not in known:
            bare = variable.removeprefix(ENVIRONMENT_PREFIX)
            near = near_miss(bare, (each.removeprefix(ENVIRONMENT_PREFIX) for each in known))
            fix = near and f"{ENVIRONMENT_PREFIX}{near}"
            yield _unknown("environment", variable, "variable", fix)


def _known_variables(sources: Sources, ids: Sequence[str]) -> frozenset[str]:
    own = {f"{ACCOUNT_PREFIX}{account}": _OWN_KEYS for account in ids}
    models = {MODELS: tuple(said.key for said in sources.entries(MODELS))}
    names = {**_KNOWN, **own, **models, **_of_symbols(sources)}
    return frozenset(environment_name(section, key) for section in names for key in names[section])


def _of_symbols(sources: Sources) -> dict[str, tuple[str, ...]]:
    names = (section.name for section in sources.ini.sections)
    return {name: _SYMBOL_KEYS for name in names if name.casefold().startswith(SYMBOL_PREFIX)}


def _unknown(place: str, key: str, what: str, near: str | None) -> Problem:
    return Problem(
        place=place,
        key=key,
        problem=f"the {what} is not known",
        fix=f"did you mean {near}?" if near else "check the spelling, or remove it",
        kind=Kind.WARNING if near is None else Kind.WRONG,
    )
