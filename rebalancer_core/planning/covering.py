"""Covering: which steps bring a sum that is missing, with the least sold past the targets.

Depth first, the least waste a dollar first, with the fractional bound and a count of nodes (never a
clock): the first dive is the greedy choice, and what is found is never worse.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field, frozen

NODES = 2_000


@frozen(kw_only=True)
class Step:
    """Something to sell: it brings `worth` units > 0, of which `waste` are past a target.

    `after` is the place of the step without which this one cannot be taken; None where it can.
    """

    worth: int
    waste: int
    after: int | None = None


def covering(steps: Sequence[Step], missing: int, nodes: int = NODES) -> tuple[int, ...]:
    """The places of the steps to take, in their order; all of them where they are not enough.

    A step that needs another one wastes at least as much of a dollar as that.

    >>> dear, cheap = Step(worth=700, waste=40), Step(worth=30, waste=20)
    >>> covering((dear, cheap), 25), covering((dear, cheap), 31), covering((dear, cheap), 900)
    ((1,), (0,), (0, 1))
    """
    if not steps:
        return ()
    # Fractions of two worths differ by more than the inverse of this: whole numbers order them.
    fineness = max([step.worth for step in steps]) ** 2
    keys = [(step.waste * fineness // step.worth, i) for i, step in enumerate(steps)]
    ranked = [i for _, i in sorted(keys)]
    search = _Search(steps=tuple([steps[i] for i in ranked]), places=tuple(ranked), nodes=nodes)
    search.dive(0, missing, 0)
    return tuple(range(len(steps))) if search.best is None else tuple(sorted(search.chosen))


@define(kw_only=True)
class _Search:
    """`steps` by rank with their `places` for the caller; `taken` and `chosen` are such places."""

    steps: tuple[Step, ...]
    places: tuple[int, ...]
    nodes: int
    best: int | None = None
    chosen: tuple[int, ...] = ()
    taken: list[int] = field(factory=list)

    def dive(self, first: int, missing: int, waste: int) -> None:
        """Takes the step or leaves it, as long as what follows can be better."""
        if missing <= 0:
            if self.best is None or waste < self.best:
                self.best, self.chosen = waste, tuple(self.taken)
            return
        if first == len(self.steps) or not self._can_be_better(first, missing, waste):
            return
        if self.best is not None:
            self.nodes -= 1
            if self.nodes < 0:
                return
        step = self.steps[first]
        if step.after is None or step.after in self.taken:
            self.taken.append(self.places[first])
            self.dive(first + 1, missing - step.worth, waste + step.waste)
            self.taken.pop()
        self.dive(first + 1, missing, waste)

    def _can_be_better(self, first: int, missing: int, waste: int) -> bool:
        """Whether the rest covers what is missing with less waste, its last step taken in part."""
        for i in range(first, len(self.steps)):
            step = self.steps[i]
            if step.worth >= missing:
                if self.best is None:
                    return True
                return step.waste * missing < (self.best - waste) * step.worth
            missing -= step.worth
            waste += step.waste
        return False
