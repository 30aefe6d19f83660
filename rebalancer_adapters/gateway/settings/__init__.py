"""The settings of TWS and IB Gateway, as switches of the simulated one."""

from rebalancer_adapters.gateway.settings.grammar import PresetLimit
from rebalancer_adapters.gateway.settings.reading import (
    BadSetting,
    changed,
    changed_settings,
    read_setting,
    toml_text,
)
from rebalancer_adapters.gateway.settings.switches import (
    ABOUT,
    GRAMMARS,
    Advisor,
    GatewaySettings,
    Handshake,
    LedgerPrefix,
    MarketData,
    TimesIn,
    written,
)

__all__ = [
    "ABOUT",
    "GRAMMARS",
    "Advisor",
    "BadSetting",
    "GatewaySettings",
    "Handshake",
    "LedgerPrefix",
    "MarketData",
    "PresetLimit",
    "TimesIn",
    "changed",
    "changed_settings",
    "read_setting",
    "toml_text",
    "written",
]
