"""What a message that could not be read was about: as little as can be proven is spoilt by it."""

from __future__ import annotations

from attrs import frozen

from rebalancer_adapters.ib.decoder import Fields
from rebalancer_adapters.ib.order_log import OrderLog
from rebalancer_core.orders.tickets import OWN_PREFIX

_TICKS = frozenset({1, 2, 45, 46, 57, 58, 81})
_ORDER_STATUS, _OPEN_ORDER, _EXECUTION = 3, 5, 11
_COMMISSION, _COMPLETED = 59, 101
# The contract, the positions and the values of an account, matching symbols.
_NUMBERED = frozenset({10, 18, 71, 73, 79})
_POSITION, _TIME = 61, 49
# An execution or an order that is shorter than this may be one of ours, cut off before its name.
_WHOLE = 24
# Accounts as another subscription sends them, for marks alone; a missing mark is no mark.
_MARKS = frozenset({6, 7, 8, 54})


@frozen(kw_only=True)
class Damaged:
    """Questions whose answer is not whole any more: by name, and by the numbers they may have."""

    questions: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


def damaged_part(fields: Fields, orders: OrderLog) -> Damaged | None:
    """What a message spoils that could not be read; None where an order of ours may be in it."""
    kind = _number(fields[0]) if fields else None
    if kind in _MARKS:
        return Damaged()
    if kind == _POSITION:
        return Damaged(questions=("positions",))
    if kind == _TIME:
        return Damaged(questions=("server time",))
    if kind in _NUMBERED or kind in _TICKS:
        return Damaged(numbers=_numbers(fields))
    return _of_order(kind, fields, orders)


def _of_order(kind: int | None, fields: Fields, orders: OrderLog) -> Damaged | None:
    if any(text.startswith(OWN_PREFIX) for text in fields):
        return None
    if kind in {_ORDER_STATUS, _OPEN_ORDER}:
        numbers = _numbers(fields[:2])
        is_cut = kind == _OPEN_ORDER and len(fields) < _WHOLE
        if not numbers or is_cut or orders.is_ours(numbers[0]):
            return None
        return Damaged(questions=("open orders",), numbers=numbers)
    if kind in {_EXECUTION, _COMPLETED}:
        return Damaged() if len(fields) >= _WHOLE else None
    if kind == _COMMISSION:
        return None if any(orders.has_execution(text) for text in fields) else Damaged()
    return None


def _numbers(fields: Fields) -> tuple[int, ...]:
    """The numbers behind the kind: that of the question is among them, perhaps after a version."""
    found = (_number(text) for text in fields[1:3])
    return tuple(number for number in found if number is not None)


def _number(text: str) -> int | None:
    return (
        int(text) if text.isascii() and text.isdigit() and len(text) <= len("2147483647") else None
    )
