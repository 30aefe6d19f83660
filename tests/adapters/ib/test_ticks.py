"""Only what came for this request, and only what the gateway said of it."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from ib_async.util import UNSET_DOUBLE

from rebalancer_adapters.ib.ticks import Ticks
from rebalancer_core.values.account import DataType, MarketObservation
from rebalancer_core.values.instruments import ConId, Listing, Symbol

_NOW = datetime(2026, 1, 5, 15, tzinfo=UTC)
_SPY = Listing(con_id=ConId(756733), symbol=Symbol("SPY"), primary_exchange="ARCA")


def test_silence_is_not_live() -> None:
    ticks = Ticks()
    ticks.price(4, 600.0, 100)
    assert _seen(ticks).data_type is None


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1, DataType.LIVE),
        (2, DataType.FROZEN),
        (3, DataType.DELAYED),
        (4, DataType.DELAYED_FROZEN),
        (7, None),
    ],
)
def test_the_kind_is_the_gateways_word(number: int, kind: DataType | None) -> None:
    ticks = Ticks()
    ticks.data_type(number)
    assert _seen(ticks).data_type is kind


def test_ticks_are_fresh_once_one_of_a_kind_came_again() -> None:
    ticks = Ticks()
    ticks.data_type(1)
    for tick_type in (1, 2, 4, 9):
        ticks.price(tick_type, 600.0, 100)
    assert not ticks.is_fresh
    ticks.price(1, 599.0, 100)
    assert ticks.is_fresh


@pytest.mark.parametrize("number", [2, 3, 4, None])
def test_ticks_that_are_not_live_are_not_fresh(number: int | None) -> None:
    ticks = Ticks()
    if number is not None:
        ticks.data_type(number)
    for _ in range(2):
        ticks.price(1, 600.0, 100)
    assert not ticks.is_fresh


def test_ticks_with_an_error_are_not_fresh() -> None:
    ticks = Ticks()
    ticks.data_type(1)
    for _ in range(2):
        ticks.price(1, 600.0, 100)
    ticks.fail(10090, "part of requested market data is not subscribed")
    assert not ticks.is_fresh


@pytest.mark.parametrize("tick_type", [66, 67, 68, 75])
def test_delayed_ticks_are_delayed_even_when_they_are_called_live(tick_type: int) -> None:
    ticks = Ticks()
    ticks.data_type(1)
    ticks.price(tick_type, 600.0, 100)
    assert _seen(ticks).data_type is DataType.DELAYED


@pytest.mark.parametrize("price", [-1.0, 0.0, float("nan"), UNSET_DOUBLE, float("inf")])
def test_what_is_no_price_is_none(price: float) -> None:
    ticks = Ticks()
    for tick_type in (1, 2, 4, 9):
        ticks.price(tick_type, price, 100)
    seen = _seen(ticks)
    assert (seen.bid, seen.ask, seen.last, seen.close) == (None, None, None, None)


def test_a_bid_without_a_size_is_no_bid() -> None:
    ticks = Ticks()
    ticks.price(1, 599.0, 0)
    ticks.price(2, 601.0, 100)
    ticks.size(3, 0)
    assert (_seen(ticks).bid, _seen(ticks).ask) == (None, None)


def test_duplicate_ticks_change_nothing() -> None:
    once, twice = Ticks(), Ticks()
    for ticks, times in ((once, 1), (twice, 2)):
        for _ in range(times):
            ticks.data_type(1)
            ticks.price(1, 599.95, 4)
            ticks.price(4, 600.0, 1)
            ticks.text(45, "1767625199")
    assert _seen(once) == _seen(twice)
    assert _seen(once).bid == Decimal("599.95")


@pytest.mark.parametrize(("value", "word"), [(0, "no"), (-1, "no"), (1, "yes"), (2, "yes")])
def test_a_halt_is_told_by_tick_49(value: float, word: str) -> None:
    ticks = Ticks()
    ticks.generic(49, value)
    assert _seen(ticks).halted is (word == "yes")


def test_the_time_of_the_last_trade_is_utc() -> None:
    ticks = Ticks()
    ticks.text(45, "1767625199")
    assert _seen(ticks).last_at == datetime(2026, 1, 5, 14, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("text", ["9" * 14, "9" * 5000, "253402300799", "86400"])
def test_an_impossible_time_of_the_last_trade_makes_its_age_unknown(text: str) -> None:
    ticks = Ticks()
    ticks.text(45, "1767625199")
    ticks.text(45, text)
    assert _seen(ticks).last_at is None


@pytest.mark.parametrize("text", ["", "0", "soon", "9" * 12, "9" * 5000, "-5", "²"])
def test_no_time_of_the_last_trade_is_none(text: str) -> None:
    ticks = Ticks()
    ticks.text(45, text)
    assert _seen(ticks).last_at is None


@pytest.mark.parametrize("code", [354, 10168, 10186, 10197, 101, 200])
def test_a_refusal_ends_the_request(code: int) -> None:
    ticks = Ticks()
    ticks.fail(code, "no")
    assert ticks.is_over
    assert (_seen(ticks).error_code, _seen(ticks).error_text) == (code, "no")


@pytest.mark.parametrize("code", [10089, 10090, 10091, 10167])
def test_a_warning_lets_the_other_ticks_come(code: int) -> None:
    ticks = Ticks()
    ticks.fail(code, "partly")
    ticks.price(4, 600.0, 1)
    assert not ticks.is_over
    assert _seen(ticks).last == 600


def test_a_stream_is_complete_as_soon_as_every_figure_came() -> None:
    async def story() -> None:
        ticks = Ticks()
        waiting = asyncio.ensure_future(ticks.settled(1000, 1000))
        for tick_type in (1, 2, 4, 9):
            ticks.price(tick_type, 600.0, 1)
        ticks.data_type(1)
        ticks.generic(49, 0)
        await asyncio.sleep(0)
        assert not waiting.done()
        ticks.text(45, "1767625199")
        await waiting

    asyncio.run(story())


def _seen(ticks: Ticks) -> MarketObservation:
    return ticks.observation(_SPY, _NOW)
