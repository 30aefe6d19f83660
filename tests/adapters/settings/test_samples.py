"""The samples in config/: every key with its default, harmless, and refused until filled in."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from rebalancer_adapters.ground.problems import sentence
from rebalancer_adapters.portfolios.portfolios_csv import load_portfolios
from rebalancer_adapters.settings.ini_text import parse_ini
from rebalancer_adapters.settings.key import Key
from rebalancer_adapters.settings.keys import ACCOUNT_IDS, ACCOUNT_KEYS, KEYS, MODELS
from rebalancer_adapters.settings.settings import Flags
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_core.values.policy import RebalancePolicy, UnlistedPositions

CONFIG = Path(__file__).resolve().parents[3] / "config"
FILLED_IN = {"REBALANCE_ACCOUNTS_IDS": "DU111111"}

# What the sample names in a comment: they have no default to show.
WITHOUT_DEFAULT = ("account_id", *(key.name for key in KEYS if not key.default_text))
WITH_DEFAULT = [key for key in KEYS if key.default_text]


@pytest.mark.parametrize("key", WITH_DEFAULT, ids=lambda key: f"{key.section}.{key.name}")
def test_the_sample_names_each_key_with_its_default(key: Key) -> None:
    assert _sample()[key.section, key.name] == key.default_text


def test_the_sample_names_no_key_that_the_code_does_not_know() -> None:
    known = {(key.section, key.name) for key in KEYS} | {ACCOUNT_IDS}
    assert {name for name in _sample() if name[0] != MODELS} <= known


def test_every_key_is_listed_with_its_value_and_origin() -> None:
    settings = load_settings(CONFIG / "settings.ini", FILLED_IN, Flags()).unwrap()
    listed = [(each.section, each.key) for each in settings.effective if each.section != MODELS]
    assert sorted(listed) == sorted({(key.section, key.name) for key in KEYS} | {ACCOUNT_IDS})


@pytest.mark.parametrize("key", WITHOUT_DEFAULT)
def test_the_sample_names_a_key_without_default_in_a_comment(key: str) -> None:
    text = (CONFIG / "settings.ini").read_text(encoding="utf-8")
    assert re.search(rf"^# {key} = ", text, re.MULTILINE)


def test_every_key_of_the_rebalance_section_can_differ_for_one_account() -> None:
    own = {each.name for each in ACCOUNT_KEYS}
    assert own == {"path", *(each.name for each in RebalancePolicy.__attrs_attrs__)}


def test_the_sample_is_refused_for_its_placeholder_and_nothing_else() -> None:
    (problem,) = load_settings(CONFIG / "settings.ini", {}, Flags(strict=True)).failure()
    assert "UXXXXXX is a placeholder" in sentence(problem)


def test_the_filled_in_sample_previews_only_and_sells_nothing_unlisted() -> None:
    settings = load_settings(CONFIG / "settings.ini", FILLED_IN, Flags(strict=True)).unwrap()
    assert settings.gateway.read_only
    (account,) = settings.accounts
    assert account.rebalance.unlisted_positions is UnlistedPositions.KEEP
    assert account.rebalance == RebalancePolicy()


def test_the_sample_portfolios_fit_the_sample_models_and_never_mean_liquidate() -> None:
    settings = load_settings(CONFIG / "settings.ini", FILLED_IN, Flags()).unwrap()
    loaded = load_portfolios(CONFIG / "portfolios.csv", settings.blend).unwrap()
    for portfolio in loaded.portfolios:
        assert sum(weight.fraction for weight in portfolio.weights) >= Decimal("0.9")
        assert portfolio.cash >= 0


def _sample() -> dict[tuple[str, str], str]:
    text = (CONFIG / "settings.ini").read_text(encoding="utf-8")
    return {entry.name: entry.value for entry in parse_ini(text, "settings.ini").entries}
