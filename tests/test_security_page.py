"""Every test that SECURITY.md names exists: a promise without a test is an opinion."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_promise_names_tests_that_exist() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promises = re.findall(r"^\| (P\d+) \|.*\| (.*) \|$", page, re.MULTILINE)
    assert [name for name, _ in promises] == [f"P{number}" for number in range(1, 21)]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    for promise, held_by in promises:
        for name in re.findall(r"`([^`]+)`", held_by):
            there = (ROOT / name).is_dir() if "/" in name else f"def {name}(" in sources
            assert there, f"{promise}: {name}"
