"""What a person does in a story: at the gateway's window, in the settings, with `resolve`."""

from __future__ import annotations

from rebalancer_core.orders.events import Resolution
from tests.stateful.past import close_silent
from tests.stateful.story import Story


def ask_with_a_dialog(story: Story, _: int, __: int) -> None:
    """From now on the gateway asks its user before it passes an order on."""
    story.broker.is_asking = True


def answer(story: Story, yes: int, _: int) -> None:
    if yes % 2:
        story.broker.answer_yes()
    else:
        story.broker.answer_no()


def restart_the_gateway(story: Story, _: int, __: int) -> None:
    """Its dialogs die; a run that has orders out loses the connection."""
    story.broker.restart()
    story.advance()


def change_the_client_id(story: Story, which: int, _: int) -> None:
    story.client_id = (42, 77)[which % 2]


def resolve(story: Story, _: int, __: int) -> None:
    """A person who tells the truth closes what was never acknowledged."""
    close_silent(story.broker, story.journal, Resolution.NOT_RECEIVED)
    close_silent(story.broker, story.journal, Resolution.DECLINED)
