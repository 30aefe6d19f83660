"""What an open session consists of: who asks, who hears, and how long is waited."""

from __future__ import annotations

import asyncio

from attrs import frozen

from rebalancer_adapters.ib.address import Retry
from rebalancer_adapters.ib.gateway_client import GatewayClient
from rebalancer_adapters.ib.inbox import Inbox
from rebalancer_adapters.ib.library import IB
from rebalancer_core.values.instruments import AccountId


@frozen(kw_only=True)
class Link:
    """An open session: `client` asks, `inbox` hears; requests end after `timeout_seconds`.

    `client_id` is the one it was opened under. `drained` is set while the client holds nothing
    back (it sends 40 messages a second).
    """

    ib: IB
    client: GatewayClient
    inbox: Inbox
    drained: asyncio.Event
    accounts: tuple[AccountId, ...]
    timeout_seconds: float
    client_id: int
    retry: Retry
