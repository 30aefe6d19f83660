"""`[symbol:NAME]`: the rules of single symbols, the same in every account."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from rebalancer_adapters.ground.problems import Problem, place_in
from rebalancer_adapters.settings.ini_text import IniSection
from rebalancer_adapters.settings.key import setting_text
from rebalancer_adapters.settings.keys import SYMBOL_KEYS, SYMBOL_PREFIX
from rebalancer_adapters.settings.settings import EffectiveValue
from rebalancer_adapters.settings.sources import Said, Sources, value_of, wrong_with
from rebalancer_core.values.instruments import CASH, Symbol
from rebalancer_core.values.symbol_rules import SymbolRule

# As in portfolios.csv.
_SYMBOL = re.compile(r"(?=.{1,20}$)[A-Z0-9][A-Z0-9.-]*(?: [A-Z0-9.-]+)*", re.ASCII)


def check_symbols(sources: Sources) -> Iterable[Problem]:
    """What is wrong with the names and the values of the sections."""
    seen: dict[Symbol, IniSection] = {}
    for section in _sections(sources):
        symbol = _symbol(section)
        first = seen.setdefault(symbol, section)
        place = place_in(sources.file, section.line, 1)
        if symbol == CASH or not _SYMBOL.fullmatch(symbol):
            problem = f"{symbol!r} is not a symbol of portfolios.csv that can be traded"
            fix = "[symbol:NAME] with a symbol as portfolios.csv has it"
            yield Problem(place=place, key=section.name, problem=problem, fix=fix)
        elif first is not section:
            problem = f"duplicate section of {symbol}, first on line {first.line}"
            yield Problem(place=place, key=section.name, problem=problem, fix="join the two")
        for key in SYMBOL_KEYS:
            yield from wrong_with(key, sources.said(section.name, key.name))


def symbol_rules(sources: Sources) -> tuple[SymbolRule, ...]:
    """One rule a section, in the order of the file."""
    return tuple(_rule(sources, section) for section in _sections(sources))


def own_bands(sources: Sources) -> tuple[tuple[SymbolRule, Said], ...]:
    """The rules with a band of their own, and where they say so."""
    said = ((section, sources.said(section.name, "band_bps")) for section in _sections(sources))
    found = ((_rule(sources, section), spoken) for section, spoken in said if spoken)
    return tuple((rule, spoken) for rule, spoken in found if rule.band_bps is not None)


def contract_places(sources: Sources) -> Mapping[Symbol, str]:
    """Where the file names the contract of a symbol."""
    return {
        _symbol(section): said.place
        for section in _sections(sources)
        if (said := sources.said(section.name, "con_id"))
    }


def symbol_places(sources: Sources) -> Mapping[Symbol, str]:
    """Where the section of each symbol begins."""
    return {
        _symbol(section): place_in(sources.file, section.line, 1) for section in _sections(sources)
    }


def effective_symbols(sources: Sources) -> Iterable[EffectiveValue]:
    """Every key of every section with its origin."""
    for section in _sections(sources):
        for key in SYMBOL_KEYS:
            said = sources.said(section.name, key.name)
            yield EffectiveValue(
                scope="",
                section=f"{SYMBOL_PREFIX}{_symbol(section)}",
                key=key.name,
                value=setting_text(value_of(key, said)),
                origin=said.origin if said else "default",
            )


def _rule(sources: Sources, section: IniSection) -> SymbolRule:
    make: Callable[..., SymbolRule] = SymbolRule
    said = {key.name: value_of(key, sources.said(section.name, key.name)) for key in SYMBOL_KEYS}
    return make(symbol=_symbol(section), **said)


def _sections(sources: Sources) -> tuple[IniSection, ...]:
    every = sources.ini.sections
    return tuple(each for each in every if each.name.casefold().startswith(SYMBOL_PREFIX))


def _symbol(section: IniSection) -> Symbol:
    return Symbol(section.name[len(SYMBOL_PREFIX) :].strip().upper())
