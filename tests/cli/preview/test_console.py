"""Words of a broker, a file or a symbol are shown, never obeyed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebalancer_cli.screen.colour import coloured
from rebalancer_cli.screen.console import console_text


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("\x1b[2J\x1b[31mnot enough\x1b[0m margin", "not enough margin"),
        ("\x1b]0;new title\x07rejected", "rejected"),
        ("\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("a\r\nb\tc", "a b c"),
        ("back\x08\x08space", "back space"),
        ("\u202eevil", "evil"),
        ("caf\xe9 \u20ac \u4e2d", "caf\xe9 \u20ac ?"),
        ("[red]markup[/red]", "[red]markup[/red]"),
    ],
)
def test_escape_sequences_and_control_characters_are_gone(given_text: str, shown: str) -> None:
    assert console_text(given_text) == shown


@given(st.text())
def test_any_text_is_one_printable_line_that_a_windows_console_can_show(text: str) -> None:
    shown = console_text(text)
    assert shown.isprintable()
    assert shown.encode("cp1252").decode("cp1252") == shown


def test_colour_adds_nothing_but_colour() -> None:
    text = "VTI  SELL  15  PartiallyFilled\n=== PAPER | DU111111"
    bright = coloured(text)
    assert bright != text
    assert console_text(bright) == console_text(text)


def test_the_names_of_columns_stay_plain() -> None:
    assert coloured("Qty  Filled   Price  State") == "Qty  Filled   Price  State"
