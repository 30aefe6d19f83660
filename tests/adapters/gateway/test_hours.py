"""Hours: when the market is open, and the text that contract details carry."""

from datetime import UTC, date, datetime, time

import pytest

from rebalancer_adapters.gateway.market import Hours, Session

_NEW_YORK = Hours(
    liquid=Session(opens=time(9, 30), closes=time(16)),
    trading=Session(opens=time(4), closes=time(20)),
    closed=frozenset({date(2026, 11, 26)}),
)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "liquid", "trading"),
    [
        ("2026-11-20T14:29:59", False, True),
        ("2026-11-20T14:30:00", True, True),
        ("2026-11-20T20:59:59", True, True),
        ("2026-11-20T21:00:00", False, True),
        ("2026-11-21T01:00:00", False, False),
        ("2026-11-21T15:00:00", False, False),  # Saturday
        ("2026-11-26T15:00:00", False, False),  # a holiday
        ("2026-07-20T13:30:00", True, True),  # in summer New York is an hour nearer
    ],
)
def test_the_market_opens_and_closes_in_its_own_zone(
    now: str, *, liquid: bool, trading: bool
) -> None:
    assert _NEW_YORK.is_liquid(_utc(now)) is liquid
    assert _NEW_YORK.is_trading(_utc(now)) is trading


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-20T13:00:00", "2026-11-20T14:30:00"),
        ("2026-11-20T15:00:00", "2026-11-20T15:00:00"),  # open now
        ("2026-11-20T22:00:00", "2026-11-23T14:30:00"),  # Friday evening
        ("2026-11-25T22:00:00", "2026-11-27T14:30:00"),  # before a holiday
    ],
)
def test_the_next_opening_passes_over_nights_weekends_and_holidays(now: str, opens: str) -> None:
    assert _NEW_YORK.next_liquid_open(_utc(now)) == _utc(opens)


@pytest.mark.parametrize(
    ("now", "traded"),
    [
        ("2026-11-20T15:00:00", "2026-11-20T15:00:00"),
        ("2026-11-21T15:00:00", "2026-11-21T01:00:00"),
        ("2026-11-23T08:59:00", "2026-11-21T01:00:00"),
        ("2026-11-26T15:00:00", "2026-11-26T01:00:00"),
        ("2026-11-27T02:00:00", "2026-11-26T01:00:00"),
    ],
)
def test_the_last_trade_of_a_closed_market_is_that_of_its_last_session(
    now: str, traded: str
) -> None:
    assert _NEW_YORK.last_trading(_utc(now)) == _utc(traded)


def test_hours_are_written_for_six_days_as_contract_details_have_them() -> None:
    assert _NEW_YORK.liquid_text(_utc("2026-11-25T15:00:00")) == (
        "20261125:0930-20261125:1600;20261126:CLOSED;20261127:0930-20261127:1600;"
        "20261128:CLOSED;20261129:CLOSED;20261130:0930-20261130:1600"
    )
    assert _NEW_YORK.trading_text(_utc("2026-11-25T15:00:00")).startswith(
        "20261125:0400-20261125:2000;"
    )


def test_a_market_that_never_closes_is_open_around_the_clock() -> None:
    always = Hours()
    assert always.is_liquid(_utc("2026-11-21T03:00:00"))
    assert always.liquid_text(_utc("2026-11-25T15:00:00")).startswith(
        "20261125:0000-20261126:0000;20261126:0000-20261127:0000;"
    )
