"""total_drift: the shortest prefix of the candidates that brings the portfolio inside its band.

Running sums rule most prefixes out, and one search rules out many at once: few have to be sized.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from attrs import field, frozen

from rebalancer_core.planning.candidate import Candidate
from rebalancer_core.planning.sizing.greedy_fill import Buy, drift_removed
from rebalancer_core.planning.sizing.proof import may_remove
from rebalancer_core.planning.sizing.purchase import Purchase, tolerance_of, trade
from rebalancer_core.planning.valuation import Valuation

_Found = TypeVar("_Found")
# So many are tried without asking whether none of them can.
_FEW = 4


@frozen(kw_only=True)
class _After:
    """One prefix with its sells at their nearest lots, in units: the sum of |gap| of holdings, the
    gap of CASH, and of its buys what they want, what that removes, and what they may spend.

    `crossed` = what the sells so far bring beyond the drift that they remove; the first `buys` of
    all buys are in it, and cost so much to their nearest lots.
    """

    gaps: int
    cash_gap: int
    wanted: int
    removable: int
    room: int
    crossed: int
    buys: int
    cost: int

    @property
    def spent(self) -> int:
        return min(self.wanted, max(0, self.room))

    def needed(self, inside: int, *, sells_may_be_cut: bool) -> int:
        """The drift that buys have to remove, so that no more than `inside` is left of |gap|, CASH
        included; more than they can where CASH alone is too far from its target.

        Buys that spend v and remove r, not more than v, leave gaps - r + |cash_gap + v|. Of sells
        that may be cut, what a lot across the target brings is not counted on.
        """
        if self.gaps + self.cash_gap > inside:
            return self.removable + 1
        needed = self.gaps - inside
        return needed if sells_may_be_cut else max(needed, needed - self.cash_gap - self.spent)


@frozen(kw_only=True)
class Prefixes:
    """The prefixes of all `candidates`, and what is `inside`: at most so many units of |gap| left,
    CASH included.
    """

    candidates: Sequence[Candidate]
    valuation: Valuation
    floor: int
    inside: int
    sells_may_be_cut: bool
    min_order: int
    trades: tuple[Buy, ...] = field(init=False)
    buys: tuple[Buy, ...] = field(init=False)
    after: tuple[_After, ...] = field(init=False)

    @trades.default
    def _trades(self) -> tuple[Buy, ...]:
        return tuple(map(trade, self.candidates))

    @buys.default
    def _buys(self) -> tuple[Buy, ...]:
        both = zip(self.trades, self.candidates, strict=True)
        return tuple([buy for buy, candidate in both if candidate.holding.gap > 0])

    @after.default
    def _after(self) -> tuple[_After, ...]:
        gaps = sum([abs(holding.gap) for holding in self.valuation.holdings])
        cash_gap, room = self.valuation.cash_gap, self.valuation.cash - self.floor
        wanted = removable = crossed = buys = cost = 0
        found: list[_After] = []
        for candidate, buy in zip(self.candidates, self.trades, strict=True):
            value = buy.nearest * buy.lot_value
            removed = drift_removed((buy,), (buy.nearest,))
            if candidate.holding.gap < 0:
                gaps, cash_gap = gaps - removed, cash_gap - value
                room += candidate.cash(candidate.nearest)
                crossed += value - removed
            else:
                wanted, removable = wanted + value, removable + removed
                buys, cost = buys + 1, cost + buy.cost(buy.nearest)
            found.append(
                _After(
                    gaps=gaps,
                    cash_gap=cash_gap,
                    wanted=wanted,
                    removable=removable,
                    room=room,
                    crossed=crossed,
                    buys=buys,
                    cost=cost,
                )
            )
        return tuple(found)

    def purchase(self, count: int) -> Purchase | None:
        """What is to be decided of the first `count`; None where all their buys are paid for."""
        after = self.after[count - 1]
        if after.cost <= after.room or not after.buys:
            return None
        return Purchase(
            buys=self.buys[: after.buys],
            room=max(0, after.room),
            may_give_back=self.min_order,
            tolerance=tolerance_of(self.valuation),
        )

    def is_inside(self, count: int, purchase: Purchase, bought: Sequence[int]) -> bool:
        """Whether these lots of the buys, and all sells, bring the portfolio inside its band."""
        after = self.after[count - 1]
        spent = sum([n * b.lot_value for n, b in zip(bought, purchase.buys, strict=True)])
        left = after.gaps - purchase.removed(bought)
        return left + abs(after.cash_gap + spent) <= self.inside

    def first_inside(
        self, attempt: Callable[[int], _Found | None], *, one_by_one: bool
    ) -> _Found | None:
        """What the shortest prefix gives that `attempt`, called with its length, gives something.

        With `one_by_one` an attempt costs no more than to rule out a few prefixes together.
        """
        counts = [i for i, after in enumerate(self.after, 1) if self._may_be_inside(after)]
        done, width = 0, 1
        while done < len(counts):
            block = counts[done : done + width]
            found = self._first(block, attempt, one_by_one=one_by_one)
            if found is not None:
                return found
            done, width = done + width, 2 * width
        return None

    def _first(
        self, counts: list[int], attempt: Callable[[int], _Found | None], *, one_by_one: bool
    ) -> _Found | None:
        if len(counts) > 1 and self._none_inside(counts[0], counts[-1]):
            return None
        if len(counts) <= _FEW or one_by_one:
            attempts = (attempt(count) for count in counts)
            return next((found for found in attempts if found is not None), None)
        half = len(counts) // 2
        first = self._first(counts[:half], attempt, one_by_one=one_by_one)
        if first is not None:
            return first
        return self._first(counts[half:], attempt, one_by_one=one_by_one)

    def _may_be_inside(self, after: _After) -> bool:
        needed = after.needed(self.inside, sells_may_be_cut=self.sells_may_be_cut)
        return needed <= min(after.removable, after.spent)

    def _none_inside(self, first: int, last: int) -> bool:
        """Whether no prefix from the `first` length to the `last` can end inside.

        A shorter one has no choice that the last one lacks: its further sells add room, and leave
        more than they would not by what they bring across their targets only.
        """
        shortest, longest = self.after[first - 1], self.after[last - 1]
        crossed = longest.crossed - shortest.crossed
        needed = longest.needed(self.inside + crossed, sells_may_be_cut=self.sells_may_be_cut)
        if needed > min(longest.removable, longest.spent):
            return True
        return not may_remove(self.buys[: longest.buys], max(0, longest.room), needed)
