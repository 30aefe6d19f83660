"""Near misses of names are caught, and other words are left alone."""

import pytest

from rebalancer_adapters.ground.near_miss import near_miss
from rebalancer_adapters.settings.keys import KEYS

NAMES = [key.name for key in KEYS]


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("max_levrage", "max_leverage"),
        ("max_leverages", "max_leverage"),
        ("max_levearge", "max_leverage"),
        ("Max Leverage", "max_leverage"),
        ("maxLeverage", "max_leverage"),
        ("min_order", "min_order_usd"),
        ("readonly", "read_only"),
        ("hsot", "host"),
        ("prot", "port"),
        ("pork", "port"),
        ("mdoe", "mode"),
        ("max_order_usd_", "max_order_usd"),
    ],
)
def test_a_slip_finds_what_was_meant(slip: str, meant: str) -> None:
    assert near_miss(slip, NAMES) == meant


@pytest.mark.parametrize("word", ["colour", "x", "", "notes", "owner", "weather", "a" * 5_000])
def test_another_word_is_no_slip(word: str) -> None:
    assert near_miss(word, NAMES) is None


@pytest.mark.parametrize("name", NAMES)
def test_every_name_with_any_one_letter_lost_is_a_slip(name: str) -> None:
    for place in range(len(name)):
        slip = name[:place] + name[place + 1 :]
        assert slip == "" or near_miss(slip, NAMES), slip
