"""The page "First connection" has every section that a sentence of the program names."""

import re
from pathlib import Path

import pytest

from rebalancer_core.application.doctor.findings import Check
from rebalancer_core.messages import explain
from rebalancer_core.values.faults import BrokerRefused, CannotConnect, ConnectCause
from rebalancer_core.values.first_connection import FirstConnection

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "first-connection.md"
_HEADING = re.compile(r"^## (\d+)\. ", re.MULTILINE)
_CITED = re.compile(r"docs/first-connection\.md, (\d+)")
_SOURCES = sorted(
    path
    for package in ("rebalancer_core", "rebalancer_adapters", "rebalancer_cli")
    for path in (ROOT / package).rglob("*.py")
)
_WRITTEN = sorted((ROOT / "docs").glob("*.md")) + sorted(
    path for path in (ROOT / "fixtures" / "goldens").rglob("*") if path.is_file()
)


def sections() -> dict[int, str]:
    """The text of each section by its number."""
    _, *parts = _HEADING.split(PAGE.read_text("utf-8"))
    return {int(number): text for number, text in zip(parts[::2], parts[1::2], strict=True)}


def test_the_page_has_the_sections_of_the_program_in_their_order() -> None:
    assert list(sections()) == [int(each) for each in FirstConnection]
    assert list(sections()) == list(range(1, len(FirstConnection) + 1))


def test_every_number_that_is_cited_anywhere_is_on_the_page() -> None:
    known = set(sections())
    cited = {
        (path.name, int(number))
        for path in [*_SOURCES, *_WRITTEN, ROOT / "README.md"]
        for number in _CITED.findall(path.read_text("utf-8", errors="replace"))
    }
    assert cited, "the doctest of the enum alone cites one"
    assert {each for each in cited if each[1] not in known} == set()


@pytest.mark.parametrize("section", FirstConnection)
def test_every_section_is_named_by_a_sentence_of_the_program(section: FirstConnection) -> None:
    used = f"FirstConnection.{section.name}"
    assert any(used in path.read_text("utf-8") for path in _SOURCES), section


@pytest.mark.parametrize("number", [int(each) for each in FirstConnection])
def test_every_section_says_where_what_without_it_and_which_check_sees_it(number: int) -> None:
    text = sections()[number]
    for word in ("- **Where**:", "- **Forgotten**:", "- **Doctor**:"):
        assert text.count(word) == 1, word
    _, _, doctor = text.partition("- **Doctor**:")
    named = re.findall(r"`([a-z-]+)`", doctor)
    known = {check.value for check in Check} | {cause.value for cause in ConnectCause}
    assert named
    assert set(named) <= known | {"--connect-only"}
    _, _, forgotten = text.partition("- **Forgotten**:")
    assert re.search(r"\b[4-7]\b", forgotten), "it names the exit code"


@pytest.mark.parametrize("cause", ConnectCause)
def test_each_way_in_which_no_session_comes_about_names_its_section(cause: ConnectCause) -> None:
    said = explain(CannotConnect(host="h", port=1, detail="why", hint="do", cause=cause))
    assert _CITED.search(said)


def test_a_refusal_names_read_only_only_where_its_text_does() -> None:
    text = "Error validating request: the API interface is currently in Read-Only mode."
    refused = BrokerRefused(request="open orders", code=321, text=text)
    assert explain(refused).endswith("see docs/first-connection.md, 2")
    other = BrokerRefused(request="open orders", code=321, text="Error validating request.")
    assert "first-connection" not in explain(other)


def test_the_page_is_linked_from_the_readme_and_the_runbook() -> None:
    assert "](docs/first-connection.md)" in (ROOT / "README.md").read_text("utf-8")
    assert "](first-connection.md)" in (ROOT / "docs" / "runbook.md").read_text("utf-8")
