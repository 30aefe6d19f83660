"""Every test and case that a page names exists: a promise without a test is an opinion."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_promise_names_tests_that_exist() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promises = re.findall(r"^\| (P\d+) \|.*\| (.*) \|$", page, re.MULTILINE)
    assert [name for name, _ in promises] == [f"P{number}" for number in range(1, 22)]
    for promise, held_by in promises:
        assert not _missing(held_by), promise


def test_every_known_defect_names_tests_and_cases_that_exist() -> None:
    page = (ROOT / "docs" / "known-defects.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*) \| .* \| (`.*`) \|$", page, re.MULTILINE)
    assert len(rows) > 12
    for defect, kept_away_by in rows:
        assert not _missing(kept_away_by), defect


def _missing(cell: str) -> list[str]:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    names = re.findall(r"`([^`]+)`", cell)
    return [name for name in names if not _is_file(name) and f"def {name}(" not in sources]


def _is_file(name: str) -> bool:
    return "/" in name and ((ROOT / name).exists() or (ROOT / "fixtures" / name).exists())
