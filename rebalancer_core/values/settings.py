"""What a run must know of settings.ini: rules and addresses, no paths of this computer."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.policy import (
    ConfirmMode,
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
)
from rebalancer_core.values.portfolios import Blend


@frozen(kw_only=True)
class GatewaySettings:
    """`[ibkr]`: where the gateway listens and how this program presents itself."""

    host: str = "127.0.0.1"
    port: int = 4002
    client_id: int = 42
    read_only: bool = True
    allow_remote: bool = False


@frozen(kw_only=True)
class AccountSettings:
    """One account with its overrides applied."""

    account_id: AccountId
    rebalance: RebalancePolicy


@frozen(kw_only=True)
class RunSettings:
    """The rules of a run, environment and flags applied; `sha256` is the hash of the file."""

    sha256: str
    gateway: GatewaySettings
    confirm_mode: ConfirmMode
    pacing_sec: float
    parallel: bool
    blend: Blend
    pricing: PricingPolicy
    execution: ExecutionPolicy
    safety: SafetyPolicy
