"""Whether a gateway would serve a session now, as a handshake alone shows it."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.values.faults import ConnectCause
from rebalancer_core.values.instruments import AccountId


@frozen(kw_only=True)
class Healthy:
    """It answers and has its connection to IBKR; `client_id` was free, those `in_use` were not."""

    host: str
    port: int
    client_id: int
    server_version: int
    accounts: tuple[AccountId, ...]
    in_use: tuple[int, ...] = ()


@frozen(kw_only=True)
class Unhealthy:
    """No session could be had, or one without IBKR behind it; `detail` is what came instead.

    `client_ids` are those that were tried, the last one when this was found.
    """

    host: str
    port: int
    client_ids: tuple[int, ...]
    cause: ConnectCause
    detail: str


GatewayHealth = Healthy | Unhealthy
