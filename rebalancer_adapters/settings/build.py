"""Settings from sources without problems: each value read once, with its origin."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from platformdirs import user_state_path

from rebalancer_adapters.settings import keys
from rebalancer_adapters.settings.accounts import AccountIds
from rebalancer_adapters.settings.key import Key, setting_text
from rebalancer_adapters.settings.settings import (
    EffectiveValue,
    IoSettings,
    LocatedAccount,
    Settings,
)
from rebalancer_adapters.settings.sources import Said, Sources, value_of
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import plain
from rebalancer_core.values.policy import (
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
)
from rebalancer_core.values.portfolios import Blend
from rebalancer_core.values.settings import GatewaySettings


def build_settings(
    sources: Sources, path: Path, sha256: str, accounts: AccountIds, blend: Blend
) -> Settings:
    """The settings that `sources` say; `path` is absolute, and paths are relative to its folder."""
    chosen = sources.flags.accounts
    ids = tuple(each for each in accounts.ids if not chosen or each in chosen)
    folder = path.parent
    return Settings(
        path=path,
        sha256=sha256,
        gateway=_gateway(sources),
        accounts=tuple(_account(sources, account, folder) for account in ids),
        confirm_mode=sources.value(keys.CONFIRM_MODE),
        pacing_sec=float(sources.value(keys.PACING_SEC)),
        parallel=sources.value(keys.PARALLEL),
        blend=blend,
        pricing=_pricing(sources),
        execution=_execution(sources),
        safety=_safety(sources),
        io=IoSettings(
            report_dir=_absolute(folder, sources.value(keys.REPORT_DIR)),
            log_level=sources.value(keys.LOG_LEVEL),
            state_dir=_state_dir(folder, sources.value(keys.STATE_DIR)),
        ),
        effective=(
            *_effective_run(sources, folder),
            *_effective_blend(sources, blend),
            *_effective_accounts(sources, folder, accounts, ids),
        ),
    )


def _gateway(sources: Sources) -> GatewaySettings:
    return GatewaySettings(
        host=sources.value(keys.HOST),
        port=sources.value(keys.PORT),
        client_id=sources.value(keys.CLIENT_ID),
        read_only=sources.value(keys.READ_ONLY),
        allow_remote=sources.value(keys.ALLOW_REMOTE),
    )


def _account(sources: Sources, account: AccountId, folder: Path) -> LocatedAccount:
    return LocatedAccount(
        account_id=account,
        portfolios_path=_absolute(folder, sources.value_for(account, keys.PORTFOLIOS)),
        rebalance=RebalancePolicy(
            trigger_mode=sources.value_for(account, keys.TRIGGER_MODE),
            per_holding_band_bps=sources.value_for(account, keys.PER_HOLDING_BAND_BPS),
            portfolio_total_band_bps=sources.value_for(account, keys.PORTFOLIO_TOTAL_BAND_BPS),
            min_order_usd=sources.value_for(account, keys.MIN_ORDER_USD),
            cash_buffer_type=sources.value_for(account, keys.CASH_BUFFER_TYPE),
            cash_buffer_pct=sources.value_for(account, keys.CASH_BUFFER_PCT),
            cash_buffer_abs=sources.value_for(account, keys.CASH_BUFFER_ABS),
            allow_fractional=sources.value_for(account, keys.ALLOW_FRACTIONAL),
            max_leverage=sources.value_for(account, keys.MAX_LEVERAGE),
            trading_hours=sources.value_for(account, keys.TRADING_HOURS),
            unlisted_positions=sources.value_for(account, keys.UNLISTED_POSITIONS),
            sizing=sources.value_for(account, keys.SIZING),
        ),
    )


def _pricing(sources: Sources) -> PricingPolicy:
    return PricingPolicy(
        price_source=sources.value(keys.PRICE_SOURCE),
        fallback_to_snapshot=sources.value(keys.FALLBACK_TO_SNAPSHOT),
        price_max_age_sec=sources.value(keys.PRICE_MAX_AGE_SEC),
        allow_delayed=sources.value(keys.ALLOW_DELAYED),
    )


def _execution(sources: Sources) -> ExecutionPolicy:
    return ExecutionPolicy(
        order_type=sources.value(keys.ORDER_TYPE),
        algo_preference=sources.value(keys.ALGO_PREFERENCE),
        adaptive_priority=sources.value(keys.ADAPTIVE_PRIORITY),
        fallback_plain_market=sources.value(keys.FALLBACK_PLAIN_MARKET),
        wait_before_fallback=sources.value(keys.WAIT_BEFORE_FALLBACK),
        batch_orders=sources.value(keys.BATCH_ORDERS),
        what_if=sources.value(keys.WHAT_IF),
        commission_report_timeout=sources.value(keys.COMMISSION_REPORT_TIMEOUT),
    )


def _safety(sources: Sources) -> SafetyPolicy:
    return SafetyPolicy(
        mode=sources.value(keys.MODE),
        max_orders=sources.value(keys.MAX_ORDERS),
        max_order_usd=sources.value(keys.MAX_ORDER_USD),
        max_turnover_pct=sources.value(keys.MAX_TURNOVER_PCT),
        price_collar_pct=sources.value(keys.PRICE_COLLAR_PCT),
        max_spread_pct=sources.value(keys.MAX_SPREAD_PCT),
        plan_ttl_sec=sources.value(keys.PLAN_TTL_SEC),
        ack_timeout_sec=sources.value(keys.ACK_TIMEOUT_SEC),
        order_deadline_sec=sources.value(keys.ORDER_DEADLINE_SEC),
        on_open_orders=sources.value(keys.ON_OPEN_ORDERS),
        ledger_tolerance_pct=sources.value(keys.LEDGER_TOLERANCE_PCT),
        allow_unattended_live=sources.value(keys.ALLOW_UNATTENDED_LIVE),
    )


def _effective_run(sources: Sources, folder: Path) -> Iterable[EffectiveValue]:
    for key in keys.KEYS:
        if key not in keys.ACCOUNT_KEYS:
            said = sources.said(key.section, key.name)
            yield _effective("", key, said, folder)


def _effective_blend(sources: Sources, blend: Blend) -> Iterable[EffectiveValue]:
    for said, share in zip(sources.entries(keys.MODELS), blend.shares, strict=True):
        yield EffectiveValue(
            scope="",
            section=keys.MODELS,
            key=share.name,
            value=plain(share.fraction),
            origin=said.origin,
        )


def _effective_accounts(
    sources: Sources, folder: Path, accounts: AccountIds, ids: tuple[AccountId, ...]
) -> Iterable[EffectiveValue]:
    section, name = keys.ACCOUNT_IDS
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
        for key in keys.ACCOUNT_KEYS:
            yield _effective(account, key, sources.said_for(account, key), folder)


def _effective(scope: str, key: Key[object], said: Said | None, folder: Path) -> EffectiveValue:
    text = setting_text(value_of(key, said))
    if key is keys.STATE_DIR:
        text = str(_state_dir(folder, text))
    elif key in (keys.PORTFOLIOS, keys.REPORT_DIR):
        text = str(_absolute(folder, text))
    return EffectiveValue(
        scope=scope,
        section=key.section,
        key=key.name,
        value=text,
        origin=said.origin if said else "default",
    )


def _state_dir(folder: Path, text: str) -> Path:
    return _absolute(folder, text) if text else user_state_path("rebalance", appauthor=False)


def _absolute(folder: Path, text: str) -> Path:
    # Not `resolve`: links are followed when the file is opened, and a loop of them raises there.
    return Path(os.path.abspath(folder / text))  # noqa: PTH100 - resolve follows links
