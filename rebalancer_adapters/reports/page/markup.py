"""Markup is made here alone: text and attributes are escaped on the way in, tags always close.

What comes out is HTML and well-formed XML alike, so that any reader can check it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from html import escape
from typing import NewType

from attrs import frozen

from rebalancer_core.reporting.cells import Cell, cell_text
from rebalancer_core.values.money import ZERO

Markup = NewType("Markup", str)
NOTHING = "-"


class Look(Enum):
    """How a column is set: words to the left, figures to the right, a picture over its width."""

    WORDS = "words"
    NUMBER = "number"
    PICTURE = "picture"


@frozen()
class Heading:
    """One column: its name and its look."""

    name: str
    look: Look = Look.WORDS


def text(words: str) -> Markup:
    r"""Words as they are to be read; what cannot be seen or would turn the line stands as escape.

    >>> text("<b>R&D</b>\x1b")
    '&lt;b&gt;R&amp;D&lt;/b&gt;\\x1b'
    """
    return Markup(escape(_visible(words)))


def figure(cell: Cell) -> Markup:
    """A report's cell for people: thousands grouped, `-` for what is not known.

    >>> figure(Decimal("18420.00")), figure(None), figure("DU111111")
    ('18,420.00', '-', 'DU111111')
    """
    if isinstance(cell, Decimal):
        return Markup(f"{cell:,f}")
    return text(cell_text(cell) or NOTHING)


def signed_figure(cell: Decimal | None) -> Markup:
    """The same with its sign, also above zero.

    >>> signed_figure(Decimal("1.2500")), signed_figure(Decimal("-0.4")), signed_figure(Decimal(0))
    ('+1.2500', '-0.4', '0')
    """
    return Markup(f"{cell:+,f}") if cell is not None and cell > ZERO else figure(cell)


def tag(element: str, /, *children: Markup, **attributes: str) -> Markup:
    """One element. `class_` is the attribute class, `aria_label` is aria-label.

    >>> tag("p", text("3 < 4"), class_="note")
    '<p class="note">3 &lt; 4</p>'
    >>> tag("br")
    '<br />'
    """
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_visible(value))}"'
        for key, value in attributes.items()
    )
    inner = together(*children)
    return Markup(f"<{element}{named}>{inner}</{element}>" if children else f"<{element}{named} />")


def together(*parts: Markup) -> Markup:
    """The parts one after the other.

    >>> together(text("a"), tag("br"), text("b"))
    'a<br />b'
    """
    return Markup("".join(parts))


def table(
    caption: str, headings: tuple[Heading, ...], rows: Iterable[tuple[Markup, ...]]
) -> Markup:
    """A table whose rows begin with what they are about; a row is as long as `headings`.

    Each cell repeats its column's name for narrow windows, where rows are shown as cards. The
    roles say again what the tags do, because a card is not a table to every screen reader.
    """
    head = (
        tag(
            "th",
            text(heading.name),
            class_=heading.look.value,
            scope="col",
            role="columnheader",
        )
        for heading in headings
    )
    body = tuple(_row(headings, row) for row in rows)
    return tag(
        "div",
        tag(
            "table",
            tag("caption", text(caption)),
            tag("thead", tag("tr", *head, role="row"), role="rowgroup"),
            tag("tbody", *body, role="rowgroup"),
            role="table",
        ),
        class_="scroll",
        role="region",
        aria_label=caption,
        tabindex="0",
    )


def listed(facts: tuple[tuple[str, Markup], ...]) -> Markup:
    """Names with their facts."""
    return tag(
        "dl",
        *(tag("div", tag("dt", text(name)), tag("dd", fact)) for name, fact in facts),
    )


def _row(headings: tuple[Heading, ...], cells: tuple[Markup, ...]) -> Markup:
    made = (
        tag(
            "td" if number else "th",
            tag("span", cell),
            class_=heading.look.value,
            data_label=heading.name,
            **_header_of_row(number),
        )
        for number, (heading, cell) in enumerate(zip(headings, cells, strict=True))
    )
    return together(Markup("\n"), tag("tr", *made, role="row"))


def _header_of_row(number: int) -> dict[str, str]:
    return {"role": "cell"} if number else {"scope": "row", "role": "rowheader"}


def _visible(words: str) -> str:
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in words
    )
