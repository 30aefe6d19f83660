"""Everything that may happen in a story, and when: a number chooses among what may happen now."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from tests.stateful.story import Story


@frozen
class Action:
    """One thing that may happen while `may` is true of the story, `weight` times as often."""

    do: Callable[[Story, int, int], None]
    may: Callable[[Story], object]
    weight: int = 1

    @property
    def name(self) -> str:
        return self.do.__name__


def _always(_: Story) -> bool:
    return True


def _runs(story: Story) -> bool:
    return story.program is not None


def _rests(story: Story) -> bool:
    return story.program is None


# The harmless first: a failing story is made of as many of them as possible.
ACTIONS = (
    Action(Story.time_passes, _always),
    Action(Story.plan, _rests, 2),
    Action(Story.begin_anew, lambda s: s.has_come_to_rest, 4),
    Action(Story.turn, _runs, 4),
    Action(Story.take_all, lambda s: s.broker.in_flight, 4),
    Action(Story.trade_all, _runs, 2),
    Action(Story.fill, lambda s: s.working, 3),
    Action(Story.receive, lambda s: s.broker.in_flight),
    Action(Story.accept, lambda s: s.unanswered, 2),
    Action(Story.reject, lambda s: s.unanswered),
    Action(Story.confuse, lambda s: s.unanswered or s.working),
    Action(Story.refuse_the_algo, lambda s: s.broker.in_flight, 3),
    Action(Story.rest_too_long, lambda s: s.program is not None and s.working, 4),
    Action(Story.process_cancel, lambda s: s.broker.cancels, 2),
    Action(Story.correct, lambda s: s.with_fills),
    Action(Story.repeat, lambda s: s.broker.said),
    Action(Story.move_price, _always),
    Action(Story.move_cash, _always),
    Action(Story.interrupt, _runs),
    Action(Story.crash, _runs),
    Action(Story.disconnect, _runs),
    Action(Story.cut_off, _runs),
    Action(Story.reconnect, lambda s: s.broker.is_cut_off),
    Action(Story.mute, _runs),
    Action(Story.delay, _runs),
    Action(Story.catch_up, lambda s: s.broker.late or s.broker.is_muted),
    Action(Story.ask_with_a_dialog, lambda s: not s.broker.is_asking),
    Action(Story.answer, lambda s: s.broker.is_asking),
    Action(Story.restart_the_gateway, _always),
    Action(Story.change_the_client_id, _rests),
    Action(Story.resolve, lambda s: s.program is None and s.journal.states),
    Action(Story.fill_the_disk, _runs),
)
# Without these nothing happens at all; any of the others may be left out of a story.
_NEEDED = 6


def possible(story: Story, left_out: int) -> list[Action]:
    """What may happen now, but for the actions whose bit is set in `left_out`."""
    found: list[Action] = []
    for number, action in enumerate(ACTIONS):
        if (number < _NEEDED or not left_out >> number & 1) and action.may(story):
            found += [action] * action.weight
    return found
