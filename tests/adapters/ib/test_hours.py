"""Trading hours in every shape that IBKR was seen to write."""

import pytest

from rebalancer_adapters.ib.hours import parse_sessions

_CASES: dict[str, tuple[str, str, list[str]]] = {
    "a day in winter": (
        "20260105:0930-20260105:1600",
        "US/Eastern",
        ["2026-01-05T14:30/2026-01-05T21:00"],
    ),
    "a day in summer": (
        "20260706:0930-20260706:1600",
        "US/Eastern",
        ["2026-07-06T13:30/2026-07-06T20:00"],
    ),
    "EST means New York, in summer too": (
        "20260706:0930-20260706:1600",
        "EST (Eastern Standard Time)",
        ["2026-07-06T13:30/2026-07-06T20:00"],
    ),
    "the new name of the zone": (
        "20260706:0930-20260706:1600",
        "America/New_York",
        ["2026-07-06T13:30/2026-07-06T20:00"],
    ),
    "a closed day between": (
        "20260703:CLOSED;20260706:0930-20260706:1600",
        "US/Eastern",
        ["2026-07-06T13:30/2026-07-06T20:00"],
    ),
    "a leading semicolon": (
        ";20260706:0930-20260706:1600",
        "US/Eastern",
        ["2026-07-06T13:30/2026-07-06T20:00"],
    ),
    "several segments of a day": (
        "20260706:0400-20260706:0930,20260706:1600-20260706:2000",
        "US/Eastern",
        ["2026-07-06T08:00/2026-07-06T13:30", "2026-07-06T20:00/2026-07-07T00:00"],
    ),
    "the older format": (
        "20090507:0700-1130,1300-1630;20090508:CLOSED",
        "US/Eastern",
        ["2009-05-07T11:00/2009-05-07T15:30", "2009-05-07T17:00/2009-05-07T20:30"],
    ),
    "the older format over midnight": (
        "20090507:1830-0230",
        "US/Eastern",
        ["2009-05-07T22:30/2009-05-08T06:30"],
    ),
    "a session over midnight": (
        "20260705:2000-20260706:0350",
        "US/Eastern",
        ["2026-07-06T00:00/2026-07-06T07:50"],
    ),
    "a half day": (
        "20261127:0930-20261127:1300",
        "US/Eastern",
        ["2026-11-27T14:30/2026-11-27T18:00"],
    ),
    "the day the clocks change": (
        "20260308:0000-20260309:0000",
        "US/Eastern",
        ["2026-03-08T05:00/2026-03-09T04:00"],
    ),
    "days out of order": (
        "20260707:0930-20260707:1600;20260706:0930-20260706:1600",
        "US/Eastern",
        ["2026-07-06T13:30/2026-07-06T20:00", "2026-07-07T13:30/2026-07-07T20:00"],
    ),
    "an unknown zone": ("20260706:0930-20260706:1600", "JST9", []),
    "no zone": ("20260706:0930-20260706:1600", "", []),
    "a path for a zone": ("20260706:0930-20260706:1600", "../../etc/passwd", []),
    "no hours": ("", "US/Eastern", []),
    "one day unreadable, the other kept": (
        "20261399:0930-20261399:1600;20260706:0930-20260706:1600",
        "US/Eastern",
        ["2026-07-06T13:30/2026-07-06T20:00"],
    ),
    "closing before it opens": ("20260706:1600-20260706:0930", "US/Eastern", []),
    "words": ("always open", "US/Eastern", []),
    "the last day that there is": ("99991231:0930-99991231:2200", "US/Eastern", []),
    "the night after the last day": ("99991231:2330-2200", "US/Eastern", []),
    "the first day that there is": ("00010101:0000-00010101:0100", "Asia/Tokyo", []),
}


@pytest.mark.parametrize("case", _CASES)
def test_hours_are_read(case: str) -> None:
    hours, zone, expected = _CASES[case]
    sessions = parse_sessions(hours, zone)
    shown = [f"{s.opens:%Y-%m-%dT%H:%M}/{s.closes:%Y-%m-%dT%H:%M}" for s in sessions]
    assert shown == expected
    assert all(s.opens.utcoffset() == s.closes.utcoffset() for s in sessions)
