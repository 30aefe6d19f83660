"""Settings from sources without problems: each value read once, with its origin."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from attrs import evolve
from platformdirs import user_state_path

from rebalancer_adapters.settings.accounts import AccountIds
from rebalancer_adapters.settings.key import Key, setting_text
from rebalancer_adapters.settings.keys import (
    ACCOUNT_IDS,
    ACCOUNT_KEYS,
    KEYS,
    MODELS,
    filled,
    key_of,
)
from rebalancer_adapters.settings.settings import (
    EffectiveValue,
    IoSettings,
    LocatedAccount,
    PortfoliosFile,
    Settings,
)
from rebalancer_adapters.settings.sources import Said, Sources, value_of
from rebalancer_adapters.settings.symbols import (
    contract_places,
    effective_symbols,
    symbol_places,
    symbol_rules,
)
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import plain
from rebalancer_core.values.policy import (
    AskingPolicy,
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
)
from rebalancer_core.values.portfolios import Blend
from rebalancer_core.values.settings import GatewaySettings

_READING_ID = key_of("ibkr", "read_client_id")


def build_settings(
    sources: Sources, path: Path, sha256: str, accounts: AccountIds, blend: Blend
) -> Settings:
    """The settings that `sources` say; `path` is absolute, and paths are relative to its folder."""
    chosen = sources.flags.accounts
    ids = tuple(each for each in accounts.ids if not chosen or each in chosen)
    folder = path.parent

    def general(key: Key) -> object:
        return _typed(key, sources.value(key), folder)

    return Settings(
        path=path,
        sha256=sha256,
        gateway=filled(GatewaySettings, general),
        asking=filled(AskingPolicy, general),
        accounts=tuple(
            _account(sources, account, folder, filled(PortfoliosFile, general).path)
            for account in ids
        ),
        blend=blend,
        pricing=filled(PricingPolicy, general),
        execution=filled(ExecutionPolicy, general),
        safety=filled(SafetyPolicy, general),
        symbol_rules=symbol_rules(sources),
        contract_places=contract_places(sources),
        symbol_places=symbol_places(sources),
        io=filled(IoSettings, general),
        effective=(
            *_effective_run(sources, folder),
            *_effective_blend(sources, blend),
            *_effective_accounts(sources, folder, accounts, ids),
            *effective_symbols(sources),
        ),
    )


def _typed(key: Key, value: object, folder: Path) -> object:
    """The value as the field of that key holds it."""
    if key.kind is Path:
        return _absolute(folder, str(value))
    return float(setting_text(value)) if key.kind is float else value


def _account(
    sources: Sources, account: AccountId, folder: Path, shared_path: Path
) -> LocatedAccount:
    def own(key: Key) -> object:
        return _typed(key, sources.value_for(account, key), folder)

    path = filled(PortfoliosFile, own).path
    return LocatedAccount(
        account_id=account,
        portfolios_path=path,
        has_own_portfolios=path != shared_path,
        rebalance=filled(RebalancePolicy, own),
    )


def _effective_run(sources: Sources, folder: Path) -> Iterable[EffectiveValue]:
    reading_id = filled(GatewaySettings, sources.value).reading_id
    for key in KEYS:
        if key not in ACCOUNT_KEYS:
            said = sources.said(key.section, key.name)
            found = _effective("", key, said, folder)
            # `none` stands for an id that people want to see.
            yield evolve(found, value=str(reading_id)) if key is _READING_ID else found


def _effective_blend(sources: Sources, blend: Blend) -> Iterable[EffectiveValue]:
    for said, share in zip(sources.entries(MODELS), blend.shares, strict=True):
        yield EffectiveValue(
            scope="",
            section=MODELS,
            key=share.name,
            value=plain(share.fraction),
            origin=said.origin,
        )


def _effective_accounts(
    sources: Sources, folder: Path, accounts: AccountIds, ids: tuple[AccountId, ...]
) -> Iterable[EffectiveValue]:
    section, name = ACCOUNT_IDS
    if accounts.said:
        origin = f"--account, {accounts.said.origin}" if len(ids) < len(accounts.ids) else None
        yield EffectiveValue(
            scope="",
            section=section,
            key=name,
            value=", ".join(ids),
            origin=origin or accounts.said.origin,
        )
    for account in ids:
        for key in ACCOUNT_KEYS:
            yield _effective(account, key, sources.said_for(account, key), folder)


def _effective(scope: str, key: Key, said: Said | None, folder: Path) -> EffectiveValue:
    text = setting_text(value_of(key, said))
    return EffectiveValue(
        scope=scope,
        section=key.section,
        key=key.name,
        value=str(_absolute(folder, text)) if key.kind is Path else text,
        origin=said.origin if said else "default",
    )


def _absolute(folder: Path, text: str) -> Path:
    """The path as seen from `folder`; without a text, the one that the system keeps for state."""
    if not text:
        return user_state_path("rebalance", appauthor=False)
    # Not `resolve`: links are followed when the file is opened, and a loop of them raises there.
    return Path(os.path.abspath(folder / text))  # noqa: PTH100 - resolve follows links
