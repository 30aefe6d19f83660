"""Ready faults: one function for each way in which a broker surprises its clients."""

from decimal import Decimal

from rebalancer_adapters.gateway.scenario.faults import (
    Alter,
    Delay,
    Effect,
    MessageEffect,
    Mute,
    OrderEffect,
    Reject,
    RequestEffect,
    Scale,
    Trouble,
)
from rebalancer_adapters.gateway.scenario.rules import Kind, Phase, Rule, Scenario, When

PLACED = "order"  # the tag of a request that places an order
PREVIEWED = "what-if"  # the tag of a request that only asks what an order would do
UNASKED = "unasked"  # the tag of what is told of an order as it happens
_PLACE_ORDER = 3
_ALGOS = ("Adaptive", "MIDPRICE")
_TOLD_OF_ORDERS = (3, 5, 11, 59)


def on_orders(
    *effects: OrderEffect,
    account: str | None = None,
    symbol: str | None = None,
    side: str | None = None,
    first: int = 1,
    last: int | None = None,
) -> Scenario:
    """What happens to orders: `on_orders(Reject(code=201, text="..."), symbol="SPY")`."""
    when = When(kind=Kind.ORDER, message_id=_PLACE_ORDER, account=account, symbol=symbol, side=side)
    return _one_rule(when, effects, first, last)


def on_messages(
    *effects: MessageEffect,
    message_id: int,
    account: str | None = None,
    symbol: str | None = None,
    status: str | None = None,
    tag: str | None = None,
    phase: Phase | None = None,
    first: int = 1,
    last: int | None = None,
) -> Scenario:
    """What happens to messages on their way out: `on_messages(Mute(), message_id=62)`."""
    when = When(
        kind=Kind.MESSAGE,
        message_id=message_id,
        account=account,
        symbol=symbol,
        status=status,
        tag=tag,
        phase=phase,
    )
    return _one_rule(when, effects, first, last)


def on_requests(
    *effects: RequestEffect,
    message_id: int | None = None,
    account: str | None = None,
    symbol: str | None = None,
    side: str | None = None,
    tag: str | None = None,
    phase: Phase | None = None,
    first: int = 1,
    last: int | None = None,
) -> Scenario:
    """What happens when a client asks: `on_requests(Ignore(), message_id=61)`."""
    when = When(
        kind=Kind.REQUEST,
        message_id=message_id,
        account=account,
        symbol=symbol,
        side=side,
        tag=tag,
        phase=phase,
    )
    return _one_rule(when, effects, first, last)


def on_placed_orders(*effects: RequestEffect, first: int = 1, last: int | None = None) -> Scenario:
    """What happens as an order message arrives: `on_placed_orders(Cut(), first=3)` after the third.

    The order itself is taken, unless `Ignore` is among the effects.
    """
    return on_requests(*effects, message_id=_PLACE_ORDER, tag=PLACED, first=first, last=last)


def refused_what_if(
    code: int,
    text: str,
    symbol: str | None = None,
    side: str | None = None,
    *,
    first: int = 1,
    last: int | None = None,
) -> Scenario:
    """Asked what an order would do, of one symbol or of all, the broker only says this error.

    An order that is placed all the same is taken.
    """
    return on_requests(
        Reject(code=code, text=text),
        message_id=_PLACE_ORDER,
        symbol=symbol,
        side=side,
        tag=PREVIEWED,
        first=first,
        last=last,
    )


def no_algos(code: int, text: str) -> Scenario:
    """Adaptive and MIDPRICE orders are refused with this error, what-ifs too; plain ones are taken.

    `no_algos(201, "Order rejected - reason:Specified algorithm is not allowed for this order.")`
    """
    refuse = (Reject(code=code, text=text),)
    events = ((Kind.ORDER, None), (Kind.REQUEST, PREVIEWED))
    return Scenario(
        rules=tuple(
            Rule(when=When(kind=kind, message_id=_PLACE_ORDER, tag=tag, algo=algo), then=refuse)
            for kind, tag in events
            for algo in _ALGOS
        )
    )


def at_start(*effects: Trouble) -> Scenario:
    """What happens as the scenario begins, such as `at_start(ForeignOrder(...))`."""
    return _one_rule(When(kind=Kind.START), effects, 1, None)


def hidden_position(symbol: str, account: str | None = None) -> Scenario:
    """The account holds it, the positions message never says so."""
    return on_messages(Mute(), message_id=61, symbol=symbol, account=account)


def split(symbol: str, by: Decimal) -> Scenario:
    """The shares of a split are told already, while the price is still the old one."""
    return on_messages(Scale(field=14, by=by), message_id=61, symbol=symbol) + on_messages(
        Scale(field=13, by=by), message_id=7, symbol=symbol
    )


def wrong_ledger(
    by: Decimal, account: str | None = None, tags: tuple[str, ...] = ("StockMarketValue",)
) -> Scenario:
    """These figures of the account's ledger are wrong by this factor, in every currency."""
    rules: Scenario = Scenario()
    for tag in tags:
        rules += on_messages(Scale(field=6, by=by), message_id=73, account=account, tag=tag)
        rules += on_messages(Scale(field=3, by=by), message_id=6, account=account, tag=tag)
    return rules


def insured_sweep(by: Decimal = Decimal(2), account: str | None = None) -> Scenario:
    """CashBalance counts cash in the insured deposit sweep once more; TotalCashBalance is right."""
    return wrong_ledger(by, account, tags=("CashBalance",))


def fills_without_status() -> Scenario:
    """Executions come, no order status ever says Filled: documented behaviour of TWS."""
    return on_messages(Mute(), message_id=3, status="Filled") + on_messages(
        Mute(), message_id=5, status="Filled"
    )


def executions_only() -> Scenario:
    """Executions and commissions are all that is ever told of an order: no echo, no status."""
    return on_messages(Mute(), message_id=3, tag=UNASKED) + on_messages(
        Mute(), message_id=5, tag=UNASKED
    )


def silent_orders(symbol: str | None = None) -> Scenario:
    """Orders are taken and filled, and nobody is told: no callback ever, unless it is asked for."""
    rules = (
        Rule(
            when=When(kind=Kind.MESSAGE, message_id=each, symbol=symbol, tag=UNASKED),
            then=(Mute(),),
        )
        for each in _TOLD_OF_ORDERS
    )
    return Scenario(rules=tuple(rules))


def wrong_account_echo(account: str) -> Scenario:
    """Orders and executions are told under another account than the one they are booked in."""
    return on_messages(Alter(field=20, text=account), message_id=5) + on_messages(
        Alter(field=16, text=account), message_id=11
    )


def unready_account(account: str) -> Scenario:
    """Its values say AccountReady = false, as during the nightly reset."""
    return on_messages(
        Alter(field=6, text="false"), message_id=73, account=account, tag="AccountReady"
    ) + on_messages(Alter(field=3, text="false"), message_id=6, account=account, tag="AccountReady")


def late_commissions(seconds: Decimal) -> Scenario:
    """Commission reports come that much after their executions."""
    return on_messages(Delay(seconds=seconds), message_id=59)


def no_commissions() -> Scenario:
    """Commission reports never come."""
    return on_messages(Mute(), message_id=59)


def _one_rule(when: When, effects: tuple[Effect, ...], first: int, last: int | None) -> Scenario:
    return Scenario(rules=(Rule(when=when, then=effects, first=first, last=last),))
