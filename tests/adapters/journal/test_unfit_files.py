"""A file that is not a whole journal of this program is refused, never taken for a clean one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from returns.pipeline import is_successful
from returns.result import Failure, Result

from rebalancer_adapters.journal.files import make_file
from rebalancer_adapters.journal.schema import MIGRATIONS, migrate, version
from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_core.reconcile.journal_model import JournaledRun, JournalFault
from rebalancer_core.values.results import Failed, unwrap_or_failed
from tests.adapters.journal.made_up import opened, runs_in, tell


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for statement in statements:
            raw.execute(statement)


def remembered(path: Path) -> Result[tuple[JournaledRun, ...], JournalFault]:
    """What a program that opens the file is told of the past."""
    journal = unwrap_or_failed(open_journal(path, busy_ms=10))
    if isinstance(journal, Failed):
        return Failure(journal.error)
    with closing(journal):
        return journal.runs()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = '{}' WHERE id = 1",
        "UPDATE entry SET kind = kind",
        "DELETE FROM entry WHERE id = 3",
        "DELETE FROM entry",
    ],
)
def test_a_row_can_be_neither_changed_nor_deleted(told: Path, statement: str) -> None:
    before = remembered(told)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        change(told, statement)
    assert remembered(told) == before


def test_this_program_itself_cannot_replace_a_row(told: Path) -> None:
    with opened(told) as journal, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        journal._connection.execute(  # noqa: SLF001 its settings are the promise
            "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE id = 4"
        )


NO_TRIGGERS = ("DROP TRIGGER entries_never_change", "DROP TRIGGER entries_never_go")
TRIGGERS = MIGRATIONS[0][-2:]


@pytest.mark.parametrize(
    ("tampering", "row"),
    [
        ("UPDATE entry SET body = replace(body, '\"15\"', '\"16\"') WHERE id = 3", 3),
        ("UPDATE entry SET account = 'DU222222' WHERE id = 2", 2),
        ("UPDATE entry SET order_ref = 'rb1-9f2c31aa-01009-1' WHERE id = 3", 3),
        ("UPDATE entry SET con_id = 99 WHERE id = 3", 3),
        ("UPDATE entry SET side = 'BUY' WHERE id = 3", 3),
        ("UPDATE entry SET leg = 2 WHERE id = 3", 3),
        ("UPDATE entry SET kind = 'event' WHERE id = 12", 12),
        ("UPDATE entry SET hash = prev_hash WHERE id = 5", 5),
        ("UPDATE entry SET prev_hash = hash WHERE id = 5", 5),
        ("UPDATE entry SET run = '00000000' WHERE id = 1", 1),
        ("UPDATE entry SET number = 99 WHERE id = 14", 14),
        ("UPDATE entry SET body = CAST(body AS BLOB) WHERE id = 4", 4),
        ("UPDATE entry SET id = 99 WHERE id = 6", 7),
        ("DELETE FROM entry WHERE id = 1", 2),
        ("DELETE FROM entry WHERE id = 5", 6),
    ],
)
def test_tampering_is_found_at_its_run_and_row(told: Path, tampering: str, row: int) -> None:
    change(told, *NO_TRIGGERS, tampering, *TRIGGERS)
    told_of = remembered(told).failure().detail
    assert told_of.endswith(f", row {row}: the chain of hashes is broken there")
    assert told_of.startswith("run ")


def test_the_last_rows_cannot_be_taken_away_unnoticed(told: Path) -> None:
    change(told, *NO_TRIGGERS, "DELETE FROM entry WHERE id > 12", *TRIGGERS)
    assert remembered(told).failure().detail == "14 rows were written and 12 are there"


def test_the_whole_run_cannot_be_taken_away_unnoticed(told: Path) -> None:
    change(told, *NO_TRIGGERS, "DELETE FROM entry", *TRIGGERS)
    assert remembered(told).failure().detail == "14 rows were written and 0 are there"


def test_a_row_added_by_hand_is_found(told: Path) -> None:
    change(
        told,
        "INSERT INTO entry (run, number, kind, body, prev_hash, hash)"
        " SELECT run, 14, 'event', '{}', hash, hash FROM entry WHERE id = 14",
    )
    assert "row 15: the chain of hashes is broken" in remembered(told).failure().detail


def test_replacing_a_row_by_hand_is_found(told: Path) -> None:
    change(told, "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE id = 4")
    change(
        told,
        "INSERT OR REPLACE INTO entry (run, number, kind, body, prev_hash, hash)"
        " SELECT run, number, kind, '{}', prev_hash, hash FROM entry WHERE id = 4",
    )
    assert "the chain of hashes is broken" in remembered(told).failure().detail


@pytest.mark.parametrize("statement", [*NO_TRIGGERS, "DROP INDEX one_intent_a_leg"])
def test_a_journal_without_its_guards_is_refused(told: Path, statement: str) -> None:
    change(told, statement)
    assert open_journal(told).failure().detail == "its tables are not those of this program"


def test_a_journal_of_a_newer_program_is_refused(told: Path) -> None:
    change(told, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    assert "is newer than" in open_journal(told).failure().detail


def test_a_journal_that_says_no_version_is_refused(told: Path) -> None:
    change(told, "PRAGMA user_version = 0")
    assert "unknown schema version 0" in open_journal(told).failure().detail


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    change(tmp_path / "other.sqlite", "CREATE TABLE entry (id INTEGER)")
    fault = open_journal(tmp_path / "other.sqlite").failure()
    assert fault.detail == "not a journal file of this program"


def test_an_empty_file_is_a_lost_journal_and_not_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.touch()
    assert "empty" in open_journal(path).failure().detail
    assert path.stat().st_size == 0


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_text("ETF,SMURF\n" * 200, encoding="utf-8")
    assert "not a database" in open_journal(path).failure().detail


def test_a_folder_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    path = tmp_path / "state" / "journal.sqlite"
    fault = open_journal(path).failure()
    assert fault.path == str(path)
    assert fault.detail


def test_a_folder_in_the_journals_place_is_a_fault(tmp_path: Path) -> None:
    assert "no regular file" in open_journal(tmp_path).failure().detail


def test_a_device_in_the_journals_place_is_a_fault() -> None:
    assert open_journal(Path("/dev/full")).failure().detail


def test_a_journal_made_by_two_processes_at_once_is_one(tmp_path: Path) -> None:
    """The second to publish its empty file finds the first one's, and keeps it."""
    path = tmp_path / "journal.sqlite"
    with opened(path) as journal:
        tell(journal)
        make_file(path, 50)
        assert len(runs_in(journal)) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["journal.sqlite"]


def damaged(told: Path, content: bytes) -> Result[tuple[JournaledRun, ...], JournalFault]:
    copy = told.with_name("damaged.sqlite")
    copy.write_bytes(content)
    return remembered(copy)


def test_a_journal_cut_off_anywhere_is_never_a_clean_one(told: Path) -> None:
    content = told.read_bytes()
    size = len(content)
    for end in {*range(0, size, 1021), *range(0, size, 4096)}:
        assert not is_successful(damaged(told, content[:end])), end


def test_a_journal_with_a_flipped_byte_is_refused_or_tells_everything(told: Path) -> None:
    whole, content = remembered(told), told.read_bytes()
    places = {*range(100), *range(100, len(content), 131)}
    refused = 0
    for at in places:
        flipped = bytes([content[at] ^ 0xFF])
        answer = damaged(told, content[:at] + flipped + content[at + 1 :])
        refused += not is_successful(answer)
        assert not is_successful(answer) or answer == whole, at
    assert refused > len(places) / 8


def test_an_index_that_lost_its_rows_is_damage(told: Path) -> None:
    """It would let a second intent pass, and every row could still be read."""
    with closing(sqlite3.connect(told)) as raw:
        ((page,),) = raw.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'one_intent_a_leg'"
        )
    content = bytearray(told.read_bytes())
    cells = (page - 1) * 4096 + 3
    assert content[cells : cells + 2] == b"\0\2"
    content[cells : cells + 2] = b"\0\0"
    told.write_bytes(content)
    assert "it is damaged: " in open_journal(told).failure().detail


def test_a_database_is_brought_forward_step_by_step_or_not_at_all(tmp_path: Path) -> None:
    first, second = ("CREATE TABLE a (x)",), ("ALTER TABLE a ADD COLUMN y",)
    broken = ("ALTER TABLE a ADD COLUMN z", "ALTER TABLE nowhere ADD COLUMN z")
    with closing(sqlite3.connect(tmp_path / "db", isolation_level=None)) as raw:
        migrate(raw, [first])
        assert version(raw) == 1
        migrate(raw, [first, second])
        assert version(raw) == 2
        with pytest.raises(sqlite3.OperationalError):
            migrate(raw, [first, second, broken])
        assert version(raw) == 2
        columns = [row[1] for row in raw.execute("PRAGMA table_info(a)")]
        assert columns == ["x", "y"]


def test_the_journal_is_opened_whole_after_all_this(told: Path) -> None:
    open_journal(told).unwrap().close()
