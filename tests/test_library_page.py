"""docs/library.md: what it shows is what the core does."""

import doctest
import re
from pathlib import Path

import pytest

import rebalancer_core

PAGE = Path(__file__).resolve().parents[1] / "docs" / "library.md"


def test_the_examples_of_the_page_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PAGE.parents[1])
    tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried.attempted > 30
    assert not tried.failed


def test_every_public_function_is_on_the_page() -> None:
    named = set(re.findall(r"\w+", PAGE.read_text(encoding="utf-8")))
    assert {name for name in rebalancer_core.__all__ if name.islower()} <= named
