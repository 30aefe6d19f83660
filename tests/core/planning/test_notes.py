"""What a plan says of a sell that is cut short; the case files hold the other notes."""

from decimal import Decimal

import pytest

from rebalancer_core.planning.note_facts import SellCut
from rebalancer_core.planning.notes import row_note


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        ("3", "3 of 12 shares needed, as a buy is blocked"),
        ("0", "no share needed, as a buy is blocked"),
    ],
)
def test_a_sell_is_cut_to_what_is_needed(needed: str, words: str) -> None:
    assert row_note(SellCut(needed=Decimal(needed), wanted=Decimal(12))) == words
