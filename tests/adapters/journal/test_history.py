"""A long journal is verified once: a command reads what is new and what may still change."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from returns.pipeline import is_successful

from benchmarks.past_orders import commits_of, with_past
from rebalancer_adapters.journal.checked import checked_path, load_checked
from rebalancer_adapters.journal.schema import MIGRATIONS
from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_core.orders.events import OrderRef, OwnActed, OwnAction
from rebalancer_core.orders.record import OrderStatus
from rebalancer_core.reconcile.journal_model import JournaledEvent
from rebalancer_core.reconcile.run_summary import RunSummary, summary_of
from tests.adapters.journal.made_up import (
    APPROVAL,
    AT,
    PURCHASE,
    RUN,
    SALE,
    intent_for,
    opened,
    run_named,
    runs_in,
    tell,
)
from tests.support.processes import rebalance
from tests.support.workspace import workspace

_ORDERS, _RUNS, _ROWS_A_RUN = 60, 30, 14
_LAST_RUN, _OLD_RUN = "00000001", f"{_RUNS:08x}"
_GUARDS = ("DROP TRIGGER entries_never_change", "DROP TRIGGER entries_never_go")


@pytest.fixture
def long(tmp_path: Path, told: Path) -> Path:
    """A journal of thirty runs, which a command has verified."""
    path = tmp_path / "long.sqlite"
    with_past(told, path, _ORDERS)
    with opened(path):
        pass
    return path


def change(path: Path, *statements: str) -> None:
    """Change rows as somebody does who knows the guards, and puts them back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for statement in (*_GUARDS, *statements, *MIGRATIONS[0][-2:]):
            raw.execute(statement)


def summaries_in(path: Path) -> tuple[RunSummary, ...]:
    with opened(path) as journal:
        return journal.summaries().unwrap()


def refusal(path: Path) -> str:
    return open_journal(path, busy_ms=10).failure().detail


def test_what_was_verified_is_kept_and_says_what_the_entries_say(long: Path) -> None:
    checked = load_checked(long)
    assert checked.last_id == _RUNS * _ROWS_A_RUN
    with opened(long) as journal:
        told = journal.summaries().unwrap()
        assert told == tuple(map(summary_of, runs_in(journal))) == checked.runs
    assert [run.run_id for run in told] == [f"{each:08x}" for each in range(_RUNS, 0, -1)]
    ((account,),) = {run.accounts for run in told}
    assert dict(account.outcomes) == {OrderStatus.FILLED: 1, OrderStatus.UNKNOWN: 1}
    assert (account.orders, account.open_orders, account.is_reported) == (2, 1, True)


def test_what_is_appended_is_verified_when_it_is_asked_for_by_any_process(long: Path) -> None:
    with opened(long) as reader, opened(long) as writer:
        before = reader.summaries().unwrap()
        tell(writer)
        assert reader.summaries() == writer.summaries()
        *known, new = reader.summaries().unwrap()
        assert (tuple(known), new.run_id) == (before, RUN.run_id)
        assert reader.runs_named((RUN.run_id,)).unwrap()[0].started == RUN
        assert reader.known(frozenset({SALE.order_ref, OrderRef("rb1-0")})).unwrap() == {
            SALE.order_ref
        }


def test_an_event_of_an_old_run_changes_its_summary(long: Path) -> None:
    ref = OrderRef(PURCHASE.order_ref.replace(RUN.run_id, _OLD_RUN))
    with opened(long) as journal:
        journal.note(OwnActed(order_ref=ref, act=OwnAction.ABSENT), AT + timedelta(days=9))
        oldest, *_ = journal.summaries().unwrap()
        assert (oldest.run_id, oldest.last_at) == (_OLD_RUN, AT + timedelta(days=9))
    assert summaries_in(long)[0] == oldest


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE entry SET body = replace(body, '\"15\"', '\"16\"') WHERE id = 3",
        "UPDATE entry SET hash = prev_hash WHERE id = 3",
        "DELETE FROM entry WHERE id = 4",
    ],
)
def test_a_change_of_what_was_verified_is_found_where_it_is_read_and_by_verifying(
    long: Path, tampering: str
) -> None:
    change(long, tampering)
    assert len(summaries_in(long)) == _RUNS
    with opened(long) as journal:
        assert is_successful(journal.runs_named((_LAST_RUN,)))
        for answer in (journal.runs_named((_OLD_RUN,)), journal.verify()):
            assert f"run {_OLD_RUN}, row " in answer.failure().detail
            assert "the chain of hashes is broken" in answer.failure().detail


def test_a_changed_row_behind_the_verified_ones_is_found_at_once(long: Path) -> None:
    with opened(long) as journal:
        tell(journal)
    change(long, f"UPDATE entry SET account = 'DU9' WHERE id = {_RUNS * _ROWS_A_RUN + 2}")
    assert "the chain of hashes is broken" in refusal(long)


def test_the_last_rows_cannot_be_taken_away_with_their_count(long: Path) -> None:
    last = _RUNS * _ROWS_A_RUN
    gone = f"DELETE FROM entry WHERE id = {last}"
    change(long, gone)
    assert f"row {last} is not the one that was verified before" in refusal(long)
    change(long, "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'entry'")
    assert f"row {last} is not the one that was verified before" in refusal(long)


def test_an_older_copy_in_its_place_is_refused_until_the_user_says_so(
    long: Path, told: Path
) -> None:
    long.write_bytes(told.read_bytes())
    assert "or is an older copy" in refusal(long)
    checked_path(long).unlink()
    assert len(summaries_in(long)) == 1


def test_a_journal_that_is_gone_is_not_begun_anew(long: Path) -> None:
    long.unlink()
    assert "it is missing" in refusal(long)
    assert not long.exists()


def test_an_index_that_lost_an_order_is_found_although_all_was_verified(long: Path) -> None:
    with closing(sqlite3.connect(long)) as raw:
        ((page,),) = raw.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'one_intent_a_leg'"
        )
    content = bytearray(long.read_bytes())
    cells = (page - 1) * 4096 + 3
    content[cells : cells + 2] = (int.from_bytes(content[cells : cells + 2], "big") - 1).to_bytes(2)
    long.write_bytes(content)
    assert "60 orders were intended, its indexes have (60, 59)" in refusal(long)


def _flipped(text: str) -> str:
    return text[:-5] + ("1" if text[-5] != "1" else "2") + text[-4:]


@pytest.mark.parametrize("damage", [_flipped, lambda text: text[:90], lambda _: "", lambda _: "é"])
def test_a_damaged_file_of_what_was_verified_is_as_good_as_none(
    long: Path, damage: Callable[[str], str]
) -> None:
    path, whole = checked_path(long), load_checked(long)
    path.write_text(damage(path.read_text(encoding="ascii")), encoding="utf-8")
    assert load_checked(long).last_id == 0
    assert summaries_in(long) == whole.runs
    assert load_checked(long) == whole


def test_a_forged_file_of_what_was_verified_is_found_by_verifying_and_made_anew(
    long: Path,
) -> None:
    path, whole = checked_path(long), load_checked(long)
    _, _, text = path.read_text(encoding="ascii").partition("\n")
    forged = text.replace('{"Filled":1,"Unknown":1},1', '{"Filled":2},0')
    seal = hashlib.sha256(f"1\n{forged}".encode()).hexdigest()
    path.write_text(f"{seal}\n{forged}", encoding="ascii")
    with opened(long) as journal:
        assert not any(run.has_open_orders for run in journal.summaries().unwrap())
        assert "told of other runs or outcomes" in journal.verify().failure().detail
        assert journal.verify().unwrap() == whole.runs
    assert load_checked(long) == whole


def test_where_it_cannot_be_kept_all_is_verified_each_time(long: Path) -> None:
    path, whole = checked_path(long), load_checked(long)
    path.unlink()
    path.mkdir()
    assert summaries_in(long) == summaries_in(long) == whole.runs
    assert [each.name for each in long.parent.iterdir() if each.suffix == ".tmp"] == []


def test_a_short_journal_leaves_no_file_beside_it(told: Path) -> None:
    with opened(told) as journal:
        assert is_successful(journal.verify())
    assert not checked_path(told).exists()


def test_events_that_were_heard_together_are_one_commit_or_none(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with opened(path) as journal:
        journal.start(run_named(RUN.run_id))
        journal.approve(APPROVAL)
        journal.intend(intent_for(SALE))
        before = commits_of(path)
        acts = (OwnAction.HANDED, OwnAction.LINK_LOST, OwnAction.ABSENT)
        told = tuple(
            JournaledEvent(at=AT, event=OwnActed(order_ref=SALE.order_ref, act=act)) for act in acts
        )
        assert is_successful(journal.note_all(told))
        assert commits_of(path) == before + 1
        stray = evolve(told[0], event=OwnActed(order_ref=PURCHASE.order_ref, act=acts[0]))
        assert "ever intended" in journal.note_all((told[0], stray)).failure().detail
        assert commits_of(path) == before + 1
        (run,) = runs_in(journal)
    assert run.accounts[0].orders[0].events == told


def test_status_verifies_everything_only_when_it_is_asked_to(tmp_path: Path, long: Path) -> None:
    space = workspace(tmp_path, 4002, {"SPY": "100"})
    (tmp_path / "state").mkdir()
    journal = tmp_path / "state" / "journal.sqlite"
    journal.write_bytes(long.read_bytes())
    checked_path(journal).write_bytes(checked_path(long).read_bytes())
    assert space.command("status", "--verify").code == 7
    change(journal, "UPDATE entry SET account = 'DU9' WHERE kind = 'reported' AND id < 20")
    verified = rebalance("status", "--config", space.settings, "--verify")
    assert (verified.code, verified.stdout) == (5, "")
    assert "the chain of hashes is broken" in verified.stderr
