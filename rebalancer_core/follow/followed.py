"""What is kept of one order while it is out, beside what the broker said of it."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.orders.events import OrderRef


@frozen(kw_only=True)
class Followed:
    """One order that is out: when it was sent, cancelled and probed, in seconds.

    `falls_back` says that it is cancelled so that a plain market order can take over its rest;
    `may_fall_back` ends with the one attempt at that. `is_silent`: nothing was heard of it within
    `ack_timeout_sec` although the link was up.
    """

    sent_at: float
    cancelled_at: float | None = None
    probed_at: tuple[float, ...] = ()
    is_silent: bool = False
    falls_back: bool = False
    may_fall_back: bool = True
    dead_since: float | None = None
    replaced_by: OrderRef | None = None
