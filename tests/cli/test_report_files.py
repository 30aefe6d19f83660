"""Records: proven writable before anything is sent, never overwritten, told when they are lost."""

import re
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Fill, on_orders
from tests.cli.conftest import Serve
from tests.support import UNTIL_RELEASED, account, market, workspace

TARGETS = {"SPY": "60", "IEF": "40"}


def test_a_report_folder_that_cannot_be_written_refuses_the_run(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    space.report_dir.write_text("a file, no folder", encoding="utf-8")
    done = space.run("--yes")
    assert done.code == 5, done.text
    assert str(space.report_dir) in done.stderr
    assert "Traceback" not in done.text
    assert gateway.record.received() == ()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
def test_orders_whose_report_is_lost_are_traded_told_and_end_with_8(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(
        market(account("DU111111", usd="50000")),
        on_orders(Fill(after_seconds=UNTIL_RELEASED), symbol="IEF"),
    )
    space = workspace(tmp_path, gateway, TARGETS)
    with space.screen("--yes") as screen:
        gateway.wait_until(lambda g: len(g.placed) == 2)
        space.report_dir.rename(tmp_path / "moved")
        space.report_dir.write_text("a file, no folder", encoding="utf-8")
        gateway.release()
        assert screen.finish() == 8
        assert "rebalance_post_DU111111" in screen.text
        assert "2 orders: 2 Filled" in screen.text
        assert "Traceback" not in screen.text
    assert gateway.shares("DU111111", "SPY") == 50


def test_runs_of_the_same_second_keep_the_records_of_each(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    file = tmp_path / "saved.json"
    file.write_text(space.command("snapshot", "--json").stdout, encoding="utf-8")
    together = 4
    with ExitStack() as running:
        runs = [running.enter_context(space.start("--snapshot", file)) for _ in range(together)]
        assert [run.finish().code for run in runs] == [0] * together
    assert len(space.files("rebalance_pre_DU111111_*.csv")) == together
    assert len(space.files("run_summary_*.csv")) == together
    assert len(space.files("rebalance_2*.html")) == together
    assert len(space.files("rebalance_2*.log")) == together


def test_runs_of_the_same_second_do_not_mix_up_their_files(tmp_path: Path, serve: Serve) -> None:
    ids = ("DU111111", "DU222222", "DU333333", "DU444444")
    gateway = serve(market(*(account(name, usd="50000") for name in ids)))
    space = workspace(tmp_path, gateway, TARGETS, accounts=ids)
    file = tmp_path / "saved.json"
    file.write_text(space.command("snapshot", "--json").stdout, encoding="utf-8")
    with ExitStack() as running:
        runs = [
            running.enter_context(space.start("--snapshot", file, "--account", name))
            for name in ids
        ]
        assert [run.finish().code for run in runs] == [0] * len(ids)
    for log in space.files("rebalance_2*.log"):
        written = re.findall(r"wrote (.*)", log.read_text(encoding="utf-8"))
        stamps = {Path(path).stem.rsplit("_", 1)[1] for path in written}
        assert stamps == {log.stem.rsplit("_", 1)[1]}


def test_every_file_of_a_run_carries_the_time_of_the_run(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    assert space.run("--yes").code == 0
    names = sorted(path.name for path in space.report_dir.iterdir())
    stamps = {name.rsplit("_", 1)[1].split(".")[0] for name in names}
    assert len(names) == 5, names
    assert len(stamps) == 1, names


def test_the_log_tells_the_settings_the_connection_and_each_order(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    assert space.run("--yes").code == 0
    log, sold = space.log(), gateway.orders[0]
    assert f"{space.settings}: valid" in log
    assert f"connected to 127.0.0.1:{gateway.port} as client 42" in log
    assert f"Connecting to 127.0.0.1:{gateway.port} as client 42" in log
    assert f"{sold.order_ref} DU111111 SPY: order id {sold.order_id} of client 42" in log
    assert "2104: Market data farm connection is OK" in log
    assert "DU111111: approved (--yes)" in log
    assert f"{sold.order_ref} DU111111 BUY 50 SPY: filled, 50 shares (order {sold.perm_id})" in log
    assert "DU111111: done" in log


def test_what_a_gateway_that_is_not_there_costs_is_in_the_log(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS)
    assert space.run("--dry-run").code == 4
    log = space.log()
    assert "Connecting to 127.0.0.1:1 as client 43" in log
    assert "ERROR rebalancer_cli: cannot connect to 127.0.0.1:1: connection refused" in log
