"""The log is open before anything is read: what stops a run is in it, with its place."""

from pathlib import Path

from click.testing import CliRunner, Result

from rebalancer_cli.main import cli
from tests.support import Workspace, workspace

TARGETS = {"SPY": "60", "IEF": "40"}


def _run(space: Workspace, *arguments: str, env: dict[str, str] | None = None) -> Result:
    first, *flags = arguments
    return CliRunner().invoke(cli, [first, "--config", str(space.settings), *flags], env=env or {})


def test_wrong_portfolios_are_in_the_log_of_the_report_folder(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS, report_dir="kept")
    space.portfolios.write_text("ETF,MAIN\nSPY,99\n", encoding="utf-8")
    for command in ("run", "plan"):
        assert _run(space, command).exit_code == 3
    first, second = sorted((tmp_path / "kept").glob("rebalance_2*.log"))
    for log in (first, second):
        (line,) = log.read_text(encoding="utf-8").splitlines()
        assert " ERROR " in line
        assert "portfolios.csv:1:5 MAIN: sums to 99.00 %" in line


def test_with_wrong_settings_the_log_is_beside_them_or_where_the_environment_says(
    tmp_path: Path,
) -> None:
    space = workspace(tmp_path, 1, TARGETS, report_dir="kept", max_orders="many")
    told = _run(space, "run", "--dry-run")
    assert told.exit_code == 3
    _, following = told.stderr.splitlines()
    assert following == f"Next: rebalance validate-config {space.settings}"
    assert "safety.max_orders" in space.log()
    assert "settings.ini:" in space.log()
    assert not (tmp_path / "kept").exists()

    elsewhere = tmp_path / "elsewhere"
    assert _run(space, "run", env={"REBALANCE_IO_REPORT_DIR": str(elsewhere)}).exit_code == 3
    (log,) = elsewhere.glob("rebalance_2*.log")
    assert "safety.max_orders" in log.read_text(encoding="utf-8")


def test_where_no_log_can_be_written_the_problems_are_told_and_so_is_that(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS, max_orders="many")
    space.report_dir.write_text("a file, no folder", encoding="utf-8")
    told = _run(space, "run")
    assert told.exit_code == 3
    problem, no_log, _ = told.stderr.splitlines()
    assert "safety.max_orders" in problem
    assert no_log.startswith(f"cannot write {space.report_dir}")


def test_no_folder_is_made_for_a_settings_file_in_one_that_is_missing(tmp_path: Path) -> None:
    missing = tmp_path / "mistyped" / "settings.ini"
    told = CliRunner().invoke(cli, ["run", "--config", str(missing)])
    assert told.exit_code == 3
    assert "no such directory" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_that_cannot_be_read_is_in_the_log(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS)
    wrong = tmp_path / "saved.json"
    wrong.write_text("[]", encoding="utf-8")
    assert _run(space, "run", "--snapshot", str(wrong)).exit_code == 3
    assert "saved.json" in space.log()


def test_a_command_that_is_no_run_leaves_no_log(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS, max_orders="many")
    assert _run(space, "validate-config").exit_code == 3
    assert not space.report_dir.exists()
