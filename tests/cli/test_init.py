"""`rebalance init` writes files that are valid as they stand, and touches nothing that is there."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rebalancer_adapters.settings.settings import Flags
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_cli.main import cli
from rebalancer_cli.sample_files import EXAMPLE_ACCOUNT, PORTFOLIOS, SETTINGS

ROOT = Path(__file__).resolve().parents[2]


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments], env={"COLUMNS": "120"})


def test_what_is_written_passes_both_checks_and_previews_only(tmp_path: Path) -> None:
    folder = tmp_path / "my money"
    made = _run("init", folder)
    assert made.exit_code == 0, made.output
    assert sorted(path.name for path in folder.iterdir()) == [PORTFOLIOS, SETTINGS]
    settings = folder / SETTINGS
    assert _run("validate-config", "--strict", "--config", settings).exit_code == 0
    assert _run("validate-portfolios", "--offline", "--config", settings).exit_code == 0
    loaded = load_settings(settings, {}, Flags(strict=True)).unwrap()
    assert loaded.gateway.read_only
    assert [each.account_id for each in loaded.accounts] == [EXAMPLE_ACCOUNT]


def test_it_says_what_to_change_and_what_to_run_next(tmp_path: Path) -> None:
    told = _run("init", tmp_path / "my money").stdout
    assert f"in place of {EXAMPLE_ACCOUNT}" in told
    config = f'--config "{tmp_path / "my money" / SETTINGS}"'
    assert f"rebalance doctor {config}" in told
    assert f"rebalance run --dry-run {config}" in told


def test_in_this_folder_no_config_needs_to_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = _run("init").stdout
    assert (tmp_path / SETTINGS).is_file()
    assert "--config" not in told


@pytest.mark.parametrize("there", [SETTINGS, PORTFOLIOS])
def test_a_file_that_is_there_is_named_and_nothing_is_written(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine", encoding="utf-8")
    refused = _run("init", tmp_path)
    assert refused.exit_code == 2, refused.output
    assert str(tmp_path / there) in refused.stderr
    assert " -> " in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert _run("init", tmp_path / "file").exit_code == 2
    refused = _run("init", tmp_path / "file" / "below")
    assert refused.exit_code == 5, refused.output
    assert str(tmp_path / "file" / "below") in refused.stderr


def test_the_wheel_carries_the_samples() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for name in (SETTINGS, PORTFOLIOS):
        assert included[f"config/{name}"] == f"rebalancer_cli/sample_data/{name}"
        assert (ROOT / "config" / name).is_file()
