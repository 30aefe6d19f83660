"""How long an order is waited for: when to ask after it, to cancel it, and to give it up."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.follow.followed import Followed
from rebalancer_core.orders.fallback import may_fall_back
from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.values.policy import ExecutionPolicy, SafetyPolicy

_CANCEL_GRACE_SECONDS = 10
# Asked twice: an order may reach the broker's lists a moment after the first answer.
_PROBES_AT_MOST = 2
_PROBE_PAUSE_SECONDS = 3
# A fill that crossed the end of an order is told a moment after it.
PROOF_SECONDS = 2


@frozen(kw_only=True)
class Deadlines:
    """The times of the settings at `now`, in seconds. Each question is about one order."""

    safety: SafetyPolicy
    execution: ExecutionPolicy
    now: float

    def is_silent(self, state: OrderState, out: Followed) -> bool:
        """Whether no sign of life came within `ack_timeout_sec`."""
        return state.phase is Phase.HANDED and self._age(out) > self.safety.ack_timeout_sec

    def rests_too_long(self, state: OrderState, out: Followed) -> bool:
        """Whether an algo order is to make room for its fallback (`wait_before_fallback`)."""
        if state.phase is not Phase.WORKING or not may_fall_back(state.ticket, self.execution):
            return False
        return self._age(out) > self.execution.wait_before_fallback

    def until_fallback(self, state: OrderState, out: Followed) -> float | None:
        """Seconds until an algo order makes room for its fallback; None where it will not."""
        if state.phase is not Phase.WORKING or out.cancelled_at is not None:
            return None
        if not may_fall_back(state.ticket, self.execution):
            return None
        return max(0.0, float(self.execution.wait_before_fallback) - self._age(out))

    def until_deadline(self, state: OrderState, out: Followed) -> float | None:
        """Seconds until a working order is cancelled for its deadline; None where it is not."""
        if state.phase is not Phase.WORKING or out.cancelled_at is not None:
            return None
        return max(0.0, float(self.safety.order_deadline_sec) - self._age(out))

    def is_overdue(self, state: OrderState, out: Followed) -> bool:
        """Whether a working order passed its deadline, or a held one is held for long."""
        if state.phase is Phase.HELD:
            return self._age(out) > self.safety.ack_timeout_sec
        return state.phase is Phase.WORKING and self._age(out) > self.safety.order_deadline_sec

    def is_cancel_unanswered(self, out: Followed) -> bool:
        """Whether a cancel was requested and nothing came of it in time."""
        asked = out.cancelled_at
        return asked is not None and self.now - asked > _CANCEL_GRACE_SECONDS

    def is_long_dead(self, out: Followed) -> bool:
        """Whether an order ended so long ago that a late fill of it would be known by now."""
        return out.dead_since is not None and self.now - out.dead_since >= PROOF_SECONDS

    def is_probe_due(self, state: OrderState, out: Followed) -> bool:
        """Whether the broker is to be asked about an unknown order now."""
        if state.phase is not Phase.UNKNOWN or len(out.probed_at) >= _PROBES_AT_MOST:
            return False
        return not out.probed_at or self.now - out.probed_at[-1] >= _PROBE_PAUSE_SECONDS

    def is_given_up(self, state: OrderState, out: Followed) -> bool:
        """Whether an unknown order was asked after in vain, or is beyond every deadline."""
        if state.phase is not Phase.UNKNOWN:
            return False
        # A link may never come back, so no order is waited for beyond this, whatever else happens.
        last = self.safety.order_deadline_sec + 2 * _CANCEL_GRACE_SECONDS
        return len(out.probed_at) >= _PROBES_AT_MOST or self._age(out) > last

    def _age(self, out: Followed) -> float:
        return self.now - out.sent_at
