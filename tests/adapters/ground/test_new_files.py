"""Files that start something appear together or not at all, and never over what is there."""

import sys
from pathlib import Path

import pytest
from returns.result import Failure, Success

from rebalancer_adapters.ground.durable_files import AlreadyThere, write_together
from rebalancer_core.values.faults import ReportFault
from tests.support.disks import without_hard_links

TEXTS = {"one.ini": "[a]\nb = \u00e9\n", "two.csv": "x,y\n"}


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def test_both_files_are_written_as_they_are_in_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert write_together(folder, TEXTS) == Success((folder / "one.ini", folder / "two.csv"))
    assert _names(folder) == ["one.ini", "two.csv"]
    assert (folder / "one.ini").read_bytes() == TEXTS["one.ini"].encode()


@pytest.mark.parametrize("there", [("one.ini",), ("two.csv",), ("one.ini", "two.csv")])
def test_where_a_name_is_taken_nothing_is_written(tmp_path: Path, there: tuple[str, ...]) -> None:
    for name in there:
        (tmp_path / name).write_text("mine", encoding="utf-8")
    taken = write_together(tmp_path, TEXTS)
    assert taken == Failure(AlreadyThere(paths=tuple(tmp_path / name for name in there)))
    assert _names(tmp_path) == sorted(there)
    assert {(tmp_path / name).read_text(encoding="utf-8") for name in there} == {"mine"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_that_leads_nowhere_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "two.csv").symlink_to(tmp_path / "nowhere")
    assert isinstance(write_together(tmp_path, TEXTS).failure(), AlreadyThere)
    assert _names(tmp_path) == ["two.csv"]


def test_a_name_taken_at_the_last_moment_takes_the_other_file_back(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    twice = {"one.ini": "first", "sub/../one.ini": "second"}
    assert isinstance(write_together(tmp_path, twice).failure(), AlreadyThere)
    assert _names(tmp_path) == ["sub"]


def test_when_one_file_cannot_be_written_the_other_is_not_left(tmp_path: Path) -> None:
    failed = write_together(tmp_path, {"one.ini": "first", "missing/two.csv": "second"}).failure()
    assert isinstance(failed, ReportFault)
    assert "No such file" in failed.detail
    assert _names(tmp_path) == []


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert isinstance(write_together(tmp_path / "file" / "below", TEXTS).failure(), ReportFault)
    assert _names(tmp_path) == ["file"]


def test_where_there_are_no_hard_links_the_files_are_new_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_hard_links(monkeypatch)
    assert write_together(tmp_path, TEXTS) == Success((tmp_path / "one.ini", tmp_path / "two.csv"))
    assert (tmp_path / "two.csv").read_bytes() == TEXTS["two.csv"].encode()
    (tmp_path / "sub").mkdir()
    twice = {"three.ini": "first", "sub/../three.ini": "second"}
    assert isinstance(write_together(tmp_path, twice).failure(), AlreadyThere)
    assert _names(tmp_path) == ["one.ini", "sub", "two.csv"]
