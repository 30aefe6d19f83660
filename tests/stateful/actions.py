"""Everything that may happen in a story, and when: a number chooses among what may happen now."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from tests.stateful import broker_actions, line_actions, person_actions, program_actions
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
    Action(program_actions.time_passes, _always),
    Action(Story.plan, _rests, 2),
    Action(program_actions.begin_anew, lambda s: s.has_come_to_rest, 4),
    Action(program_actions.turn, _runs, 4),
    Action(broker_actions.take_all, lambda s: s.broker.in_flight, 4),
    Action(broker_actions.trade_all, _runs, 2),
    Action(broker_actions.fill, lambda s: s.working, 3),
    Action(broker_actions.receive, lambda s: s.broker.in_flight),
    Action(broker_actions.accept, lambda s: s.unanswered, 2),
    Action(broker_actions.reject, lambda s: s.unanswered),
    Action(broker_actions.confuse, lambda s: s.unanswered or s.working),
    Action(broker_actions.refuse_the_algo, lambda s: s.broker.in_flight, 3),
    Action(broker_actions.rest_too_long, lambda s: s.program is not None and s.working, 4),
    Action(broker_actions.process_cancel, lambda s: s.broker.cancels, 2),
    Action(broker_actions.correct, lambda s: s.with_fills),
    Action(line_actions.repeat, lambda s: s.broker.line.said),
    Action(line_actions.move_price, _always),
    Action(line_actions.move_cash, _always),
    Action(program_actions.interrupt, _runs),
    Action(Story.crash, _runs),
    Action(line_actions.disconnect, _runs),
    Action(line_actions.cut_off, _runs),
    Action(line_actions.reconnect, lambda s: s.broker.line.is_cut_off),
    Action(line_actions.mute, _runs),
    Action(line_actions.delay, _runs),
    Action(line_actions.catch_up, lambda s: s.broker.line.late or s.broker.line.is_muted),
    Action(person_actions.ask_with_a_dialog, lambda s: not s.broker.is_asking),
    Action(person_actions.answer, lambda s: s.broker.is_asking),
    Action(person_actions.restart_the_gateway, _always),
    Action(person_actions.change_the_client_id, _rests),
    Action(person_actions.resolve, lambda s: s.program is None and s.journal.states),
    Action(program_actions.fill_the_disk, _runs),
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
