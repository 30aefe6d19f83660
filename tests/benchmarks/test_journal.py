"""A small past and one round: what `make bench-journal` prints, it has measured."""

from pathlib import Path

import pytest

from benchmarks.journal import Line, measured, measured_record
from benchmarks.past_orders import orders_in, with_past
from rebalancer_adapters.journal.sqlite_journal import open_journal
from tests.adapters.journal.made_up import opened, tell


@pytest.mark.timeout(120)
def test_every_row_is_measured_on_journals_that_the_program_takes_for_its_own() -> None:
    lines = {
        line.what: line.is_now
        for line in measured(100, 1, 1, {"SPY": "60", "AGG": "30", "CASH": "10"})
    }
    assert lines["past orders"] == 100
    assert lines["status on a journal that was never verified / without"] > 0
    assert 1 < lines["commits an order, all of its run"] < 8
    assert 0 < lines["run, wall: with them / without"] < 3


def test_the_gateways_record_of_many_orders_takes_little_memory() -> None:
    line = measured_record(22, 62)
    assert abs(line.is_now) < 0.05
    assert not line.is_missed


def test_a_made_up_past_is_whole_and_each_run_has_its_own_day(tmp_path: Path) -> None:
    told, past = tmp_path / "told.sqlite", tmp_path / "past.sqlite"
    with opened(told) as journal:
        tell(journal)
    assert with_past(told, past, 5) == orders_in(past) == 6
    runs = open_journal(past).unwrap().verify().unwrap()
    assert [(run.run_id, run.started_at.day) for run in runs] == [
        ("00000003", 30),
        ("00000002", 31),
        ("00000001", 1),
    ]


def test_a_row_that_is_more_than_it_may_be_is_missed() -> None:
    assert Line(what="a", is_now=1.2, must_be=1.1).is_missed
    assert not Line(what="a", is_now=1.1, must_be=1.1).is_missed
    assert not Line(what="a", is_now=9.0).is_missed
    assert str(Line(what="a", is_now=1.2, must_be=1.1)).endswith("  1.20   must be <= 1.1")
