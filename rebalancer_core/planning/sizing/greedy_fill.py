"""Priority fill: largest drift first, whole lots, as far as the room above the cash floor goes.

All amounts are in units, all quantities in lots.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen


@frozen(kw_only=True)
class Buy:
    """One buy: `gap` dollars wanted, `nearest` lots at most, nothing between 0 and `min_lots`.

    `full` lots do not cross the target. A lot moves the gap by `lot_value` and takes `lot_cost` of
    cash, the first ones of an order `first_cost` more.
    """

    gap: int
    lot_value: int
    nearest: int
    min_lots: int
    lot_cost: int = field()
    first_cost: int = 0
    full: int = field(init=False)

    @lot_cost.default
    def _lot_cost(self) -> int:
        return self.lot_value

    @full.default
    def _full(self) -> int:
        return min(self.nearest, self.gap // self.lot_value)

    def cost(self, lots: int, already: int = 0) -> int:
        """Cash that so many lots take, beside those `already` in the order.

        >>> buy = Buy(gap=900, lot_value=100, nearest=9, min_lots=5, lot_cost=101, first_cost=7)
        >>> buy.cost(5), buy.cost(1, 5), buy.cost(0)
        (512, 101, 0)
        """
        return lots * self.lot_cost + (self.first_cost if lots and not already else 0)

    @property
    def removed_by_crossing(self) -> int:
        """The drift that the one lot across the target removes."""
        return 2 * (self.gap - self.full * self.lot_value) - self.lot_value

    @property
    def remainder(self) -> int:
        """What full lots leave of the gap."""
        return self.gap - self.full * self.lot_value


def priority_fill(buys: Sequence[Buy], room: int, start: Sequence[int]) -> tuple[int, ...]:
    """Lots of each buy, from `start` on; `buys` come by priority, `room` is what may be spent.

    First full lots by priority; then the lots that cross and the blocks that only just reach the
    minimum order, largest remainder first. Nothing admissible fits in what is left.

    >>> dear = Buy(gap=1000, lot_value=400, nearest=2, min_lots=1)
    >>> cheap = Buy(gap=280, lot_value=100, nearest=3, min_lots=1)
    >>> priority_fill((dear, cheap), 1100, (0, 0)), priority_fill((dear, cheap), 1000, (0, 0))
    ((2, 3), (2, 2))
    """
    lots, room = _full_lots(buys, room, start)
    rounding_up = [i for i, buy in enumerate(buys) if _last_step(buy, lots[i])]
    if not rounding_up:
        return tuple(lots)

    # Fractions of a lot are at least 1 / fineness apart: whole numbers order them exactly.
    fineness = max(buys[i].lot_value for i in rounding_up) ** 2

    def largest_remainder(i: int) -> tuple[int, int]:
        return -(buys[i].remainder * fineness // buys[i].lot_value), i

    for i in sorted(rounding_up, key=largest_remainder):
        cost = buys[i].cost(_last_step(buys[i], lots[i]), lots[i])
        if cost <= room:
            lots[i] = buys[i].nearest
            room -= cost
    return tuple(lots)


def spent(buys: Sequence[Buy], lots: Sequence[int]) -> int:
    """Cash that so many lots take.

    >>> spent((Buy(gap=1000, lot_value=400, nearest=2, min_lots=1),), (2,))
    800
    """
    return sum([buy.cost(count) for buy, count in zip(buys, lots, strict=True)])


def drift_removed(buys: Sequence[Buy], lots: Sequence[int]) -> int:
    """By how much so many lots reduce the sum of |gap|.

    >>> drift_removed((Buy(gap=1000, lot_value=400, nearest=3, min_lots=1),), (3,))
    800
    """
    return sum(
        [
            buy.gap - abs(buy.gap - buy.lot_value * count)
            for buy, count in zip(buys, lots, strict=True)
        ]
    )


def _full_lots(buys: Sequence[Buy], room: int, start: Sequence[int]) -> tuple[list[int], int]:
    lots = list(start)
    for i, buy in enumerate(buys):
        first = 0 if lots[i] else buy.first_cost
        more = min(buy.full - lots[i], (room - first) // buy.lot_cost)
        if more > 0 and lots[i] + more >= buy.min_lots:
            lots[i] += more
            room -= more * buy.lot_cost + first
    return lots, room


def _last_step(buy: Buy, lots: int) -> int:
    """Lots of the step that crosses, where it is the next one: one lot, or the whole block."""
    if lots == buy.full:
        return buy.nearest - lots
    return buy.nearest if lots == 0 and buy.full < buy.min_lots else 0
