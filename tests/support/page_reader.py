"""Reads a run's page back as a stranger would: strictly, as XML and as HTML, cell by cell."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from attrs import frozen

Row = dict[str, str]
_DOCTYPE = "<!DOCTYPE html>\n"
_ACTIVE = frozenset({"script", "iframe", "object", "embed", "form", "link", "base", "img"})


@frozen
class ReadPage:
    """A page that is well-formed; asking for what is not in it fails."""

    root: ET.Element

    @property
    def words(self) -> str:
        """Everything that is to be read, on one line."""
        return _words(self.root.find("body"))

    def summary(self) -> list[Row]:
        """The table of all accounts."""
        return _rows(_tables(self.root.find("body/main/div"))[0])

    def account(self, account_id: str) -> ReadAccount:
        """The section of one account."""
        for section in self.root.findall("body/main/section"):
            if _words(section.find("h2")).startswith(f"{account_id} "):
                return ReadAccount(section)
        raise AssertionError(f"no section for {account_id}")


@frozen
class ReadAccount:
    """One account's section."""

    section: ET.Element

    @property
    def words(self) -> str:
        """Everything in the section, on one line."""
        return _words(self.section)

    def table(self, caption: str) -> dict[str, Row]:
        """The rows of the table whose caption begins so, by their first cell."""
        for found in _tables(self.section):
            if _words(found.find("caption")).startswith(caption):
                return {next(iter(row.values())): row for row in _rows(found)}
        raise AssertionError(f"no table {caption!r}")


def read_page(page: str) -> ReadPage:
    """The page, once it is found to be well-formed and to hold nothing that acts or fetches."""
    assert page.startswith(_DOCTYPE)
    assert page.endswith("</html>\n")
    parser = _Parser()
    parser.feed(page)
    parser.close()
    assert not parser.open_tags
    assert not parser.names & _ACTIVE
    assert parser.fetched == []
    return ReadPage(ET.fromstring(page.removeprefix(_DOCTYPE)))


class _Parser(HTMLParser):
    """What a browser would see: tags that match, links, attributes that run."""

    def __init__(self) -> None:
        super().__init__()
        self.open_tags: list[str] = []
        self.names: set[str] = set()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open_tags.append(tag)
        self.handle_startendtag(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        for name, value in attrs:
            leaves = name in {"src", "href", "action"} and not (value or "").startswith("#")
            if leaves or name.startswith("on") or name == "style":
                self.fetched.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag


def _tables(within: ET.Element | None) -> list[ET.Element]:
    assert within is not None
    return within.findall(".//table")


def _rows(table: ET.Element) -> list[Row]:
    names = [_words(cell) for cell in table.findall("thead/tr/th")]
    rows = [[*row] for row in table.findall("tbody/tr")]
    for row in rows:
        assert [cell.get("data-label") for cell in row] == names
        assert row[0].get("scope") == "row"
    return [dict(zip(names, map(_words, row), strict=True)) for row in rows]


def _words(element: ET.Element | None) -> str:
    assert element is not None
    return "".join(element.itertext())
