"""What a run must know of settings.ini: rules and addresses, no paths of this computer.

In a class of one section a field is the key of its name, as in policy.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NewType

from attrs import field, frozen

from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.policy import (
    AskingPolicy,
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
)
from rebalancer_core.values.portfolios import Blend
from rebalancer_core.values.setting import setting
from rebalancer_core.values.symbol_rules import NamedContract, SymbolRule

# The largest client id.
_MOST = 2_147_483_647

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
    read_client_id: int | None = setting(
        None, least="1", most="2147483647", unit="none is client_id + 1"
    )
    read_only: bool = True
    allow_remote: bool = False

    @property
    def reading_id(self) -> int:
        """The first client id that a session which only reads asks for, so that it can run beside
        one that trades under `client_id`.

        >>> GatewaySettings().reading_id, GatewaySettings(read_client_id=7).reading_id
        (43, 7)
        """
        if self.read_client_id is not None:
            return self.read_client_id
        return self.client_id + 1 if self.client_id < _MOST else self.client_id - 1


@frozen(kw_only=True)
class AccountSettings:
    """One account with its overrides applied."""

    account_id: AccountId
    rebalance: RebalancePolicy


@frozen(kw_only=True)
class RunSettings:
    """The rules of a run, environment and flags applied; `sha256` is the hash of the file.

    `contract_places` are where it names the contract of a symbol, `file:line:column`.
    """

    sha256: str
    gateway: GatewaySettings
    asking: AskingPolicy
    blend: Blend
    pricing: PricingPolicy
    execution: ExecutionPolicy
    safety: SafetyPolicy
    symbol_rules: tuple[SymbolRule, ...] = ()
    contract_places: Mapping[Symbol, str] = field(factory=dict)

    @property
    def contracts(self) -> tuple[NamedContract, ...]:
        """The contracts that it names."""
        return tuple(
            NamedContract(
                symbol=rule.symbol,
                con_id=rule.con_id,
                place=self.contract_places.get(rule.symbol, "settings.ini"),
            )
            for rule in self.symbol_rules
            if rule.con_id is not None
        )
