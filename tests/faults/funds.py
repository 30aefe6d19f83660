"""Cash, prices and holdings change between the reading and the buys."""

from collections.abc import Mapping
from decimal import Decimal

from rebalancer_adapters.gateway import (
    DataLine,
    Delay,
    Fill,
    ForeignOrder,
    MoveCash,
    MoveMarket,
    Scenario,
    at_start,
    on_orders,
    on_requests,
)
from rebalancer_adapters.gateway.scenario import PLACED
from tests.faults.case import ACCOUNT, DEPOSIT, SHARES, Case, codes

_OPEN_ORDERS, _ACCOUNT_VALUES, _PLACE_ORDER = 16, 76, 3
_DONE, _REFUSED, _PARTIAL = codes(0), codes(5), codes(6)
_SELL_ALONE = (1, 1)


def funds_cases() -> tuple[Case, ...]:
    """Before the yes first, then while a sell works, then what the sells bring."""
    return (
        _case("cash falls once before the yes", _withdrawn(last=2), _DONE, (1, 2), DEPOSIT),
        _case("cash falls at every look", _withdrawn(), _REFUSED, (0, 0), DEPOSIT),
        _case("a working buy needs the cash", at_start(_foreign("350")), _DONE, (1, 1), DEPOSIT),
        _case("cash leaves while a sell works", _meanwhile(_gone("-20000")), _DONE, (2, 2)),
        _case("cash comes while a sell works", _meanwhile(_gone("20000")), _DONE, (2, 2)),
        _case("prices rise while a sell works", _meanwhile(_ief("103")), _DONE, (2, 2)),
        _case("a price leaves the collar", _meanwhile(_ief("110")), _PARTIAL, _SELL_ALONE),
        _case("a halt while a sell works", _meanwhile(_data("halted")), _PARTIAL, _SELL_ALONE),
        _case("prices end while a sell works", _meanwhile(_data("none")), _PARTIAL, _SELL_ALONE),
        _case("somebody buys while a sell works", _meanwhile(_foreign()), _PARTIAL, _SELL_ALONE),
        _case("the sells bring too little for a buy", _sold_at("10"), _DONE, _SELL_ALONE),
    )


def _case(
    name: str,
    scenario: Scenario,
    exits: frozenset[int],
    orders: tuple[int, int],
    holds: Mapping[str, str] = SHARES,
) -> Case:
    return Case(
        family="funds",
        name=name,
        scenario=scenario,
        holds=holds,
        exits=exits,
        orders=orders,
        expects="no buy spends what is not there, nor at a price nobody looked at",
    )


def _withdrawn(last: int | None = None) -> Scenario:
    """Money leaves each time the account is read again, after the first reading."""
    late = on_requests(Delay(seconds=Decimal("0.05")), message_id=_ACCOUNT_VALUES)
    return late + on_requests(_gone("-10000"), message_id=_OPEN_ORDERS, first=2, last=last)


def _meanwhile(effect: MoveCash | MoveMarket | ForeignOrder) -> Scenario:
    """It happens as the sell arrives, which is filled half a second later."""
    late = on_orders(Fill(after_seconds=Decimal("0.5")), side="SELL")
    return late + on_requests(effect, message_id=_PLACE_ORDER, tag=PLACED, last=1)


def _sold_at(price: str) -> Scenario:
    return on_orders(Fill(price=Decimal(price)), side="SELL")


def _gone(amount: str) -> MoveCash:
    return MoveCash(account=ACCOUNT, amount=Decimal(amount))


def _ief(price: str) -> MoveMarket:
    last, cent = Decimal(price), Decimal("0.01")
    return MoveMarket(symbol="IEF", bid=last - cent, ask=last + cent, last=last)


def _data(line: str) -> MoveMarket:
    return MoveMarket(symbol="IEF", data=DataLine(line))


def _foreign(limit: str | None = None) -> ForeignOrder:
    """Somebody buys GLD: a hundred shares at a limit that nobody meets, or one at the market."""
    return ForeignOrder(
        account=ACCOUNT,
        symbol="GLD",
        side="BUY",
        quantity=Decimal(1 if limit is None else 100),
        limit_price=None if limit is None else Decimal(limit),
        client_id=8,
    )
