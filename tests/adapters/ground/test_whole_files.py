"""A record is there whole or it is not there; nothing is written over."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from returns.pipeline import is_successful

from rebalancer_adapters.ground.durable_files import prove_writable, write_new, write_numbered
from rebalancer_core.values.faults import ReportFault
from tests.support.disks import tiny_disk, without_hard_links


def refuse(*_: object) -> NoReturn:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def test_a_file_has_all_of_its_text_in_utf_8(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "new" / "folder", "a", ".csv", "Füße\n").unwrap()
    assert path.read_bytes() == "Füße\n".encode()


def test_text_that_utf_8_cannot_hold_is_written_as_an_escape(tmp_path: Path) -> None:
    path = write_numbered(tmp_path, "a", ".csv", "lone \udc80\n").unwrap()
    assert path.read_text(encoding="utf-8") == "lone \\udc80\n"


def test_nothing_but_the_file_stays_behind(tmp_path: Path) -> None:
    write_numbered(tmp_path, "a", ".csv", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_names_that_are_taken_are_never_replaced(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        write_numbered(tmp_path, "a", ".csv", text)
    kept = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert kept == {"a.csv": "one", "a-2.csv": "two", "a-3.csv": "three"}


def test_a_file_of_one_name_is_new_or_not_written(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    assert write_new(path, "one").unwrap() == path
    assert write_new(path, "two").failure().path == str(path)
    assert path.read_text(encoding="utf-8") == "one"
    assert list(tmp_path.iterdir()) == [path]
    nowhere = tmp_path / "nowhere" / "plan.json"
    assert write_new(nowhere, "three").failure().path == str(nowhere)


def test_where_there_are_no_hard_links_nothing_is_replaced_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_hard_links(monkeypatch)
    for text in ("one", "two"):
        write_numbered(tmp_path, "a", ".csv", text)
    kept = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert kept == {"a.csv": "one", "a-2.csv": "two"}


def test_a_disk_that_is_full_leaves_no_part_of_a_file(tmp_path: Path) -> None:
    with tiny_disk():
        fault = write_numbered(tmp_path, "a", ".csv", "x" * 1000).failure()
    assert isinstance(fault, ReportFault)
    assert fault.path == str(tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("step", ["fsync", "hardlink and replace"])
def test_trouble_at_a_later_step_leaves_no_part_of_a_file_either(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if step == "fsync":
        monkeypatch.setattr(os, "fsync", refuse)
    else:
        without_hard_links(monkeypatch)
        monkeypatch.setattr(Path, "replace", refuse)
        monkeypatch.setattr(Path, "rename", refuse)
    fault = write_numbered(tmp_path, "a", ".csv", "text").failure()
    assert isinstance(fault, ReportFault)
    assert not list(tmp_path.iterdir())


def test_a_process_that_dies_while_writing_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    dying = (
        "import os, pathlib, sys\n"
        "from rebalancer_adapters.ground.durable_files import write_numbered\n"
        "os.fsync = lambda handle: os._exit(9)\n"
        "write_numbered(pathlib.Path(sys.argv[1]), 'a', '.csv', 'half')\n"
    )
    died = subprocess.run([sys.executable, "-c", dying, str(tmp_path)], check=False)
    assert died.returncode == 9
    assert not (tmp_path / "a.csv").exists()


def test_a_folder_is_proven_writable_and_left_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    assert is_successful(prove_writable(folder))
    assert not list(folder.iterdir())


def test_a_disk_without_room_is_found_out_before_the_first_order(tmp_path: Path) -> None:
    with tiny_disk():
        fault = prove_writable(tmp_path).failure()
    assert fault.path == str(tmp_path)
    assert not list(tmp_path.iterdir())


def test_too_little_free_space_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 1024 * 700

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    fault = prove_writable(tmp_path).failure()
    assert fault.detail == "700 KB are free on the disk, 10 MB are needed"


def test_a_path_the_system_finds_too_long_is_found_out_before_the_first_order(
    tmp_path: Path,
) -> None:
    assert not is_successful(prove_writable(tmp_path / ("x" * 300)))
