"""How long an order is waited for: when to ask after it, to cancel it, and to give it up."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field, frozen

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.fallback import may_fall_back
from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.values.policy import ExecutionPolicy, SafetyPolicy

_CANCEL_GRACE_SECONDS = 10.0
# Asked twice: an order may reach the broker's lists a moment after the first answer.
_PROBES_AT_MOST = 2
_PROBE_PAUSE_SECONDS = 3.0
# A fill that crossed the end of an order is told a moment after it.
_PROOF_PAUSE_SECONDS = 2.0


@define()
class Out:
    """One order that is out: when it was sent, cancelled and probed, by the monotonic clock.

    `falls_back` says that it is cancelled so that a plain market order can take over its rest;
    `may_fall_back` ends with the one attempt at that. `is_silent`: nothing was heard of it within
    `ack_timeout_sec` although the link was up.
    """

    sent_at: float
    cancelled_at: float | None = None
    probed_at: list[float] = field(factory=list)
    is_silent: bool = False
    falls_back: bool = False
    may_fall_back: bool = True
    dead_since: float | None = None
    replaced_by: OrderRef | None = None


@frozen(kw_only=True)
class Deadlines:
    """The times of the settings against `clock`, in seconds. Each question is about one order."""

    safety: SafetyPolicy
    execution: ExecutionPolicy
    clock: Callable[[], float]

    @property
    def link_seconds(self) -> float:
        """How long a gateway may be without its broker before nothing more is sent."""
        return float(self.safety.order_deadline_sec)

    @property
    def proof_seconds(self) -> float:
        """How long after the end of an order a late fill of it would be told."""
        return _PROOF_PAUSE_SECONDS

    def is_silent(self, state: OrderState, out: Out) -> bool:
        """Whether no sign of life came within `ack_timeout_sec`."""
        return state.phase is Phase.HANDED and self._age(out) > float(self.safety.ack_timeout_sec)

    def rests_too_long(self, state: OrderState, out: Out) -> bool:
        """Whether an algo order is to make room for its fallback (`wait_before_fallback`)."""
        patience = float(self.execution.wait_before_fallback)
        may = may_fall_back(state.ticket, self.execution)
        return state.phase is Phase.WORKING and may and self._age(out) > patience

    def is_overdue(self, state: OrderState, out: Out) -> bool:
        """Whether a working order passed its deadline, or a held one is held for long."""
        held = state.phase is Phase.HELD and self._age(out) > float(self.safety.ack_timeout_sec)
        return held or (state.phase is Phase.WORKING and self._age(out) > self._deadline)

    def is_cancel_unanswered(self, out: Out) -> bool:
        """Whether a cancel was asked for and nothing came of it in time."""
        asked = out.cancelled_at
        return asked is not None and self.clock() - asked > _CANCEL_GRACE_SECONDS

    def is_long_dead(self, out: Out) -> bool:
        """Whether an order ended so long ago that a late fill of it would be known by now."""
        dead = out.dead_since
        return dead is not None and self.clock() - dead >= _PROOF_PAUSE_SECONDS

    def is_probe_due(self, state: OrderState, out: Out) -> bool:
        """Whether the broker is to be asked about an unknown order now."""
        asked = out.probed_at
        if state.phase is not Phase.UNKNOWN or len(asked) >= _PROBES_AT_MOST:
            return False
        return not asked or self.clock() - asked[-1] >= _PROBE_PAUSE_SECONDS

    def is_given_up(self, state: OrderState, out: Out) -> bool:
        """Whether an unknown order was asked after in vain, or is beyond every deadline."""
        # A link may never come back, so no order is waited for beyond this, whatever else happens.
        expired = self._age(out) > self._deadline + 2 * _CANCEL_GRACE_SECONDS
        asked = len(out.probed_at) >= _PROBES_AT_MOST
        return state.phase is Phase.UNKNOWN and (asked or expired)

    @property
    def _deadline(self) -> float:
        return float(self.safety.order_deadline_sec)

    def _age(self, out: Out) -> float:
        return self.clock() - out.sent_at
