"""What a run must know of settings.ini: rules and addresses, no paths of this computer.

In a class of one section a field is the key of its name, as in policy.py.
"""

from __future__ import annotations

from typing import NewType

from attrs import frozen

from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.policy import (
    AskingPolicy,
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
)
from rebalancer_core.values.portfolios import Blend
from rebalancer_core.values.setting import setting

# A computer by its address or its name, without a port.
Host = NewType("Host", str)


@frozen(kw_only=True)
class GatewaySettings:
    """`[ibkr]`: where the gateway listens and how this program presents itself."""

    host: Host = Host("127.0.0.1")
    port: int = setting(4002, least="1", most="65535")
    client_id: int = setting(
        42, least="1", most="2147483647", unit="0 would adopt orders entered by hand"
    )
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
    asking: AskingPolicy
    blend: Blend
    pricing: PricingPolicy
    execution: ExecutionPolicy
    safety: SafetyPolicy
