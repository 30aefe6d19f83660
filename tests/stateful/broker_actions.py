"""What the broker does with the orders of a story. Two numbers choose among the ways."""

from __future__ import annotations

from decimal import Decimal

from tests.stateful.book_order import BookOrder
from tests.stateful.program_actions import time_passes, turn
from tests.stateful.story import Story

# Refused for the algo, for margin, by a read-only gateway; and a code that no table knows.
_NO_SUCH_ALGO = 442
_CODES = (442, 442, 201, 321, 19999)
# A preset changed the order, a cancel failed, the link is in doubt; and codes that no table knows.
_NOTICES = (10349, 161, 1100, 19999, 19998)
# Two seconds of proof, in turns of a fifth of a second.
_TURNS_OF_A_FALLBACK = 15


def receive(story: Story, _: int, __: int) -> None:
    """An order comes in, and nobody answers yet."""
    story.broker.receive()


def accept(story: Story, which: int, _: int) -> None:
    story.broker.accept(_pick(story.unanswered, which))


def take_all(story: Story, _: int, __: int) -> None:
    """As on a good day."""
    _take_all(story)
    story.advance()


def trade_all(story: Story, _: int, __: int) -> None:
    """All that comes is taken and filled: the sells, and then what they pay."""
    for _ in range(_TURNS_OF_A_FALLBACK):
        _take_all(story)
        for order in story.working:
            story.broker.fill(order, order.ticket.quantity)
        story.advance()


def reject(story: Story, which: int, code: int) -> None:
    story.broker.reject(_pick(story.unanswered, which), _CODES[code % len(_CODES)])


def confuse(story: Story, which: int, code: int) -> None:
    story.broker.confuse(
        _pick(story.unanswered or story.working, which), _NOTICES[code % len(_NOTICES)]
    )


def refuse_the_algo(story: Story, _: int, __: int) -> None:
    """Orders come in, and the broker does not know their algo."""
    while story.broker.in_flight:
        order = story.broker.receive()
        if order is not None:
            story.broker.reject(order, _NO_SUCH_ALGO)
    turn(story, _TURNS_OF_A_FALLBACK - 1, 0)


def rest_too_long(story: Story, shares: int, late: int) -> None:
    """A part is filled, patience ends, and the cancel is confirmed; or more fills cross it."""
    for order in story.working:
        if shares % 3:
            story.broker.fill(order, Decimal((1, 25)[shares % 2]))
    time_passes(story, 3, 0)
    turn(story, 1, 0)
    for order in story.working:
        if late % 3 == 2:
            story.broker.fill_unheard(order, Decimal(1 + late % 7))
    story.broker.process_cancels()
    turn(story, _TURNS_OF_A_FALLBACK - 1, 0)


def fill(story: Story, which: int, shares: int) -> None:
    story.broker.fill(_pick(story.working, which), Decimal((1, 25, 100)[shares % 3]))


def correct(story: Story, which: int, shares: int) -> None:
    """Mostly the price, seldom the shares."""
    story.broker.correct(_pick(story.with_fills, which), Decimal((1000, 1)[shares % 4 == 1]))


def process_cancel(story: Story, _: int, __: int) -> None:
    story.broker.process_cancel()


def _take_all(story: Story) -> None:
    while story.broker.in_flight:
        order = story.broker.receive()
        if order is not None:
            story.broker.accept(order)


def _pick(among: list[BookOrder], which: int) -> BookOrder:
    return among[which % len(among)]
