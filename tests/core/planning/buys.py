"""Small random purchases in whole units, and every choice of lots that they leave."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

from attrs import frozen

from rebalancer_core.planning.sizing.greedy_fill import Buy


@frozen(kw_only=True)
class Purchase:
    """Buys by priority, what may be spent on them, and the minimum order."""

    buys: tuple[Buy, ...]
    room: int
    min_order: int


def purchases(count: int) -> Iterator[Purchase]:
    """The same ones at each run, and cheap: of many, some lie on ties and edges."""
    chance = Random(2026)
    for _ in range(count):
        min_order = chance.choice((0, 0, 0, 25, 60, 100))
        wanted = [_buy(chance, min_order) for _ in range(chance.randint(1, 4))]
        buys = tuple(sorted((b for b in wanted if b), key=lambda buy: -buy.gap))
        everything = sum(buy.nearest * buy.lot_value for buy in buys)
        yield Purchase(buys=buys, room=chance.randint(0, everything), min_order=min_order)


def choices(purchase: Purchase) -> Iterator[tuple[int, ...]]:
    """All admissible lots that the room affords."""
    for lots in product(*(_admissible(buy) for buy in purchase.buys)):
        if cost(purchase.buys, lots) <= purchase.room:
            yield lots


def cost(buys: tuple[Buy, ...], lots: tuple[int, ...]) -> int:
    """What so many lots cost."""
    return sum(buy.lot_value * count for buy, count in zip(buys, lots, strict=True))


def removed(buys: tuple[Buy, ...], lots: tuple[int, ...]) -> int:
    """The drift that so many lots remove."""
    left = (abs(buy.gap - buy.lot_value * n) for buy, n in zip(buys, lots, strict=True))
    return sum(buy.gap for buy in buys) - sum(left)


def _buy(chance: Random, min_order: int) -> Buy | None:
    lot_value = chance.randint(3, 60)
    gap = chance.randint(lot_value // 2 + 1, 6 * lot_value)
    nearest = -(-(2 * gap - lot_value) // (2 * lot_value))
    if gap < min_order or nearest * lot_value < min_order:
        return None
    min_lots = max(1, -(-min_order // lot_value))
    return Buy(gap=gap, lot_value=lot_value, nearest=nearest, min_lots=min_lots)


def _admissible(buy: Buy) -> list[int]:
    return [0, *range(buy.min_lots, buy.nearest + 1)]
