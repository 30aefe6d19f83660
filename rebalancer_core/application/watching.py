"""A person watches the orders of an account: at each change, and once a second."""

from __future__ import annotations

from attrs import define, field

from rebalancer_core.follow.events import Instant
from rebalancer_core.follow.standing import Standing, standing
from rebalancer_core.follow.state import FollowState
from rebalancer_core.messages.progress import orders_sent
from rebalancer_core.ports import PeoplePort

_SECONDS = 1.0


@define(kw_only=True)
class Watching:
    """Shows to `people` how the orders stand; mutable: what was shown, and when."""

    people: PeoplePort
    _last: Standing | None = field(default=None, init=False)
    _at: float = field(default=0.0, init=False)
    _sent: int = field(default=0, init=False)

    def look(self, state: FollowState, now: Instant) -> None:
        """Show what is known now, unless the same was shown within the last second."""
        orders = standing(state, now)
        if not orders.sent:
            return
        if not orders.to_send and orders.sent > self._sent:
            more = orders.sent - self._sent
            self._sent = orders.sent
            self.people.doing(orders_sent(orders.account_id, more, orders.waiting))
        is_same = self._last is not None and self._last.counts == orders.counts
        if is_same and now.seconds - self._at < _SECONDS:
            return
        self._last, self._at = orders, now.seconds
        self.people.standing(orders)
