"""Files that cannot be read are one problem each, and reading never waits."""

import os
from pathlib import Path

import pytest

from rebalancer_adapters.ground.file_text import FileText, lines, read_text, shown_path
from rebalancer_adapters.ground.problems import Problem, sentence
from rebalancer_adapters.settings.settings import Flags
from rebalancer_adapters.settings.settings_ini import load_settings


def _problem(path: Path, limit: int = 1_000_000) -> str:
    read = read_text(path, limit=limit)
    assert isinstance(read, Problem)
    assert read.place.startswith(f"{shown_path(path)}:1")
    return sentence(read)


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    assert "file does not exist" in _problem(tmp_path / "nowhere.ini")


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    assert "not a regular file" in _problem(tmp_path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "pipe.ini")
    assert "not a regular file" in _problem(tmp_path / "pipe.ini")


def test_a_file_in_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x", encoding="utf-8")
    assert " -> " in _problem(tmp_path / "a" / "settings.ini")


def test_a_name_with_nul_is_a_problem() -> None:
    assert "cannot be read" in _problem(Path("a\x00b"))


def test_a_file_that_nobody_may_read_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "secret.ini"
    path.write_text("x", encoding="utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert "no permission" in _problem(path)


def test_a_file_larger_than_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(b"#" * 1_000_001)
    assert "larger than 1,000,000 bytes" in _problem(path)
    path.write_bytes(b"#" * 1_000_000)
    assert isinstance(read_text(path), FileText)


def test_a_settings_file_that_cannot_be_read_loads_nothing(tmp_path: Path) -> None:
    loaded = load_settings(tmp_path / "nowhere.ini", {}, Flags())
    assert len(loaded.failure()) == 1


def test_a_file_below_the_working_directory_is_named_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.ini").write_text("x", encoding="utf-8")
    read = read_text(tmp_path / "a.ini")
    assert isinstance(read, FileText)
    assert read.name == "a.ini"


def test_only_the_three_line_ends_of_text_files_end_a_line() -> None:
    assert lines("a\x0bb\x0cc\x85d\u2028e\u2029f\x1cg") == ["a\x0bb\x0cc\x85d\u2028e\u2029f\x1cg"]
    assert lines("a\rb\r\nc\n") == ["a", "b", "c", ""]
