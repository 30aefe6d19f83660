"""Every key of settings.ini in one table, made by walking the classes that hold the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from rebalancer_adapters.settings.key import Key, keys_in
from rebalancer_adapters.settings.settings import IoSettings, PortfoliosFile
from rebalancer_core.values.policy import (
    AskingPolicy,
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
)
from rebalancer_core.values.settings import GatewaySettings
from rebalancer_core.values.symbol_rules import SymbolKeys

T = TypeVar("T")

# What each class holds the keys of, in the order of the file.
_SECTIONS: Mapping[type, str] = {
    GatewaySettings: "ibkr",
    AskingPolicy: "accounts",
    PortfoliosFile: "accounts",
    RebalancePolicy: "rebalance",
    PricingPolicy: "pricing",
    ExecutionPolicy: "execution",
    SafetyPolicy: "safety",
    IoSettings: "io",
}
_KEYS_OF = {kind: keys_in(section, kind) for kind, section in _SECTIONS.items()}
KEYS: tuple[Key, ...] = tuple(key for keys in _KEYS_OF.values() for key in keys)
_BY_NAME = {(key.section, key.name): key for key in KEYS}

# Keys whose value is made by rules of their own.
ACCOUNT_IDS = ("accounts", "ids")
LEGACY_ACCOUNT_ID = ("ibkr", "account_id")
MODELS = "models"
ACCOUNT_PREFIX = "account:"
SYMBOL_PREFIX = "symbol:"

# What `[account:ID]` may override.
ACCOUNT_KEYS: tuple[Key, ...] = (*_KEYS_OF[PortfoliosFile], *_KEYS_OF[RebalancePolicy])

# What `[symbol:NAME]` may say; the section of a key is the name of its symbol.
SYMBOL_KEYS: tuple[Key, ...] = keys_in(f"{SYMBOL_PREFIX}NAME", SymbolKeys)


def key_of(section: str, name: str) -> Key:
    """The key of that name; KeyError where there is none."""
    return _BY_NAME[section, name]


def filled(kind: type[T], value: Callable[[Key], object]) -> T:
    """The class with what each of its keys is."""
    make: Callable[..., T] = kind
    return make(**{key.name: value(key) for key in _KEYS_OF[kind]})


def known_keys() -> dict[str, tuple[str, ...]]:
    """The names of every key by section; `[models]` has none of its own."""
    names = [*_BY_NAME, ACCOUNT_IDS, LEGACY_ACCOUNT_ID]
    sections = (*dict.fromkeys(section for section, _ in names), MODELS)
    return {each: tuple(name for section, name in names if section == each) for each in sections}
