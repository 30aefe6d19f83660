"""Who says what a setting is: flag, then environment, then file, then default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from rebalancer_adapters.ground.problems import Problem, Wrong, place_in
from rebalancer_adapters.settings.ini_text import IniEntry, IniText
from rebalancer_adapters.settings.key import Key, setting_text
from rebalancer_adapters.settings.keys import ACCOUNT_PREFIX
from rebalancer_adapters.settings.settings import Flags

ENVIRONMENT_PREFIX = "REBALANCE_"


@frozen(kw_only=True)
class Said:
    """One setting as somebody wrote it: `place` for problems, `origin` for `--effective`.

    `place` is where the text begins, `key_place` where the key does; a flag has both in one.
    """

    section: str
    key: str
    text: str
    place: str
    key_place: str
    origin: str
    comment: str = ""

    def problem(self, wrong: Wrong) -> Problem:
        """What is wrong with it, at its place."""
        return wrong.at(self.place, f"{self.section}.{self.key}")

    def key_problem(self, wrong: Wrong) -> Problem:
        """What is wrong with its key, at the key's place."""
        return wrong.at(self.key_place, f"{self.section}.{self.key}")


@frozen(kw_only=True)
class Sources:
    """The three places that settings come from; `file` names the settings file in problems."""

    file: str
    ini: IniText
    environment: Mapping[str, str]
    flags: Flags
    written: Mapping[tuple[str, str], IniEntry] = field(init=False)

    @written.default
    def _(self) -> Mapping[tuple[str, str], IniEntry]:
        return {entry.name: entry for entry in self.ini.entries}

    def said(self, section: str, key: str) -> Said | None:
        """What flag, environment or file say, the first of them that speaks."""
        flag = _flag_text(self.flags, section, key)
        if flag is not None:
            name, text = flag
            return _not_in_file(section, key, text, name)
        variable = environment_name(section, key)
        if variable in self.environment:
            text, place = self.environment[variable].strip(), f"environment {variable}"
            return _not_in_file(section, key, text, place)
        entry = self.written.get((section.casefold(), key.casefold()))
        return self._said(entry) if entry else None

    def said_for(self, account: str, key: Key) -> Said | None:
        """As `said`, but the account's own section speaks before everything else.

        A flag or variable about all accounts must not lift a limit set for one of them.
        """
        own = self.said(f"{ACCOUNT_PREFIX}{account}", key.name)
        return own or self.said(key.section, key.name)

    def value(self, key: Key) -> object:
        """What `key` is for the whole run."""
        return value_of(key, self.said(key.section, key.name))

    def value_for(self, account: str, key: Key) -> object:
        """What `key` is for one account."""
        return value_of(key, self.said_for(account, key))

    def entries(self, section: str) -> tuple[Said, ...]:
        """All of one section as the file lists it, with what the environment says instead."""
        written = [entry for entry in self.ini.entries if entry.name[0] == section.casefold()]
        found = (self.said(section, entry.key) for entry in written)
        return tuple(said for said in found if said)

    def place(self, section: str) -> str:
        """Where the section begins, or the file's first line when it is not there."""
        lines = (s.line for s in self.ini.sections if s.name.casefold() == section.casefold())
        return place_in(self.file, next(lines, 1), 1)

    def _said(self, entry: IniEntry) -> Said:
        line = place_in(self.file, entry.line)
        return Said(
            section=entry.section,
            key=entry.key,
            text=entry.value,
            place=place_in(line, entry.value_column),
            key_place=place_in(line, entry.column),
            origin=line,
            comment=entry.comment,
        )


def _not_in_file(section: str, key: str, text: str, place: str) -> Said:
    return Said(section=section, key=key, text=text, place=place, key_place=place, origin=place)


def environment_name(section: str, key: str) -> str:
    """The variable that sets a key.

    >>> environment_name("ibkr", "port"), environment_name("account:DU111111", "path")
    ('REBALANCE_IBKR_PORT', 'REBALANCE_ACCOUNT_DU111111_PATH')
    """
    return ENVIRONMENT_PREFIX + re.sub(r"[^A-Z0-9]+", "_", f"{section}_{key}".upper())


def value_of(key: Key, said: Said | None) -> object:
    """The value `said`, or the default where nobody spoke or what was said is wrong."""
    parsed = _parsed(key, said)
    return key.default if said is None or isinstance(parsed, Wrong) else parsed


def wrong_with(key: Key, said: Said | None) -> tuple[Problem, ...]:
    """What is wrong with what was said about `key`, if anything."""
    parsed = _parsed(key, said)
    return (said.problem(parsed),) if said and isinstance(parsed, Wrong) else ()


def _parsed(key: Key, said: Said | None) -> object:
    """The value, what is wrong with it, or None where nobody spoke."""
    if said is None:
        return None
    if not said.text:
        return Wrong(
            problem="there is no value",
            fix=f"{key.grammar.choices}, or leave the key out ({key.default_text})".replace(
                " ()", ""
            ),
        )
    return key.grammar.parse(said.text)


def _flag_text(flags: Flags, section: str, key: str) -> tuple[str, str] | None:
    spoken = {
        ("accounts", "confirm_mode"): _flag("--confirm-mode", flags.confirm_mode),
        ("accounts", "parallel"): _flag("--parallel-accounts", flags.parallel_accounts),
        ("ibkr", "read_only"): _flag("--read-only", flags.read_only),
        ("accounts", "path"): _flag("--csv", _absolute(flags.csv)),
    }
    return spoken.get((section, key))


def _flag(name: str, value: object) -> tuple[str, str] | None:
    return (name, setting_text(value)) if value else None


def _absolute(path: Path | None) -> Path | None:
    return path.absolute() if path else None
