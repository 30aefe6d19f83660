"""The scheduler: counts what happened and says what shall happen now."""

import random
from collections.abc import Callable
from decimal import Decimal

from attrs import evolve

from rebalancer_adapters.gateway.scenario.faults import Effect
from rebalancer_adapters.gateway.scenario.rules import Event, Kind, Rule, Scenario


def _standing_still() -> Decimal:
    return Decimal(0)


class FaultScheduler:
    """Follows one scenario; the same events with the same seed meet the same effects."""

    def __init__(
        self, scenario: Scenario, elapsed: Callable[[], Decimal] = _standing_still
    ) -> None:
        self._elapsed = elapsed
        self.play(scenario)

    def play(self, scenario: Scenario) -> None:
        """Follow this scenario from now on; all counts, lots and times begin anew."""
        self.scenario = scenario
        self._began = self._elapsed()
        self._counts = [0] * len(scenario.rules)
        # A stream of lots for each rule: one more rule does not change the lots of the others.
        self._lots = [
            random.Random(f"{scenario.seed}/{index}")  # noqa: S311 lots of a simulated market
            for index in range(len(scenario.rules))
        ]

    def effects(self, event: Event) -> tuple[Effect, ...]:
        """The effects of every rule that meets this event, in the order of the rules."""
        now = evolve(event, seconds=self._elapsed() - self._began)
        found: list[Effect] = []
        for index, rule in enumerate(self.scenario.rules):
            if rule.when.meets(now) and self._is_due(index, rule):
                found.extend(rule.then)
        return tuple(found)

    def opening(self) -> tuple[Effect, ...]:
        """What happens as the scenario begins."""
        return self.effects(Event(kind=Kind.START))

    def _is_due(self, index: int, rule: Rule) -> bool:
        self._counts[index] += 1
        count = self._counts[index]
        in_range = rule.first <= count <= (rule.last or count)
        return in_range and (
            rule.chance >= 1 or Decimal(self._lots[index].randrange(10**9)) < rule.chance * 10**9
        )
