"""docs/library.md and docs/fake-broker.md: what they show is what the code does."""

import doctest
import re
from pathlib import Path

import pytest

import rebalancer_adapters.memory
import rebalancer_core

DOCS = Path(__file__).resolve().parents[1] / "docs"
LIBRARY, FAKE_BROKER = DOCS / "library.md", DOCS / "fake-broker.md"


@pytest.mark.parametrize("page", [LIBRARY, FAKE_BROKER], ids=lambda page: page.stem)
def test_the_examples_of_the_page_run(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DOCS.parent)
    tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried.attempted > 20
    assert not tried.failed


def test_every_public_function_is_on_the_page() -> None:
    assert {name for name in rebalancer_core.__all__ if name.islower()} <= _words_of(LIBRARY)


def test_every_part_of_the_fake_broker_is_on_its_page() -> None:
    assert set(rebalancer_adapters.memory.__all__) <= _words_of(FAKE_BROKER)


def _words_of(page: Path) -> set[str]:
    return set(re.findall(r"\w+", page.read_text(encoding="utf-8")))
