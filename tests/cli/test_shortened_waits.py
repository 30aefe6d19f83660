"""What shortens the waits of a run: never what a user asked for, and never beside live accounts."""

import pytest

from rebalancer_adapters.memory import MemoryReports, ScriptedPerson
from rebalancer_cli import failpoints
from rebalancer_cli.bootstrap import (
    PATIENCE_VARIABLE,
    PAUSE_VARIABLE,
    patience_part,
    process_world,
)


@pytest.mark.parametrize(
    ("said", "part"),
    [("", 1), ("0.25", 0.25), ("0", 0.1), ("-3", 0.1), ("7", 1), ("soon", 1)],
)
def test_answers_are_waited_for_a_part_of_the_usual_time(
    monkeypatch: pytest.MonkeyPatch, said: str, part: float
) -> None:
    monkeypatch.setenv(PATIENCE_VARIABLE, said)
    assert patience_part() == part


@pytest.mark.parametrize("name", [failpoints.VARIABLE, PAUSE_VARIABLE, PATIENCE_VARIABLE])
def test_a_run_knows_what_is_set_for_tests(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    assert process_world(ScriptedPerson(), MemoryReports()).test_hooks == (name,)
