"""Every bad settings and portfolios file ends every command that reads it with 3, and tells why."""

from collections.abc import Mapping
from pathlib import Path
from shutil import copyfile

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from rebalancer_cli.main import cli
from tests.adapters.case_files import Case, bad_files

SETTINGS = """\
[accounts]
ids = DU111111
[models]
SMURF = 0.6
BADASS = 0.4
"""


@pytest.mark.parametrize("case", bad_files("settings"), ids=lambda case: case.path.name)
def test_no_command_runs_on_a_bad_settings_file(case: Case, tmp_path: Path) -> None:
    strict = ["--strict"] if case.strict else []
    # A copy: the log of a run is beside its settings where these are wrong.
    case = evolve(case, path=Path(copyfile(case.path, tmp_path / case.path.name)))
    for command in (["validate-config"], ["run", "--dry-run"]):
        told = _run(*command, "--config", str(case.path), *strict, environment=case.environment)
        _refused(told, case)


@pytest.mark.parametrize("case", bad_files("portfolios"), ids=lambda case: case.path.name)
def test_no_command_runs_on_a_bad_portfolios_file(case: Case, tmp_path: Path) -> None:
    settings = tmp_path / "settings.ini"
    settings.write_text(SETTINGS, encoding="utf-8")
    for command in (["validate-portfolios", "--offline"], ["run", "--dry-run"]):
        told = _run(*command, "--config", str(settings), "--csv", str(case.path))
        _refused(told, case)


def _run(*arguments: str, environment: Mapping[str, str] | None = None) -> Result:
    return CliRunner().invoke(cli, list(arguments), env=environment or {})


def _refused(told: Result, case: Case) -> None:
    assert told.exit_code == 3, told.output
    assert isinstance(told.exception, SystemExit), told.exception
    assert "Traceback" not in told.output
    told_of = [line for line in told.stderr.splitlines() if not line.startswith("Next: ")]
    assert len(told_of) == len(case.problems)
