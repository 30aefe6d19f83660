"""Dry run, read-only and snapshot runs show everything and can send nothing."""

from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Announce, on_messages
from tests.cli.conftest import Serve
from tests.support import account, market, workspace

TARGETS = {"SPY": "60", "IEF": "40"}


@pytest.mark.parametrize(
    ("flags", "read_only"),
    [
        (("--dry-run",), "false"),
        (("--dry-run", "--yes"), "false"),
        (("--read-only", "--yes"), "false"),
        (("--yes",), "true"),
    ],
)
def test_a_run_that_may_only_look_sends_not_one_order(
    tmp_path: Path, serve: Serve, flags: tuple[str, ...], read_only: str
) -> None:
    gateway = serve(market(account("DU111111", usd="50000", IEF=100)))
    space = workspace(tmp_path, gateway, TARGETS, read_only=read_only)
    done = space.run(*flags)
    assert done.code == 0, done.text
    assert gateway.record.received(3) == ()
    assert "preview only, nothing can be sent" in done.stdout
    assert [row["action"] for row in space.pre("DU111111")] == ["BUY", "BUY", "NONE"]
    assert space.summary()["DU111111"]["status"] == "previewed"
    assert space.files("rebalance_post_*") == []


@pytest.mark.parametrize("flag", ["--dry-run", "--yes"])
def test_a_run_on_prices_of_a_broken_farm_says_so(tmp_path: Path, serve: Serve, flag: str) -> None:
    broken = Announce(code=2103, text="Market data farm connection is broken:us\x1b[31mfarm")
    scenario = on_messages(broken, message_id=1, first=1, last=1)
    gateway = serve(market(account("DU111111", usd="50000", IEF=100)), scenario)
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run(flag)
    said = "gateway: prices may be stale: market data farm usfarm is broken (2103)"
    assert said in done.stderr
    assert "prices may be stale" in space.log()
    assert [order for order in gateway.placed if not order.terms.what_if] == []


def test_every_holding_and_target_has_a_row_and_a_reason(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(
        market(account("DU333333", usd="1000", cad="500", base="CAD", SPY=10, BIL=5, XIU=20))
    )
    space = workspace(tmp_path, gateway, {"SPY": "85", "GLD": "15"}, accounts=("DU333333",))
    assert space.run("--dry-run").code == 0
    rows = {row["symbol"]: row for row in space.pre("DU333333")}
    assert rows.keys() >= {"SPY", "GLD", "BIL", "XIU", "CASH", "CASH CAD"}
    assert [name for name, row in rows.items() if row["action"] == "NONE" and not row["note"]] == []


def test_a_saved_snapshot_gives_the_plan_of_the_live_dry_run(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(
        market(
            account("DU111111", usd="50000", IEF=100),
            account("DU222222", usd="300", cad="9000", base="CAD", SPY=90, GLD=4, XIU=30),
        )
    )
    space = workspace(tmp_path, gateway, TARGETS, accounts=("DU111111", "DU222222"))
    saved = space.command("snapshot", "--json")
    assert saved.code == 0, saved.stderr
    file = tmp_path / "saved.json"
    file.write_text(saved.stdout, encoding="utf-8")
    live, offline = space.run("--dry-run", "--json"), space.run("--snapshot", file, "--json")
    assert (live.code, offline.code) == (0, 0), live.stderr + offline.stderr
    assert _plans(offline.document) == _plans(live.document)
    assert gateway.record.received(3) == ()


def test_a_run_from_a_snapshot_needs_no_gateway_and_never_trades(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    file = tmp_path / "saved.json"
    file.write_text(space.command("snapshot", "--json").stdout, encoding="utf-8")
    gone = workspace(tmp_path, 1, TARGETS)
    done = gone.run("--snapshot", file, "--yes")
    assert done.code == 0, done.text
    assert gone.summary()["DU111111"]["status"] == "previewed"
    assert gone.files("rebalance_post_*") == []


def _plans(document: object) -> object:
    """The accounts of a run's JSON without the times, which no two runs share."""
    if isinstance(document, dict):
        return {key: _plans(value) for key, value in document.items() if key != "timestamp_run"}
    return [_plans(each) for each in document] if isinstance(document, list) else document
