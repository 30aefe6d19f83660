"""What the market, the account and the line do in a story, without anybody's order."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.orders.events import LinkDown, LinkUp
from tests.stateful.market import CONTRACTS
from tests.stateful.story import Story

_PRICES = (Decimal(10), Decimal(9), Decimal("10.90"), Decimal(15))


def move_price(story: Story, con_id: int, price: int) -> None:
    story.broker.move_price(CONTRACTS[con_id % len(CONTRACTS)], _PRICES[price % len(_PRICES)])


def move_cash(story: Story, amount: int, _: int) -> None:
    story.broker.move_cash(Decimal((-300, 200)[amount % 2]))


def disconnect(story: Story, arrived: int, _: int) -> None:
    """The socket closes."""
    story.broker.disconnect(arrived % 4)


def cut_off(story: Story, _: int, __: int) -> None:
    """1100."""
    story.broker.line.announce(LinkDown(detail="1100", closed=False))


def reconnect(story: Story, _: int, __: int) -> None:
    """1102."""
    story.broker.line.announce(LinkUp(code=1102))


def mute(story: Story, _: int, __: int) -> None:
    """Messages are lost from here on."""
    story.broker.line.is_muted = True


def delay(story: Story, _: int, __: int) -> None:
    """Messages come late from here on."""
    story.broker.line.is_late = True


def catch_up(story: Story, _: int, __: int) -> None:
    """What was late comes in; what was lost is lost."""
    story.broker.line.is_muted = False
    story.broker.catch_up()


def repeat(story: Story, which: int, _: int) -> None:
    """An old message comes again."""
    story.broker.line.tell(story.broker.line.said[which % len(story.broker.line.said)])
