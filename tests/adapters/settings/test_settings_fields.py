"""Each key of a section's class arrives in the field of its name, and in no other."""

from decimal import Decimal
from enum import Enum
from pathlib import Path

import pytest
from attrs import asdict, frozen

from rebalancer_adapters.ground.file_text import FileText
from rebalancer_adapters.ground.problems import Wrong
from rebalancer_adapters.settings import keys
from rebalancer_adapters.settings.key import Key, keys_in, setting_text
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import settings_from_text
from rebalancer_core.values.policy import (
    AskingPolicy,
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
)
from rebalancer_core.values.settings import GatewaySettings

Policy = (
    GatewaySettings
    | AskingPolicy
    | RebalancePolicy
    | PricingPolicy
    | ExecutionPolicy
    | SafetyPolicy
)
POLICIES: dict[str, Policy] = {
    "ibkr": GatewaySettings(),
    "accounts": AskingPolicy(),
    "rebalance": RebalancePolicy(),
    "pricing": PricingPolicy(),
    "execution": ExecutionPolicy(),
    "safety": SafetyPolicy(),
}
MADE = {section: asdict(policy) for section, policy in POLICIES.items()}
KEYS = [
    key
    for key in keys.KEYS
    if key.name in MADE.get(key.section, {}) and key.name != "order_type"  # market only
]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.section}.{key.name}")
def test_a_key_sets_the_field_of_its_name_and_no_other(key: Key) -> None:
    other = _other(key)
    header = "" if key.section == "accounts" else f"[{key.section}]\n"
    line = f"{header}{key.name} = {setting_text(other)}\n"
    text = f"[models]\nA = 1\n[accounts]\nids = DU111111\n{line}"
    file = FileText(name="f", text=text, sha256="")
    settings = settings_from_text(file, Path("f"), {}, Flags()).unwrap()
    expected = {each: dict(values) for each, values in MADE.items()}
    expected[key.section][key.name] = other
    assert {each: asdict(policy) for each, policy in _policies(settings).items()} == expected


@pytest.mark.parametrize("key", keys.KEYS, ids=lambda key: f"{key.section}.{key.name}")
def test_a_default_is_what_its_own_key_would_read(key: Key) -> None:
    assert (key.grammar.parse(key.default_text) if key.default_text else "") == key.default


def test_a_pause_is_seconds_as_a_clock_takes_them() -> None:
    text = "[accounts]\nids = DU111111\npacing_sec = 0.5\n[models]\nA = 1\n"
    file = FileText(name="f", text=text, sha256="")
    pause = settings_from_text(file, Path("f"), {}, Flags()).unwrap().asking.pacing_sec
    assert (pause, type(pause)) == (0.5, float)


def test_a_number_without_limits_is_no_setting() -> None:
    @frozen
    class Rules:
        band_bps: Decimal = Decimal(50)

    with pytest.raises(TypeError, match="band_bps: a key of type"):
        keys_in("rebalance", Rules)


def _policies(settings: Settings) -> dict[str, Policy]:
    return {
        "ibkr": settings.gateway,
        "accounts": settings.asking,
        "rebalance": settings.accounts[0].rebalance,
        "pricing": settings.pricing,
        "execution": settings.execution,
        "safety": settings.safety,
    }


def _other(key: Key) -> object:
    """Another value than the default, which the key may have."""
    texts = ("localhost", "true", "false", "1.25", "0.25", "25", "2500", "7")
    kinds = type(key.default)
    choices = tuple(str(each.value) for each in kinds) if issubclass(kinds, Enum) else ()
    values = (key.grammar.parse(text) for text in (*choices, *texts))
    return next(each for each in values if not isinstance(each, Wrong) and each != key.default)
