"""The log has one line an event, and trouble with it never stops a run."""

import json
import logging
import os
import re
from pathlib import Path

import pytest

from rebalancer_adapters.reports.csv_reports import CsvReports
from rebalancer_adapters.reports.run_log import JSON, TEXT, RunLog, escaped, open_run_log
from rebalancer_core.reporting.cells import Table
from rebalancer_core.values.faults import ReportFault
from tests.support.plan_factory import AS_OF

LOGGER = logging.getLogger("rebalancer_cli.run_command")
LIBRARY = logging.getLogger("ib_async.wrapper")


def opened(directory: Path, level: str = "INFO", style: str = TEXT) -> RunLog:
    return open_run_log(directory, AS_OF, level, style).unwrap()


def lines_of(log: RunLog) -> list[str]:
    return log.path.read_text(encoding="utf-8").splitlines()


def test_an_event_is_a_line_with_its_time_in_utc(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        LOGGER.info("order %s filled", 7)
    (line,) = lines_of(log)
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert re.fullmatch(rf"{stamp} INFO rebalancer_cli\.run_command: order 7 filled", line)


def test_the_level_is_the_users_and_the_library_speaks_only_when_it_warns(tmp_path: Path) -> None:
    with opened(tmp_path, "WARNING") as log:
        LOGGER.info("small talk")
        LIBRARY.info("positions of DU111111")
        LIBRARY.warning("peer closed connection")
        LOGGER.warning("no answer")
    assert [line.rpartition(": ")[2] for line in lines_of(log)] == [
        "peer closed connection",
        "no answer",
    ]


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\x1b[2Jb", "a\u2028b", "a\u202eb", "a\x85b"])
def test_the_brokers_words_cannot_forge_a_line_or_steer_a_terminal(
    text: str, tmp_path: Path
) -> None:
    with opened(tmp_path) as log:
        LOGGER.info("%s", text)
    (line,) = lines_of(log)
    assert line.isprintable()


def test_escapes_keep_what_was_said() -> None:
    assert escaped("tab\there, Füße \U0001f600") == "tab\\there, Füße \U0001f600"


def test_a_traceback_follows_its_line_indented(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        try:
            int("bad\nnews")
        except ValueError:
            LOGGER.exception("a bug")
    first, *rest = lines_of(log)
    assert first.endswith("ERROR rebalancer_cli.run_command: a bug")
    assert rest
    assert all(line.startswith("    ") for line in rest)


def test_two_runs_in_one_second_have_two_logs(tmp_path: Path) -> None:
    with opened(tmp_path) as one, opened(tmp_path) as two:
        assert (one.path.name, two.path.name) == (
            "rebalance_20260102T150405Z.log",
            "rebalance_20260102T150405Z-2.log",
        )


def test_the_reports_of_a_run_bear_the_stamp_of_its_log(tmp_path: Path) -> None:
    with opened(tmp_path), opened(tmp_path) as later:
        reports = CsvReports(directory=tmp_path, started_at=AS_OF, stamp=later.stamp)
    written = Path(reports.write_summary(Table(columns=("a",), rows=())).unwrap())
    assert written.name == "run_summary_20260102T150405Z-2.csv"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_only_the_owner_can_read_the_log(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        assert log.path.stat().st_mode & 0o777 == 0o600


def test_after_the_run_the_loggers_are_as_before(tmp_path: Path) -> None:
    own = logging.getLogger("rebalancer_cli")
    before = (own.level, list(own.handlers))
    with opened(tmp_path, "ERROR") as log:
        pass
    LOGGER.warning("after the end")
    assert (own.level, list(own.handlers)) == before
    assert not lines_of(log)


def test_a_log_that_cannot_be_made_is_a_fault_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file where the folder should be")
    fault = open_run_log(tmp_path / "reports", AS_OF, "INFO").failure()
    assert fault.path.endswith("rebalance_20260102T150405Z.log")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_is_remembered_and_stops_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    full = Path("/dev/full")
    with RunLog(full, full.open("w", encoding="utf-8"), "INFO", AS_OF) as log:
        LOGGER.info("first")
        LOGGER.info("second")
    assert log.fault == ReportFault(path="/dev/full", detail="No space left on device")
    assert capsys.readouterr().err == ""


def test_json_says_what_each_event_is_about_where_that_is_known(tmp_path: Path) -> None:
    order = {"account": "DU111111", "order_ref": "rb1-9f2c31aa-01002-2", "symbol": "IEF"}
    with opened(tmp_path, style=JSON) as log:
        LOGGER.info("settings.ini: valid; %s, %s", "DU111111", "DU222222")
        log.name_run("9f2c31aa")
        LOGGER.info("%s %s: %s", "DU111111", "SPY", "none\nforged")
        LOGGER.warning("%s %s %s: order id %d", order["order_ref"], "DU111111", "IEF", 7)
        LOGGER.info("filled", extra=order)
        _log_a_bug()
    found = [json.loads(line) for line in lines_of(log)]
    about = [{name: event.get(name) for name in ("run", *order)} for event in found]
    none = dict.fromkeys(("run", *order))
    run = {**none, "run": "9f2c31aa"}
    assert about == [
        none,
        {**run, "account": "DU111111", "symbol": "SPY"},
        {**run, **order},
        {**run, **order},
        run,
    ]
    assert found[1]["message"] == "DU111111 SPY: none\nforged"
    assert found[2]["level"] == "WARNING"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found[0]["time"])
    assert "ValueError: a bug" in found[4]["traceback"]


def _log_a_bug() -> None:
    try:
        raise ValueError("a bug")  # noqa: TRY301 - any exception will do
    except ValueError:
        LOGGER.exception("stopped")
