"""Every requirement has a test that exists or says why not, and every citation finds its number."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from pathlib import Path
from typing import cast

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "requirements.md"
_NUMBER = r"R \d+(?:\.\d+)+"
_SECTION = re.compile(rf"^### ({_NUMBER}) \S", re.MULTILINE)
_REQUIREMENT = re.compile(rf"^(?:- |\| )\*\*({_NUMBER})\*\* (.*(?:\n  .*)*)", re.MULTILINE)
_NOT_YET = re.compile(r"\*\(not yet: \S[^*]*\)\*")
_CITATION = re.compile(rf"(?<!\w){_NUMBER}\b")
_OLD_CITATION = re.compile(r"\bSPEC \d")
_CITING = (".py", ".md", ".toml", ".ini", ".yml", ".json", "Makefile")


def _sections() -> list[str]:
    return _SECTION.findall(PAGE.read_text(encoding="utf-8"))


def _requirements() -> list[tuple[str, str]]:
    """Each number with its text, in the order of the page."""
    found = _REQUIREMENT.findall(PAGE.read_text(encoding="utf-8"))
    return [(number, " ".join(text.split())) for number, text in found]


def _held_by() -> dict[str, list[str]]:
    """The tests and cases of each number."""
    text = (ROOT / "docs" / "requirements.toml").read_text(encoding="utf-8")
    return cast("dict[str, list[str]]", tomllib.loads(text))


@pytest.fixture(scope="module", name="files_of")
def _files_of() -> dict[str, list[str]]:
    """The files below tests/ that have a test function of a name, by that name."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = path.relative_to(ROOT / "tests").as_posix()
                found.setdefault(node.name, []).append(name)
    return found


def _problem(reference: str, files_of: dict[str, list[str]]) -> str:
    """Why a reference names no one test or case; empty where it does."""
    file, _, name = reference.rpartition("::")
    if not name.startswith("test_"):
        exists = "/" in reference and (ROOT / "fixtures" / reference).exists()
        return "" if exists else f"{reference}: no such case"
    files = files_of.get(name, [])
    if file:
        return "" if file in files else f"{reference}: no such test"
    return "" if len(files) == 1 else f"{reference}: in {files or 'no file'}"


def test_numbers_are_unique_and_in_order() -> None:
    sections = _sections()
    assert sections == sorted(set(sections), key=_order)
    within: Counter[str] = Counter()
    for number, _ in _requirements():
        section, _, last = number.rpartition(".")
        within[section] += 1
        assert int(last) == within[section], number
    numbers = [number for number, _ in _requirements()]
    assert numbers == sorted(numbers, key=_order)
    assert list(within) == sections
    assert len(numbers) == PAGE.read_text(encoding="utf-8").count("**R ") > 300


def test_a_requirement_has_a_test_or_says_why_not() -> None:
    held_by = _held_by()
    for number, text in _requirements():
        is_open = _NOT_YET.search(text) is not None
        assert is_open is not (number in held_by), f"{number}: either tests or `not yet: why`"
        assert is_open or held_by[number], number
    assert list(held_by) == [number for number, _ in _requirements() if number in held_by]


def test_each_test_and_case_exists_once(files_of: dict[str, list[str]]) -> None:
    named = [reference for references in _held_by().values() for reference in references]
    assert [why for each in named if (why := _problem(each, files_of))] == []


def test_every_citation_is_of_a_number_on_the_page() -> None:
    known = {*_sections(), *(number for number, _ in _requirements())}
    for name, text in _citing_texts():
        assert set(_CITATION.findall(text)) <= known, name
        assert not _OLD_CITATION.search(text), name


def test_what_the_check_forbids_it_sees() -> None:
    files = {"test_a": ["x.py"], "test_b": ["x.py", "y.py"]}
    assert not _problem("test_a", files)
    assert not _problem("y.py::test_b", files)
    assert not _problem("cases/unlisted_is_kept", files)
    for wrong in ("test_b", "test_c", "z.py::test_a", "cases/nothing", "unlisted"):
        assert _problem(wrong, files), wrong
    assert _CITATION.findall("see R 3.5, R 3.5.3 and OR 2.1") == ["R 3.5", "R 3.5.3"]


def _order(number: str) -> list[int]:
    return [int(part) for part in number.removeprefix("R ").split(".")]


def _citing_texts() -> list[tuple[str, str]]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = [name for name in listed.stdout.splitlines() if name.endswith(_CITING)]
    others = [name for name in names if not name.startswith("fixtures/") and (ROOT / name).exists()]
    return [(name, (ROOT / name).read_text(encoding="utf-8")) for name in others]
