"""Each bad settings file: every problem named at its place, none more, nothing loaded."""

from pathlib import Path

import pytest

from rebalancer_adapters.ground.file_text import FileText, shown_path
from rebalancer_adapters.ground.problems import sentence
from rebalancer_adapters.settings.settings import Flags
from rebalancer_adapters.settings.settings_ini import load_settings, settings_from_text
from tests.adapters.case_files import Case, bad_files, differences, unlisted_files


@pytest.mark.parametrize("case", bad_files("settings"), ids=lambda case: case.path.name)
def test_a_bad_settings_file_has_every_problem_named_and_loads_nothing(case: Case) -> None:
    loaded = load_settings(case.path, case.environment, Flags(strict=case.strict))
    assert not differences(case, loaded.failure(), shown_path(case.path))


def test_every_bad_settings_file_is_in_the_index() -> None:
    assert not unlisted_files("settings")


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("port = x", "s.ini:2:8 ibkr.port: 'x'"),
        ("port=x", "s.ini:2:6 ibkr.port: 'x'"),
        ("port  =\t  x  ; comment", "s.ini:2:11 ibkr.port: 'x'"),
        ("port =", "s.ini:2:7 ibkr.port: there is no value"),
        ("port =   ; comment", "s.ini:2:7 ibkr.port: there is no value"),
        ("\x0bport = x", "s.ini:2:9 ibkr.port: 'x'"),
        ("po\x0brt = x", "s.ini:2:9 ibkr.port: 'x'"),
        ("port =\x0b x", "s.ini:2:9 ibkr.port: 'x'"),
        ("port =\x0b", "s.ini:2:7 ibkr.port: there is no value"),
        ("  port = x", "s.ini:2:10 ibkr.port: 'x'"),
        ("  port = x", "s.ini:2:1 ibkr.port: the line is indented"),
        ("  prt = 4002", "s.ini:2:3 ibkr.prt: the key is not known"),
        ("max_orders = 3", "s.ini:2:1 ibkr.max_orders: [ibkr] has no such key"),
        ("host = ::1\n  host = ::1", "s.ini:3:3 ibkr.host: duplicate key"),
        ("just words", "s.ini:2:1 ibkr: 'just words' is not a `key = value` line"),
        ("[ibkr]", "s.ini:2:1 ibkr: duplicate section"),
        ("[ibk]", "s.ini:2:1 ibk: the section is not known"),
        ("  [ibk", "s.ini:2:1 '[ibk' is not a section"),
        ("[models]\nCASH = 1", "s.ini:3:1 models.CASH: 'CASH' cannot name a model"),
        ("[models]\nA = 0.5", "s.ini:2:1 models: the weights sum to 0.5"),
    ],
)
def test_a_problem_of_settings_names_the_column_of_key_or_value(line: str, place: str) -> None:
    file = FileText(name="s.ini", text=f"[ibkr]\n{line}\n", sha256="")
    loaded = settings_from_text(file, Path("s.ini"), {}, Flags())
    problems = [sentence(each) for each in loaded.failure()]
    assert any(each.startswith(place) for each in problems), problems
