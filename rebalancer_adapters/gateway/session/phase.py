"""Phases: how far the conversation with one client has come, told by its requests."""

from rebalancer_adapters.gateway.scenario import Phase

_ORDER_OF_PHASES = tuple(Phase)
_BY_REQUEST = {
    **dict.fromkeys((5, 6, 7, 16, 61, 62, 74, 76, 99), Phase.SNAPSHOT),
    **dict.fromkeys((1, 9, 59, 81), Phase.MARKET_DATA),
    4: Phase.MONITORING,
}
_EXECUTION = 11


class FurthestPhase:
    """The furthest phase so far."""

    def __init__(self) -> None:
        self.phase = Phase.START_UP

    def asked(self, message_id: int, *, places_order: bool) -> None:
        """A request came in."""
        reached = Phase.ORDERS if places_order else _BY_REQUEST.get(message_id, self.phase)
        self._reach(reached)

    def told(self, message_id: int) -> None:
        """A message is to go out: an execution after an own order begins the monitoring."""
        if message_id == _EXECUTION and self.phase is Phase.ORDERS:
            self._reach(Phase.MONITORING)

    def _reach(self, phase: Phase) -> None:
        if _ORDER_OF_PHASES.index(phase) > _ORDER_OF_PHASES.index(self.phase):
            self.phase = phase
