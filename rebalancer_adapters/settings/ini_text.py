"""An INI file as its lines say it: sections, keys and values with their places, or problems."""

from __future__ import annotations

import re

from attrs import field, frozen

from rebalancer_adapters.ground.file_text import is_control, lines, named_character
from rebalancer_adapters.ground.problems import Problem, place_in

_COMMENT_MARKS = (";", "#")
_INLINE_COMMENT = re.compile(r"(?<=\s)[;#]")
_HEADER = re.compile(r"\[([^\[\]]*)\]")
_DEFAULT = "default"


@frozen(kw_only=True)
class IniEntry:
    """`key = value` on `line`; `comment` is the text that an inline comment took from the value.

    The key begins at `column`, the value at `value_column`, where nothing stands just behind the
    `=`; both count from 1.
    """

    section: str
    key: str
    value: str
    line: int
    column: int
    value_column: int
    comment: str = ""

    @property
    def name(self) -> tuple[str, str]:
        """What two entries must not share: section and key without regard to case."""
        return (self.section.casefold(), self.key.casefold())


@frozen(kw_only=True)
class IniSection:
    """`[name]` on `line`."""

    name: str
    line: int


@frozen(kw_only=True)
class IniText:
    """One file's sections and entries in file order, each once, and what is wrong with its lines.

    Entries of a section that may not be there (`[DEFAULT]`) are left out.
    """

    sections: tuple[IniSection, ...] = ()
    entries: tuple[IniEntry, ...] = ()
    problems: tuple[Problem, ...] = ()


@frozen(kw_only=True)
class _Line:
    """A line with its meaning: at most one of `header` and `entry`, any number of problems."""

    header: IniSection | None = None
    entry: IniEntry | None = None
    problems: tuple[Problem, ...] = field(default=())


def parse_ini(text: str, file: str) -> IniText:
    """The sections and entries of `text`; every line that cannot be one is a problem.

    A wrong line is still read for what it seems to say, so that one slip is one problem.

    >>> parse_ini("[ibkr]\\nport = 4002  ; paper", "s.ini").entries[0].value
    '4002'
    """
    section: IniSection | None = None
    read: list[_Line] = []
    for number, raw in enumerate(lines(text), start=1):
        line = _line(raw, file, number, section)
        section = line.header or section
        read.append(line)
    sections, doubled_sections = _once([line.header for line in read if line.header], file)
    entries, doubled_entries = _entries_once([line.entry for line in read if line.entry], file)
    problems = [problem for line in read for problem in line.problems]
    return IniText(
        sections=sections,
        entries=tuple(entry for entry in entries if entry.section.casefold() != _DEFAULT),
        problems=(*problems, *doubled_sections, *doubled_entries),
    )


@frozen(kw_only=True)
class _Bare:
    """The `text` of a line without blanks around and control characters, and each one's column."""

    text: str
    place: str
    line: int
    columns: tuple[int, ...]

    def column(self, index: int) -> int:
        """The column of a character; behind the last one the next."""
        return self.columns[index] if index < len(self.columns) else self.columns[-1] + 1

    def at(self, index: int) -> str:
        """The place of a character."""
        return place_in(self.place, self.column(index))


def _line(raw: str, file: str, number: int, section: IniSection | None) -> _Line:
    place = place_in(file, number)
    kept = [(c, each) for c, each in enumerate(raw, start=1) if not is_control(each)]
    whole = "".join(each for _, each in kept)
    text = whole.strip()
    controls = _controls(raw, place)
    if not text or text.startswith(_COMMENT_MARKS):
        return _Line(problems=controls)
    first = whole.index(text)
    columns = tuple(column for column, _ in kept[first : first + len(text)])
    bare = _Bare(text=text, place=place, line=number, columns=columns)
    indented = _indented(bare, section) if raw[0] in " \t" else ()
    return _meaning(bare, section, (*controls, *indented))


def _controls(raw: str, place: str) -> tuple[Problem, ...]:
    columns = (column for column, character in enumerate(raw, start=1) if is_control(character))
    first = next(columns, None)
    if first is None:
        return ()
    what = named_character(raw[first - 1])
    return (_problem(place_in(place, first), f"{what} in the line", "remove it"),)


def _indented(bare: _Bare, section: IniSection | None) -> tuple[Problem, ...]:
    problem = "the line is indented: other programs would join it to the line above"
    key = _entry_key(bare.text, section)
    fix = "start it at the first column; each key and its value on one line"
    return (Problem(place=place_in(bare.place, 1), key=key, problem=problem, fix=fix),)


def _meaning(bare: _Bare, section: IniSection | None, before: tuple[Problem, ...]) -> _Line:
    said, comment = _without_comment(bare.text)
    if said.startswith("["):
        return _header(said.rstrip(), place_in(bare.place, 1), bare.line, before)
    key, equals, value = (part.strip() for part in said.partition("="))
    if section is None:
        what = f"{bare.text!r} appears before the first [section]"
        fix = "put its [section] above it"
        return _Line(problems=(*before, _problem(bare.at(0), what, fix)))
    if section.name.casefold() == _DEFAULT:
        return _Line()
    if not equals and before:
        return _Line(problems=before)
    if not equals or not key:
        problem, fix = f"{bare.text!r} is not a `key = value` line", "write key = value on one line"
        return _Line(problems=(_in(section, bare.at(0), problem, fix),))
    entry = IniEntry(
        section=section.name,
        key=key,
        value=value,
        line=bare.line,
        column=bare.column(0),
        value_column=bare.column(_value_index(said)),
        comment=comment,
    )
    return _Line(entry=entry, problems=before)


def _value_index(said: str) -> int:
    """Where the value begins; of an empty one the place just behind the `=`."""
    behind = said.index("=") + 1
    value = said[behind:]
    return behind + len(value) - len(value.lstrip()) if value.strip() else behind


def _header(value: str, place: str, number: int, before: tuple[Problem, ...]) -> _Line:
    whole = _HEADER.fullmatch(value)
    name = value.lstrip("[").partition("]")[0].strip()
    header = IniSection(name=name, line=number)
    if not whole or not name:
        return _Line(header=header, problems=(*before, _bad_header(value, place)))
    if name.casefold() == _DEFAULT:
        problem = "[DEFAULT] would leak its values into every section"
        return _Line(
            header=header,
            problems=(*before, _in(header, place, problem, "write each key in its own section")),
        )
    return _Line(header=header, problems=before)


def _bad_header(value: str, place: str) -> Problem:
    return _problem(place, f"{value!r} is not a section", "write [name] alone on its line")


def _once(
    headers: list[IniSection], file: str
) -> tuple[tuple[IniSection, ...], tuple[Problem, ...]]:
    seen: dict[str, IniSection] = {}
    problems: list[Problem] = []
    for header in headers:
        first = seen.setdefault(header.name.casefold(), header)
        if first is not header:
            problem = f"duplicate section, first on line {first.line}"
            problems.append(_in(header, place_in(file, header.line, 1), problem, "join the two"))
    return tuple(seen.values()), tuple(problems)


def _entries_once(
    entries: list[IniEntry], file: str
) -> tuple[tuple[IniEntry, ...], tuple[Problem, ...]]:
    seen: dict[tuple[str, str], IniEntry] = {}
    problems: list[Problem] = []
    for entry in entries:
        first = seen.setdefault(entry.name, entry)
        if first is not entry:
            problems.append(
                Problem(
                    place=place_in(file, entry.line, entry.column),
                    key=f"{entry.section}.{entry.key}",
                    problem=f"duplicate key, first on line {first.line}",
                    fix="keep one of them",
                )
            )
    return tuple(seen.values()), tuple(problems)


def _without_comment(bare: str) -> tuple[str, str]:
    cut = _INLINE_COMMENT.search(bare)
    return (bare[: cut.start()], bare[cut.end() :]) if cut else (bare, "")


def _entry_key(bare: str, section: IniSection | None) -> str:
    key, equals, _ = bare.partition("=")
    name = section.name if section else ""
    return f"{name}.{key.strip()}" if equals else name


def _in(section: IniSection, place: str, problem: str, fix: str) -> Problem:
    return Problem(place=place, key=section.name, problem=problem, fix=fix)


def _problem(place: str, problem: str, fix: str) -> Problem:
    return Problem(place=place, key="", problem=problem, fix=fix)
