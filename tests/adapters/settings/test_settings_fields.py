"""Each key of the policies arrives in the field of its name, and in no other."""

from decimal import Decimal
from enum import Enum
from pathlib import Path

import pytest
from attrs import asdict, frozen

from rebalancer_adapters.ground.file_text import FileText
from rebalancer_adapters.settings import keys
from rebalancer_adapters.settings.key import Key, keys_in, setting_text
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import settings_from_text
from rebalancer_core.values.policy import (
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
)

Policy = RebalancePolicy | PricingPolicy | ExecutionPolicy | SafetyPolicy
POLICIES: dict[str, Policy] = {
    "rebalance": RebalancePolicy(),
    "pricing": PricingPolicy(),
    "execution": ExecutionPolicy(),
    "safety": SafetyPolicy(),
}
KEYS = [
    (key.section, key.name, key.default)
    for key in keys.KEYS
    if key.section in POLICIES and key.name != "order_type"  # market only
]


@pytest.mark.parametrize(("section", "name", "default"), KEYS)
def test_a_key_sets_the_field_of_its_name_and_no_other(
    section: str, name: str, default: object
) -> None:
    other = _other(name, default)
    text = (
        "[accounts]\nids = DU111111\n[models]\nA = 1\n"
        f"[{section}]\n{name} = {setting_text(other)}\n"
    )
    file = FileText(name="f", text=text, sha256="")
    settings = settings_from_text(file, Path("f"), {}, Flags()).unwrap()
    expected = {each: asdict(policy) for each, policy in POLICIES.items()}
    expected[section][name] = other
    assert {each: asdict(policy) for each, policy in _policies(settings).items()} == expected


@pytest.mark.parametrize("key", keys.KEYS, ids=lambda key: f"{key.section}.{key.name}")
def test_a_default_is_what_its_own_key_would_read(key: Key) -> None:
    assert (key.grammar.parse(key.default_text) if key.default_text else "") == key.default


def test_a_number_without_limits_is_no_setting() -> None:
    @frozen
    class Rules:
        band_bps: Decimal = Decimal(50)

    with pytest.raises(TypeError, match="band_bps: a key of type"):
        keys_in("rebalance", Rules)


def _policies(settings: Settings) -> dict[str, Policy]:
    return {
        "rebalance": settings.accounts[0].rebalance,
        "pricing": settings.pricing,
        "execution": settings.execution,
        "safety": settings.safety,
    }


def _other(name: str, default: object) -> object:
    match default:
        case bool():
            return not default
        case Enum():
            return next(member for member in type(default) if member is not default)
        case int():
            return default + 1
        case _:
            return Decimal("0.25") if name == "cash_buffer_pct" else Decimal("1.25")
