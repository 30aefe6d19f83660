"""What goes wrong in one run: up to three faults, drawn out of all the effects there are.

Left out are lies that no client can see through: executions told with another quantity or price.
"""

from collections.abc import Callable
from decimal import Decimal
from random import Random

from attrs import evolve

from rebalancer_adapters.gateway import (
    Announce,
    Behind,
    BrokerCancel,
    Correct,
    CrossCancel,
    Cut,
    DataLine,
    Delay,
    Drip,
    Fill,
    ForeignOrder,
    Garbage,
    HalfFrame,
    Hold,
    Ignore,
    Inactivate,
    Latin1,
    Lose,
    MoveMarket,
    Mute,
    Outage,
    Phase,
    Reject,
    Remark,
    Repeat,
    Rest,
    Restart,
    Scale,
    Scenario,
    Stall,
    at_start,
    executions_only,
    fills_without_status,
    hidden_position,
    late_commissions,
    on_messages,
    on_orders,
    on_placed_orders,
    on_requests,
    silent_orders,
    split,
    unready_account,
    wrong_account_echo,
    wrong_ledger,
)
from rebalancer_adapters.gateway.scenario import MessageEffect, OrderEffect, RequestEffect, Trouble

ACCOUNTS = ("DU111111", "DU222222")
STRANGER = 31
_SYMBOLS = ("SPY", "IEF", "GLD", "BIL", "BRK B")
_ORDER_MESSAGES = (3, 4, 5, 11, 59)
_ANSWERS = (10, 49, 52, 53, 55, 61, 62, 73, 74, 1, 46, 57, 58, 101, 102)
_REQUESTS = (1, 3, 4, 5, 7, 8, 9, 16, 49, 59, 61, 71, 76, 99)
_REJECTIONS = ((110, "price"), (201, "rejected"), (203, "not allowed"), (10243, "fractional"))
_REMARKS = ((399, "queued"), (404, "held"), (10349, "preset"), (19999, "Nobody knows this."))


def drawn_faults(lots: Random) -> Scenario:
    """A scenario of none to three faults; the same lots draw the same one."""
    kinds = (_of_orders, _of_orders, _of_messages, _of_requests, _of_placing, _of_everything)
    scenario = Scenario(seed=lots.randrange(1, 10**6))
    for _ in range(lots.choice((0, 1, 1, 1, 2, 2, 3))):
        scenario += _at_some_time(lots.choice(kinds)(lots), lots)
    if lots.random() < 0.05:
        scenario = evolve(scenario, messages_per_second=lots.choice((20, 50)))
    return scenario


def _at_some_time(scenario: Scenario, lots: Random) -> Scenario:
    """The same faults, but for some events only: from the first or a later one, once or by lot."""
    first = lots.choice((1, 1, 1, 2, 3))
    last = lots.choice((None, None, first, first + 1))
    chance = Decimal(lots.choice(("1", "1", "1", "0.5", "0.2")))
    rules = tuple(evolve(r, first=first, last=last, chance=chance) for r in scenario.rules)
    return evolve(scenario, rules=rules)


def _of_orders(lots: Random) -> Scenario:
    make = lots.choice(_ORDER_EFFECTS)
    return on_orders(*make(lots), symbol=lots.choice((None, None, *_SYMBOLS)))


def _of_messages(lots: Random) -> Scenario:
    make = lots.choice(_MESSAGE_EFFECTS)
    return on_messages(
        make(lots),
        message_id=lots.choice(lots.choice((_ORDER_MESSAGES, _ANSWERS))),
        phase=lots.choice((None, None, None, *Phase)),
    )


def _of_requests(lots: Random) -> Scenario:
    make = lots.choice(_REQUEST_EFFECTS)
    return on_requests(make(lots), message_id=lots.choice(_REQUESTS))


def _of_placing(lots: Random) -> Scenario:
    lost: tuple[RequestEffect, ...] = (Ignore(),) if lots.random() < 0.3 else ()
    return on_placed_orders(*lost, lots.choice(_TROUBLES)(lots))


def _of_everything(lots: Random) -> Scenario:
    return lots.choice(_RECIPES)(lots)


def _seconds(lots: Random) -> Decimal:
    return Decimal(lots.choice(("0", "0.05", "0.3", "1", "3")))


def _share(lots: Random) -> Decimal:
    return Decimal(lots.choice(("0.1", "0.5", "0.9", "1")))


def _reject(lots: Random) -> tuple[OrderEffect, ...]:
    code, text = lots.choice(_REJECTIONS)
    return (Reject(code=code, text=text),)


def _remark(lots: Random) -> tuple[OrderEffect, ...]:
    code, text = lots.choice(_REMARKS)
    return (Remark(code=code, text=text, after_seconds=_seconds(lots)),)


def _parts(lots: Random) -> tuple[OrderEffect, ...]:
    return tuple(
        Fill(share=_share(lots), after_seconds=_seconds(lots)) for _ in range(lots.randint(1, 3))
    )


def _cancelled_by_broker(lots: Random) -> tuple[OrderEffect, ...]:
    code = lots.choice((0, 202))
    return (Fill(share=_share(lots)), BrokerCancel(after_seconds=_seconds(lots), code=code))


def _crossed(lots: Random) -> tuple[OrderEffect, ...]:
    answer = lots.choice(("PendingCancel", "Cancelled", "10148"))
    after = Decimal(lots.choice(("0", "0.1", "1")))
    return (CrossCancel(answer=answer, share=_share(lots), after_seconds=after),)


def _corrected(lots: Random) -> tuple[OrderEffect, ...]:
    return (Correct(quantity=Decimal(lots.choice(("0", "1")))),)


def _inactive(lots: Random) -> tuple[OrderEffect, ...]:
    revives = lots.choice((None, _seconds(lots)))
    code = lots.choice((None, 201)) if revives is None else None
    return (Inactivate(code=code, text="no margin", revives_after_seconds=revives),)


def _foreign_order(lots: Random) -> Trouble:
    return ForeignOrder(
        account=lots.choice(ACCOUNTS),
        symbol=lots.choice(_SYMBOLS),
        side=lots.choice(("BUY", "SELL")),
        quantity=Decimal(lots.randint(1, 3)),
        limit_price=lots.choice((None, Decimal(1))),
        client_id=lots.choice((0, STRANGER)),
    )


def _moved_market(lots: Random) -> Trouble:
    symbol = lots.choice(_SYMBOLS)
    return MoveMarket(
        symbol=symbol,
        last_age_seconds=lots.choice((None, Decimal(3600))),
        data=lots.choice((None, *DataLine)),
    )


_ORDER_EFFECTS: tuple[Callable[[Random], tuple[OrderEffect, ...]], ...] = (
    _reject,
    _remark,
    _parts,
    _cancelled_by_broker,
    _crossed,
    _corrected,
    _inactive,
    lambda _lots: (Rest(),),
    lambda _lots: (Lose(),),
    lambda lots: (Hold(seconds=_seconds(lots)),),
)
_TROUBLES: tuple[Callable[[Random], Trouble], ...] = (
    lambda lots: Cut(reset=lots.random() < 0.5, after_seconds=_seconds(lots)),
    lambda lots: Stall(seconds=lots.choice((None, Decimal(2)))),
    lambda _lots: Drip(),
    lambda lots: Announce(code=lots.choice((2103, 2104, 2105, 2110, 1300)), text="soak"),
    lambda lots: Outage(seconds=_seconds(lots), back=lots.choice((1101, 1102))),
    lambda lots: Restart(seconds=_seconds(lots), forget_order_ids=lots.random() < 0.5),
    _foreign_order,
    _moved_market,
)
_MESSAGE_EFFECTS: tuple[Callable[[Random], MessageEffect], ...] = (
    lambda _lots: Mute(),
    lambda lots: Delay(seconds=_seconds(lots)),
    lambda lots: Repeat(times=lots.randint(2, 3)),
    lambda lots: Behind(messages=lots.randint(1, 6)),
    lambda _lots: Latin1(),
    lambda _lots: HalfFrame(),
    lambda lots: Garbage(hexadecimal=lots.choice(("00000004fffefd00", "00ff", "ffffffff"))),
    lambda lots: lots.choice(_TROUBLES)(lots),
)
_REQUEST_EFFECTS: tuple[Callable[[Random], RequestEffect], ...] = (
    lambda _lots: Ignore(),
    lambda lots: Delay(seconds=_seconds(lots)),
    lambda lots: lots.choice(_TROUBLES)(lots),
    lambda lots: lots.choice(_TROUBLES)(lots),
)
_RECIPES: tuple[Callable[[Random], Scenario], ...] = (
    lambda lots: at_start(_foreign_order(lots)),
    lambda lots: at_start(_moved_market(lots)),
    lambda lots: hidden_position(lots.choice(_SYMBOLS)),
    lambda lots: split(lots.choice(_SYMBOLS), Decimal(lots.choice(("0.25", "4")))),
    lambda lots: wrong_ledger(Decimal(lots.choice(("0.5", "0.99", "1.01", "2")))),
    lambda _lots: fills_without_status(),
    lambda _lots: executions_only(),
    lambda lots: silent_orders(lots.choice((None, *_SYMBOLS))),
    lambda lots: unready_account(lots.choice(ACCOUNTS)),
    lambda _lots: wrong_account_echo("DU999999"),
    lambda lots: late_commissions(_seconds(lots)),
    lambda lots: on_messages(
        Scale(field=4, by=Decimal(lots.choice(("0", "1.05", "10")))), message_id=1
    ),
)
