"""What else happens to the program: its turns, time, a stop, a full disk, a new beginning."""

from __future__ import annotations

from tests.stateful.story import CASH, HELD, Story


def turn(story: Story, turns: int, _: int) -> None:
    """The program hears what was said and does what time asks for."""
    for _ in range(1 + turns % 20):
        story.advance()


def time_passes(story: Story, which: int, _: int) -> None:
    story.broker.seconds += (1, 5, 16, 301, 700)[which % 5]
    story.advance()


def interrupt(story: Story, _: int, __: int) -> None:
    """Ctrl+C."""
    story.running.wants_to_stop = True


def fill_the_disk(story: Story, room: int, _: int) -> None:
    """After a few more writes nothing can be written, until the run is over."""
    story.journal.room = room % 8


def begin_anew(story: Story, _: int, __: int) -> None:
    """Everything was done: somebody moves the shares back, and there is as much to do again."""
    story.broker.holdings = dict(HELD)
    story.broker.cash = CASH
    story.long_past = frozenset(story.broker.book)
