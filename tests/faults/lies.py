"""Thirty lies of the broker about the account and its prices."""

from decimal import Decimal

from rebalancer_adapters.gateway import (
    Alter,
    DataLine,
    MoveMarket,
    Mute,
    Repeat,
    Scale,
    Scenario,
    at_start,
    hidden_position,
    on_messages,
    split,
    unready_account,
    wrong_ledger,
)
from tests.faults.case import ACCOUNT, ORDERS, SHARES, Case, codes

_STRANGER = "DU999999"
_NOTHING = (0, 0)


def lie_cases() -> tuple[Case, ...]:
    """Every lie, those about the account first."""
    return (*_about_the_account(), *_about_prices())


def _about_the_account() -> tuple[Case, ...]:
    no_data = codes(4)
    return (
        _lie("the position is never told", hidden_position("SPY"), no_data),
        _lie("the positions never end", on_messages(Mute(), message_id=62), no_data),
        _lie("the account values never end", on_messages(Mute(), message_id=74), no_data),
        _lie("the open orders never end", on_messages(Mute(), message_id=53), no_data),
        _lie("a split is told in shares only", split("SPY", Decimal(2)), no_data),
        _lie("a reverse split is told in shares only", split("SPY", Decimal("0.1")), no_data),
        _lie("the ledger is 10 % too high", wrong_ledger(Decimal("1.1")), no_data),
        _lie("the ledger is half of it", wrong_ledger(Decimal("0.5")), no_data),
        _lie("the account is not ready", unready_account(ACCOUNT), no_data),
        _lie("positions of a stranger", _position(2, _STRANGER), no_data),
        _lie("no cash row", _values(Mute(), "CashBalance"), no_data),
        _lie("cash is not a number", _values(Alter(field=6, text="nan"), "CashBalance"), no_data),
        _lie("cash is empty", _values(Alter(field=6, text=""), "CashBalance"), no_data),
        _lie("shares are not a number", _position(14, "nan"), no_data),
        _lie("the position is short", _position(14, "-100"), codes(4, 5)),
        _lie("the position is told twice", _told_twice(), codes(0, 4)),
    )


def _about_prices() -> tuple[Case, ...]:
    blind = codes(4, 5)
    # The price is blocked, so the only trade that is wanted is, too; the plan says why.
    blocked = codes(5)
    return (
        _lie("last is 0", _tick("last", "0"), codes(0, 4, 5)),
        _lie("last is negative", _tick("last", "-1"), codes(0, 4, 5)),
        _lie("last is absurd", _tick("last", "1.79e308"), codes(0, 4, 5)),
        _lie("last is ten times too high", _scaled("last", Decimal(10)), blind),
        _lie("last is a tenth", _scaled("last", Decimal("0.1")), blind),
        _lie("bid is above ask", _tick("bid", "700"), blocked, orders=_NOTHING),
        _lie(
            "the spread is 20 %",
            _wide(),
            blocked,
            orders=_NOTHING,
        ),
        _lie("the feed is delayed", _market(data=DataLine.DELAYED), blind),
        _lie("the feed is frozen", _market(data=DataLine.FROZEN), blind),
        _lie("not subscribed", _market(data=DataLine.NONE), blind),
        _lie("a competing session", _market(data=DataLine.COMPETING), blind),
        _lie("trading is halted", _market(data=DataLine.HALTED), blocked, orders=_NOTHING),
        _lie("the last trade is a year old", _tick_time(), codes(0, 4, 5)),
        _lie("delayed in silence", on_messages(Mute(), message_id=58), blind),
    )


def _lie(
    name: str,
    scenario: Scenario,
    exits: frozenset[int],
    orders: tuple[int, int] | None = None,
) -> Case:
    may_trade = 0 in exits and orders is None
    return Case(
        family="lie",
        name=name,
        scenario=scenario,
        holds=SHARES,
        exits=exits,
        orders=orders or ((0, ORDERS) if may_trade else _NOTHING),
        expects="true figures or none" if may_trade else "nothing is sent",
    )


def _position(field: int, text: str) -> Scenario:
    return on_messages(Alter(field=field, text=text), message_id=61, symbol="SPY")


def _told_twice() -> Scenario:
    return on_messages(Repeat(), message_id=61, symbol="SPY")


def _values(effect: Mute | Alter, tag: str) -> Scenario:
    return on_messages(effect, message_id=73, tag=tag)


def _tick(tag: str, text: str) -> Scenario:
    return on_messages(Alter(field=4, text=text), message_id=1, symbol="SPY", tag=tag)


def _scaled(tag: str, by: Decimal) -> Scenario:
    return on_messages(Scale(field=4, by=by), message_id=1, symbol="SPY", tag=tag)


def _tick_time() -> Scenario:
    return on_messages(
        Alter(field=4, text="1700000000"), message_id=46, symbol="SPY", tag="last_time"
    )


def _wide() -> Scenario:
    return at_start(MoveMarket(symbol="SPY", bid=Decimal(540), ask=Decimal(660)))


def _market(*, data: DataLine) -> Scenario:
    return at_start(MoveMarket(symbol="SPY", data=data))
