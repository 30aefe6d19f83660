"""Effects in scenario files: a name, and the same words as the fields of the effect's class."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import NoneType
from typing import get_args, get_type_hints

from attrs import NOTHING, Attribute, fields

from rebalancer_adapters.gateway.market import DataLine
from rebalancer_adapters.gateway.market.toml_table import TomlTable
from rebalancer_adapters.gateway.scenario.faults import (
    CrossCancel,
    Effect,
    Fill,
    Garbage,
    MessageEffect,
    OrderEffect,
    RequestEffect,
)
from rebalancer_adapters.gateway.scenario.gateway_wide import ForeignOrder, GatewayEffect, Outage
from rebalancer_adapters.gateway.scenario.rules import Kind

_MAY_BE_NEGATIVE = ("amount", "by", "bid", "ask", "last")


def _named(effects: tuple[type[Effect], ...]) -> dict[str, type[Effect]]:
    return {re.sub(r"(?<!^)(?=[A-Z])", "_", each.__name__).lower(): each for each in effects}


EFFECTS: Mapping[Kind, Mapping[str, type[Effect]]] = {
    Kind.START: _named(get_args(GatewayEffect)),
    Kind.REQUEST: _named(get_args(RequestEffect)),
    Kind.ORDER: _named(get_args(OrderEffect)),
    Kind.MESSAGE: _named(get_args(MessageEffect)),
}


def read_effect(table: TomlTable, kind: Kind) -> Effect | None:
    """The effect that a table names, None with a problem in the table when it names none."""
    known = EFFECTS[kind]
    name = table.text("effect")
    effect_type = known.get(name)
    if effect_type is None:
        if name:
            fix = f"on = {kind.value!r} knows {', '.join(known)}"
            table.report("effect", f"{name!r} is not possible here", fix)
        return None
    before = len(table.problems)
    hints = get_type_hints(effect_type)
    given = {
        each.name: _READERS[_plain(hints[each.name])](table, each.name)
        for each in fields(effect_type)
        if table.has(each.name) or _is_needed(each)
    }
    table.finish()
    if len(table.problems) > before:
        return None
    make: Callable[..., Effect] = effect_type  # its keywords are its fields
    effect = make(**given)
    _check_meaning(table, effect)
    return effect


def _check_meaning(table: TomlTable, effect: Effect) -> None:
    match effect:
        case Fill(share=share) | CrossCancel(share=share) if not 0 < share <= 1:
            table.report("share", f"{share} is not a part of the order", "write 0.5 for a half")
        case CrossCancel(answer=answer) if answer not in ("PendingCancel", "Cancelled", "10148"):
            fix = "write PendingCancel, Cancelled or 10148"
            table.report("answer", f"{answer!r} is not an answer to a cancel", fix)
        case Outage(back=back) if back not in (1101, 1102):
            table.report("back", f"{back} is not an end of an outage", "write 1101 or 1102")
        case Outage(code=code) if code not in (1100, 2110):
            table.report("code", f"{code} is not an outage", "write 1100 or 2110")
        case ForeignOrder(side=side) if side not in ("BUY", "SELL"):
            table.report("side", f"{side!r} is not a side", "write BUY or SELL")
        case Garbage(hexadecimal=digits) if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", digits):
            table.report("hexadecimal", f"{digits!r} is not hexadecimal", 'write them as "00ff"')
        case _:
            pass  # every value of it has a meaning


def _is_needed(attribute: "Attribute[object]") -> bool:
    return attribute.default is NOTHING


def _plain(hint: object) -> object:
    """The type of a field, without its None."""
    parts = [part for part in get_args(hint) if part is not NoneType]
    return parts[0] if parts else hint


def _read_number(table: TomlTable, key: str) -> Decimal:
    return table.number(key, minimum=None if key in _MAY_BE_NEGATIVE else 0)


def _read_integer(table: TomlTable, key: str) -> int:
    return table.integer(key, minimum=0)


def _read_text(table: TomlTable, key: str) -> str:
    return table.text(key)


def _read_flag(table: TomlTable, key: str) -> bool:
    return table.flag(key, default=False)


def _read_data_line(table: TomlTable, key: str) -> DataLine:
    return DataLine(table.choice(key, tuple(line.value for line in DataLine), "live"))


_READERS: Mapping[object, Callable[[TomlTable, str], object]] = {
    Decimal: _read_number,
    int: _read_integer,
    str: _read_text,
    bool: _read_flag,
    DataLine: _read_data_line,
}
