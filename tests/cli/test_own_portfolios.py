"""A wrong file of one account's own: the others run, and the records say what is wrong where."""

from pathlib import Path

from tests.cli.conftest import Serve
from tests.support import account, market, workspace

TARGETS = {"SPY": "60", "IEF": "40"}
IDS = ("DU111111", "DU222222", "DU333333")
OWN = {"DU111111": {"path": "sum.csv"}, "DU333333": {"path": "odd.csv"}}


def test_wrong_files_of_their_own_fail_two_accounts_and_the_third_trades(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(*(account(each, usd="50000") for each in IDS)))
    space = workspace(tmp_path, gateway, TARGETS, accounts=IDS, own=OWN)
    (tmp_path / "sum.csv").write_text("ETF,MAIN\nSPY,60%\nIEF,39,5\n", encoding="utf-8")
    (tmp_path / "odd.csv").write_text("ETF,MAIN\nSPY,90\nODDX,10\n", encoding="utf-8")
    done = space.run("--yes")
    assert done.code == 6, done.text
    rows = space.summary()
    assert list(rows) == list(IDS)
    assert [row["status"] for row in rows.values()] == ["failed", "done", "failed"]
    assert "sum.csv:3:" in rows["DU111111"]["error"]
    assert "odd.csv:3:1 ODDX: unknown to IBKR" in rows["DU333333"]["error"]
    assert rows["DU222222"]["error"] == ""
    assert "sum.csv:3:" in done.stderr
    assert {each.terms.account for each in gateway.placed} == {"DU222222"}


def test_a_wrong_shared_file_or_a_wrong_file_of_every_account_stops_the_run(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS, accounts=IDS[:2], own={"DU111111": {"path": "own.csv"}})
    wrong = "ETF,MAIN\nSPY,99\n"
    (tmp_path / "own.csv").write_text(wrong, encoding="utf-8")
    assert space.run("--dry-run").code == 4  # Only DU111111 failed: the gateway was asked.
    rows = space.summary()
    assert {row["status"] for row in rows.values()} == {"failed"}
    assert "own.csv:1:5" in rows["DU111111"]["error"]
    assert "connection refused" in rows["DU222222"]["error"]
    assert "DU111111: " in space.log()
    assert "own.csv:1:5" in space.log()
    assert "connection refused" in space.log()
    alone = space.run("--dry-run", "--account", "DU111111")
    assert alone.code == 3, alone.text
    assert "own.csv:1:5" in alone.stderr

    space.portfolios.write_text(wrong, encoding="utf-8")
    both = space.run("--dry-run")
    assert both.code == 3, both.text
    assert "own.csv:1:5" in both.stderr
    assert "portfolios.csv:1:5" in both.stderr

    (tmp_path / "own.csv").write_text("ETF,MAIN\nSPY,100\n", encoding="utf-8")
    shared = space.run("--dry-run")
    assert shared.code == 3, shared.text


def test_an_unknown_symbol_of_the_shared_file_is_named_with_its_place_by_every_command(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, {"SPY": "60", "BRKB": "40"})
    commands = (("run", "--yes"), ("plan", "-o", tmp_path / "p.json"), ("snapshot",))
    for words in (*commands, ("explain", "SPY")):
        done = space.command(*map(str, words))
        assert done.code == 3, done.text
        assert f"{space.portfolios}:3:1 BRKB: unknown to IBKR -> did you mean" in done.stderr
    assert "portfolios.csv:3:1 BRKB: unknown to IBKR" in space.log()
    assert gateway.record.received(3) == ()
