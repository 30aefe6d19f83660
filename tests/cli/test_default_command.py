"""A first word that is a flag means `run`; what belongs to the group stays the group's."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from rebalancer_cli.main import cli
from tests.support import rebalance, workspace


def test_flags_alone_are_those_of_run(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, {"SPY": "100"})
    short = rebalance("--dry-run", "--config", space.settings)
    assert short.code == 4, short.text
    assert "connection refused" in short.stderr
    assert space.summary()["DU111111"]["status"] == "failed"


@pytest.mark.parametrize("flag", ["--dry-runn", "-x", "--recent=3"])
def test_a_flag_that_run_does_not_know_is_a_usage_error_of_run(flag: str) -> None:
    told = CliRunner().invoke(cli, [flag])
    assert told.exit_code == 2
    assert "Usage: cli run" in told.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--help"], "Commands:"),
        (["-h"], "Commands:"),
        (["--version"], "version"),
        (["status", "--help"], "--recent"),
    ],
)
def test_help_and_version_stay_those_of_the_group(words: list[str], said: str) -> None:
    told = CliRunner().invoke(cli, words)
    assert told.exit_code == 0
    assert said in told.stdout


@pytest.mark.parametrize(
    ("word", "meant"),
    [("validte-config", "validate-config"), ("Status", "status"), ("valdiate-portfolios", "")],
)
def test_a_command_a_little_off_is_told_the_one_that_was_meant(word: str, meant: str) -> None:
    told = CliRunner().invoke(cli, [word, "--no-such-flag"])
    assert told.exit_code == 2
    assert (
        f"No such command '{word}'; did you mean {meant or 'validate-portfolios'}?" in told.stderr
    )
    assert "did you mean" not in CliRunner().invoke(cli, ["frobnicate"]).stderr


@pytest.mark.parametrize(
    "words",
    [
        ["doctor"],
        ["run"],
        ["plan"],
        ["snapshot"],
        ["explain", "SPY"],
        ["price", "SPY"],
        ["validate-config"],
        ["validate-portfolios"],
        ["status"],
        ["recover"],
        ["resolve", "x", "--filled", "0", "--reason", "x"],
        ["report"],
    ],
    ids=" ".join,
)
def test_without_settings_every_command_names_init(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(cli, words)
    assert told.exit_code == 3, told.output
    assert "settings.ini" in told.output
    assert "rebalance init" in told.output


@pytest.mark.parametrize("word", ["-", "--", "runn"])
def test_what_is_no_flag_and_no_command_runs_nothing(word: str) -> None:
    assert CliRunner().invoke(cli, [word]).exit_code == 2


@pytest.mark.parametrize(
    ("words", "at", "offered"),
    [("rebalance --", "1", "--version"), ("rebalance --dry-run --conf", "2", "--confirm-mode")],
)
def test_completion_offers_the_flags_of_whoever_takes_them(
    words: str, at: str, offered: str
) -> None:
    env = {"_REBALANCE_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": at}
    assert offered in rebalance(env=env).stdout
