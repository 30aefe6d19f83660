"""Prices that nothing else confirms: no order is sized on a figure that stands alone."""

from decimal import Decimal

from rebalancer_adapters.gateway import Alter, Mute, Scale, Scenario, on_messages
from tests.faults.case import SHARES, Case, codes

# The target that is not held, so that no ledger of the broker contradicts its price.
_SYMBOL = "IEF"
_PORTFOLIO = 7


def price_cases() -> tuple[Case, ...]:
    """Every lie about one price, the last price first."""
    return (*_last_prices(), *_references(), *_times())


def _last_prices() -> tuple[Case, ...]:
    return (
        *(
            _case(f"last is {text} without a close", _without_close() + _tick("last", text))
            for text in ("0.01", "0.0001", "9999999")
        ),
        *(
            _case(f"last is {text} and stands alone", _last_alone() + _tick("last", text))
            for text in ("0.01", "1e-300", "5e-324", "1e14")
        ),
        _case("last is 4 % above the midpoint", _scaled("last", "1.04")),
        _case("last is 4 % below the midpoint", _scaled("last", "0.96")),
    )


def _references() -> tuple[Case, ...]:
    midpoint = {"price_source": "midpoint"}
    return (
        _case("last is true and stands alone", _last_alone()),
        _case("the close is 1e-300, nothing else", _one_sided() + _tick("close", "1e-300")),
        _case("the close is ten times too low", _scaled("close", "0.1")),
        _case("a midpoint without a close", _without_close(), keys=midpoint),
        _case("bid and ask are a cent", _cents(), keys=midpoint),
        _held("the close is the price", Scenario(), keys={"price_source": "close"}),
        _held("last stands alone, IBKR's mark is half of it", _last_alone("SPY") + _mark("300")),
        _held(
            "last stands alone, IBKR's marks never end",
            _last_alone("SPY") + on_messages(Mute(), message_id=54),
        ),
    )


def _times() -> tuple[Case, ...]:
    return (
        _case("the last trade is in the future, one-sided", _one_sided() + _time("4000000000")),
        _case("the last trade is beyond every calendar", _one_sided() + _time("9" * 40)),
    )


def _case(name: str, scenario: Scenario, keys: dict[str, str] | None = None) -> Case:
    """SPY is held, far over its target: it is sold, and nothing is bought of the other."""
    return _held(name, scenario, orders=1, keys=keys)


def _held(
    name: str, scenario: Scenario, *, orders: int = 0, keys: dict[str, str] | None = None
) -> Case:
    return Case(
        family="price",
        name=name,
        scenario=scenario,
        holds=SHARES,
        exits=codes(0 if orders else 5),
        orders=(orders, orders),
        expects="one sell, nothing is bought on it" if orders else "nothing is sent",
        keys=keys or {},
    )


def _tick(tag: str, text: str, symbol: str = _SYMBOL) -> Scenario:
    return on_messages(Alter(field=4, text=text), message_id=1, symbol=symbol, tag=tag)


def _scaled(tag: str, by: str) -> Scenario:
    return on_messages(Scale(field=4, by=Decimal(by)), message_id=1, symbol=_SYMBOL, tag=tag)


def _time(text: str) -> Scenario:
    return on_messages(Alter(field=4, text=text), message_id=46, symbol=_SYMBOL, tag="last_time")


def _without_close(symbol: str = _SYMBOL) -> Scenario:
    return on_messages(Mute(), message_id=1, symbol=symbol, tag="close")


def _one_sided(symbol: str = _SYMBOL) -> Scenario:
    return _tick("bid", "-1", symbol)


def _last_alone(symbol: str = _SYMBOL) -> Scenario:
    return _without_close(symbol) + _one_sided(symbol) + _tick("ask", "-1", symbol)


def _cents() -> Scenario:
    return _without_close() + _tick("bid", "0.01") + _tick("ask", "0.0101")


def _mark(text: str) -> Scenario:
    return on_messages(Alter(field=14, text=text), message_id=_PORTFOLIO, symbol="SPY")
