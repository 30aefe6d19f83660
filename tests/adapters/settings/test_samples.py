"""The samples in config/: every key with its default, harmless, and refused until filled in."""

import re
from pathlib import Path

import pytest

from rebalancer_adapters.ground.problems import sentence
from rebalancer_adapters.portfolios.portfolios_csv import load_portfolios
from rebalancer_adapters.settings.ini_text import parse_ini
from rebalancer_adapters.settings.keys import ACCOUNT_KEYS, KEYS
from rebalancer_adapters.settings.settings import Flags
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_core.values.policy import RebalancePolicy, UnlistedPositions

CONFIG = Path(__file__).resolve().parents[3] / "config"
FILLED_IN = {"REBALANCE_ACCOUNTS_IDS": "DU111111"}

# As the specification's table names them, written down anew: the sample and the code meet it here.
DEFAULTS = """
ibkr host=127.0.0.1 port=4002 client_id=42 read_only=true allow_remote=false
accounts confirm_mode=per_account pacing_sec=1 parallel=false path=portfolios.csv
rebalance trigger_mode=per_holding per_holding_band_bps=50 portfolio_total_band_bps=100
rebalance min_order_usd=500 cash_buffer_type=pct cash_buffer_pct=0.01 cash_buffer_abs=0
rebalance allow_fractional=false max_leverage=1.50 trading_hours=rth unlisted_positions=keep
rebalance sizing=best
pricing price_source=last fallback_to_snapshot=true price_max_age_sec=60 allow_delayed=false
execution order_type=market algo_preference=none adaptive_priority=Normal what_if=true
execution fallback_plain_market=true wait_before_fallback=300 batch_orders=true
execution commission_report_timeout=5
safety mode=paper max_orders=50 max_order_usd=none max_turnover_pct=50 price_collar_pct=10
safety max_spread_pct=2 plan_ttl_sec=120 ack_timeout_sec=15 order_deadline_sec=600
safety on_open_orders=refuse ledger_tolerance_pct=2 allow_unattended_live=false
io report_dir=reports log_level=INFO
"""
WITHOUT_DEFAULT = ("account_id", "state_dir")


def _defaults() -> list[tuple[str, str, str]]:
    return [
        (section, key, default)
        for section, *pairs in (line.split() for line in DEFAULTS.split("\n") if line)
        for key, _, default in (pair.partition("=") for pair in pairs)
    ]


@pytest.mark.parametrize(("section", "key", "default"), _defaults())
def test_the_sample_names_each_key_with_its_default(section: str, key: str, default: str) -> None:
    text = (CONFIG / "settings.ini").read_text(encoding="utf-8")
    found = {entry.name: entry.value for entry in parse_ini(text, "settings.ini").entries}
    assert found[section, key] == default
    coded = {(each.section, each.name): each.default_text for each in KEYS}
    assert coded[section, key] == default


def test_the_code_knows_no_key_that_the_sample_does_not_name() -> None:
    named = {(section, key) for section, key, _ in _defaults()} | {("io", "state_dir")}
    assert {(each.section, each.name) for each in KEYS} == named


@pytest.mark.parametrize("key", WITHOUT_DEFAULT)
def test_the_sample_names_a_key_without_default_in_a_comment(key: str) -> None:
    text = (CONFIG / "settings.ini").read_text(encoding="utf-8")
    assert re.search(rf"^# {key} = ", text, re.MULTILINE)


def test_every_key_of_the_rebalance_section_can_differ_for_one_account() -> None:
    own = {each.name for each in ACCOUNT_KEYS}
    assert own == {"path", *(each.name for each in RebalancePolicy.__attrs_attrs__)}


def test_the_sample_is_refused_for_its_placeholder_and_nothing_else() -> None:
    loaded = load_settings(CONFIG / "settings.ini", {}, Flags(strict=True))
    assert loaded.settings is None
    assert len(loaded.problems) == 1
    assert "UXXXXXX is a placeholder" in sentence(loaded.problems[0])


def test_the_filled_in_sample_previews_only_and_sells_nothing_unlisted() -> None:
    loaded = load_settings(CONFIG / "settings.ini", FILLED_IN, Flags(strict=True))
    assert loaded.settings is not None
    assert loaded.settings.gateway.read_only
    (account,) = loaded.settings.accounts
    assert account.rebalance.unlisted_positions is UnlistedPositions.KEEP
    assert account.rebalance == RebalancePolicy()


def test_the_sample_portfolios_fit_the_sample_models_and_never_mean_liquidate() -> None:
    settings = load_settings(CONFIG / "settings.ini", FILLED_IN, Flags()).settings
    assert settings is not None
    loaded = load_portfolios(CONFIG / "portfolios.csv", settings.blend)
    assert not loaded.problems
    for portfolio in loaded.portfolios or ():
        assert sum(weight.fraction for weight in portfolio.weights) >= 0.9
        assert portfolio.cash >= 0
