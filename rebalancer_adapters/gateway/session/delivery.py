"""How a scenario lets one message go out: its fields, its encoding, when, how often, or not."""

from decimal import Decimal

from attrs import evolve, frozen

from rebalancer_adapters.gateway.scenario import (
    Alter,
    Behind,
    Delay,
    Effect,
    Garbage,
    HalfFrame,
    Latin1,
    Mute,
    Repeat,
    Scale,
)
from rebalancer_adapters.gateway.wire import Fields


@frozen(kw_only=True)
class Delivery:
    """One message on its way; `times` is 0 for a muted one, `behind` how many overtake it."""

    fields: Fields
    times: int = 1
    seconds: Decimal = Decimal(0)
    behind: int = 0
    encoding: str = "utf-8"
    garbage: bytes = b""
    is_half: bool = False


def plan_delivery(fields: Fields, effects: tuple[Effect, ...]) -> Delivery:
    """The delivery of a message after all effects, in their order."""
    delivery = Delivery(fields=fields)
    for each in effects:
        delivery = _bent(delivery, each)
    return delivery


def _bent(delivery: Delivery, effect: Effect) -> Delivery:
    match effect:
        case Alter() | Scale():
            return evolve(delivery, fields=effect.altered(delivery.fields))
        case Mute():
            return evolve(delivery, times=0)
        case Repeat():
            return evolve(delivery, times=delivery.times * effect.times)
        case Delay():
            return evolve(delivery, seconds=delivery.seconds + effect.seconds)
        case Behind():
            return evolve(delivery, behind=delivery.behind + effect.messages)
        case Latin1() | Garbage() | HalfFrame():
            return _damaged(delivery, effect)
        case _:
            return delivery  # what it does is no matter of this one message


def _damaged(delivery: Delivery, effect: Latin1 | Garbage | HalfFrame) -> Delivery:
    match effect:
        case Latin1():
            return evolve(delivery, encoding="latin-1")
        case Garbage():
            return evolve(delivery, garbage=delivery.garbage + effect.content)
        case HalfFrame():
            return evolve(delivery, is_half=True)
