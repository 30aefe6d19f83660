"""A price that sizes a trade is confirmed by another source, or nothing is traded on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancer_adapters.ib.numbers import to_price
from rebalancer_core.market.figures import is_price, live_midpoint
from rebalancer_core.market.pricing import quote
from rebalancer_core.values.account import (
    DataType,
    MarketObservation,
    Quote,
    QuoteBlock,
    QuoteKind,
    Unpriced,
)
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.policy import PriceSource, PricingPolicy, SafetyPolicy

NOON = datetime(2026, 1, 2, 17, tzinfo=UTC)
SAFETY = SafetyPolicy()


@frozen(kw_only=True)
class Row:
    """What came of one symbol, texts of dollars, and what the price must be marked with.

    `age` is of the last trade in seconds.
    """

    last: str = ""
    bid: str = ""
    ask: str = ""
    close: str = ""
    mark: str = ""
    age: int = 5
    source: PriceSource = PriceSource.LAST
    data: DataType = DataType.LIVE
    block: QuoteBlock | None
    note: str


ALONE = "no other price to compare with"
BY_MIDPOINT = "no previous close, compared with the midpoint"
BY_MARK = "no previous close, compared with IBKR's mark"
OLD = "last price is 1 min 40 s old"
TABLE = (
    # The previous close comes first, whatever the mark says.
    Row(last="100", close="98", mark="50", block=None, note=""),
    Row(last="100", close="50", mark="98", block=QuoteBlock.COLLAR,
        note="100.0 % from the previous close 50"),
    # Without it the midpoint.
    Row(last="100", bid="99.9", ask="100.1", block=None, note=BY_MIDPOINT),
    Row(last="102.9", bid="99.9", ask="100.1", mark="1", block=None, note=BY_MIDPOINT),
    # Without both the broker's own mark.
    Row(last="100", mark="99", block=None, note=BY_MARK),
    Row(last="100", mark="90", block=QuoteBlock.COLLAR, note="11.1 % from IBKR's mark 90"),
    Row(last="100", bid="99.9", mark="99", block=None, note=BY_MARK),
    Row(last="100", mark="0", block=QuoteBlock.NO_REFERENCE, note=ALONE),
    # With none of them nothing is traded.
    Row(last="0.01", block=QuoteBlock.NO_REFERENCE, note=ALONE),
    Row(last="100", ask="100.1", block=QuoteBlock.NO_REFERENCE, note=ALONE),
    Row(last="100", close="0.00001", block=QuoteBlock.NO_REFERENCE, note=ALONE),
    # The midpoint confirms no price that was made of it, nor an old last price it replaced.
    Row(bid="99.9", ask="100.1", source=PriceSource.MIDPOINT, block=QuoteBlock.NO_REFERENCE,
        note=ALONE),
    Row(last="100", bid="99.9", ask="100.1", age=100, block=QuoteBlock.NO_REFERENCE,
        note=f"{OLD}, midpoint used; {ALONE}"),
    Row(bid="99.9", ask="100.1", mark="100", source=PriceSource.MIDPOINT, block=None,
        note=BY_MARK),
    Row(bid="99.9", ask="100.1", close="100", source=PriceSource.MIDPOINT, block=None, note=""),
    # More than 3 % off the live midpoint, although the close confirms it.
    Row(last="103", bid="99.9", ask="100.1", close="103", block=None, note=""),
    Row(last="103.1", bid="99.9", ask="100.1", close="103", block=QuoteBlock.OFF_MIDPOINT,
        note="3.1 % from the midpoint 100"),
    Row(last="96.9", bid="99.9", ask="100.1", close="97", block=QuoteBlock.OFF_MIDPOINT,
        note="3.1 % from the midpoint 100"),
    Row(last="0.01", bid="99.9", ask="100.1", block=QuoteBlock.OFF_MIDPOINT,
        note="100.0 % from the midpoint 100"),
    # Delayed bid and ask are no live midpoint.
    Row(last="104", bid="99.9", ask="100.1", close="104", data=DataType.DELAYED, block=None,
        note="delayed price"),
    Row(last="104", bid="99.9", ask="100.1", data=DataType.DELAYED,
        block=QuoteBlock.NO_REFERENCE, note=f"{ALONE}; delayed price"),
    # A closing price sizes previews only, however well it is confirmed.
    Row(close="100", bid="99.9", ask="100.1", mark="100", source=PriceSource.CLOSE,
        block=QuoteBlock.CLOSING_PRICE, note="a closing price sizes previews only"),
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.source.value} {row.note}")
def test_a_price_is_confirmed_by_another_source_or_blocked(row: Row) -> None:
    found = _quote(_seen(row), _price(row.mark), source=row.source)
    assert isinstance(found, Quote)
    assert (found.block, found.note) == (row.block, row.note)


@pytest.mark.parametrize("close", [None, Decimal(0), Decimal("NaN"), Decimal("1E-300")])
def test_what_is_no_close_confirms_nothing(close: Decimal | None) -> None:
    seen = evolve(_seen(Row(last="100", block=None, note="")), close=close)
    found = _quote(seen, None)
    assert isinstance(found, Quote)
    assert found.block is QuoteBlock.NO_REFERENCE


def test_an_unconfirmed_price_blocks_a_preview_too() -> None:
    seen = _seen(Row(last="0.01", block=None, note=""))
    found = _quote(seen, None, for_trading=False)
    assert isinstance(found, Quote)
    assert found.block is QuoteBlock.NO_REFERENCE


NEAR = st.sampled_from([88.0, 91.0, 95.0, 97.1, 99.9, 100.0, 100.1, 102.9, 105.0, 109.0, 112.0])
ANY_WIRE = st.one_of(
    NEAR,
    NEAR,
    st.floats(min_value=99.5, max_value=100.5),
    st.sampled_from([None, -1.0, 0.0, 0.01, 1e-300, 1e14, 1.7976931348623157e308]),
    st.floats(allow_nan=True, allow_infinity=True),
)
TOUCH = st.builds(
    lambda at, half: (at - half, at + half), NEAR, st.sampled_from([0.0, 0.01, 0.9, 2])
)
BID_AND_ASK = st.one_of(TOUCH, TOUCH, st.tuples(ANY_WIRE, ANY_WIRE))
AGES = st.one_of(st.integers(-5, 70), st.none(), st.integers(-200_000_000_000, 60_000_000_000))
KINDS = st.sampled_from([*[DataType.LIVE] * 9, *DataType, None])


@settings(max_examples=1000)
@given(
    touch=BID_AND_ASK,
    others=st.tuples(ANY_WIRE, ANY_WIRE, ANY_WIRE),
    age=AGES,
    data=KINDS,
    source=st.sampled_from(PriceSource),
    delayed=st.booleans(),
)
def test_whatever_comes_over_the_wire_a_price_that_trades_is_confirmed(
    touch: tuple[float | None, float | None],
    others: tuple[float | None, float | None, float | None],
    age: int | None,
    data: DataType | None,
    source: PriceSource,
    delayed: bool,  # noqa: FBT001 - an example of Hypothesis
) -> None:
    bid, ask = map(to_price, touch)
    last, close, mark = map(to_price, others)
    seen = MarketObservation(
        con_id=ConId(1),
        symbol=Symbol("AAA"),
        observed_at=NOON,
        bid=bid,
        ask=ask,
        last=last,
        last_at=None if age is None else NOON - timedelta(seconds=age),
        close=close,
        data_type=data,
    )
    found = _quote(seen, mark, source=source, delayed=delayed)
    if isinstance(found, Unpriced) or found.block is not None:
        return
    assert is_price(found.price)
    assert found.as_of - NOON <= timedelta(seconds=2)
    middle = live_midpoint(seen, SAFETY)
    sources = {
        QuoteKind.LAST: (seen.close, middle, mark),
        QuoteKind.MIDPOINT: (seen.close, mark),
        QuoteKind.CLOSE: (),
    }[found.kind]
    first = next(price for price in sources if price is not None)
    assert abs(found.price - first) <= first * SAFETY.price_collar_pct / 100 * _ROUNDING
    if middle is not None:
        assert abs(found.price - middle) <= middle * 3 / 100 * _ROUNDING


# Percentages are quotients of 28 digits.
_ROUNDING = Decimal("1.000000000000000000000001")


def _seen(row: Row) -> MarketObservation:
    return MarketObservation(
        con_id=ConId(1),
        symbol=Symbol("AAA"),
        observed_at=NOON,
        bid=_price(row.bid),
        ask=_price(row.ask),
        last=_price(row.last),
        last_at=NOON - timedelta(seconds=row.age),
        close=_price(row.close),
        data_type=row.data,
    )


def _price(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _quote(
    seen: MarketObservation,
    mark: Decimal | None,
    *,
    source: PriceSource = PriceSource.LAST,
    for_trading: bool = True,
    delayed: bool = True,
) -> Quote | Unpriced:
    return quote(
        seen,
        pricing=PricingPolicy(price_source=source, allow_delayed=delayed),
        safety=SAFETY,
        now=NOON,
        for_trading=for_trading,
        mark=mark,
    )
