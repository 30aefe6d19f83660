"""Cards about what the broker says: executions count, corrections once, words in any language."""

from decimal import Decimal
from pathlib import Path

from rebalancer_adapters.gateway import (
    Correct,
    Fill,
    Latin1,
    Reject,
    executions_only,
    on_messages,
    on_orders,
)
from tests.cli.conftest import Serve
from tests.reliability.run_facts import ACCOUNT, row_of, sent, statuses
from tests.support import account, market, workspace

TARGETS = {"SPY": "60", "IEF": "40"}
_ERROR = 4


def test_an_order_of_which_only_executions_are_told_is_filled(tmp_path: Path, serve: Serve) -> None:
    """Card T09."""
    gateway = serve(market(account(ACCOUNT, usd="50000")), executions_only())
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert statuses(space) == {"SPY": "Filled", "IEF": "Filled"}
    assert sorted(sent(gateway)) == ["IEF", "SPY"]


def test_a_corrected_execution_counts_once_with_its_new_price(tmp_path: Path, serve: Serve) -> None:
    """Card T10."""
    dearer = Correct(price=Decimal("600.50"), after_seconds=Decimal("0.2"))
    gateway = serve(
        market(account(ACCOUNT, usd="50000")),
        on_orders(Fill(), dearer, symbol="SPY")
        + on_orders(Fill(after_seconds=Decimal("0.6")), symbol="IEF"),
    )
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 0, done.text
    row = row_of(space, "SPY")
    assert (row["exec_qty_shares"], row["exec_price"]) == (row["qty_shares"], "600.5")
    assert "corrected" in row["notes"]
    assert gateway.shares(ACCOUNT, "SPY") == Decimal(row["exec_qty_shares"])


def test_a_correction_that_takes_shares_back_is_left_to_a_person(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T10, of the quantity: what was filled does not become less without anybody looking."""
    fewer = Correct(quantity=Decimal(1), after_seconds=Decimal("0.2"))
    gateway = serve(
        market(account(ACCOUNT, usd="50000")),
        on_orders(Fill(), fewer, symbol="SPY")
        + on_orders(Fill(after_seconds=Decimal("0.6")), symbol="IEF"),
    )
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 7, done.text
    assert row_of(space, "SPY")["status"] == "Unknown"
    assert "reduced the filled quantity" in done.text
    locked = space.run("--yes")
    assert locked.code == 7, locked.text
    assert sorted(sent(gateway)) == ["IEF", "SPY"]


def test_what_the_broker_says_never_runs_in_a_spreadsheet(tmp_path: Path, serve: Serve) -> None:
    """Card T18."""
    formula = "=cmd|' /C calc'!A1"
    gateway = serve(
        market(account(ACCOUNT, usd="50000")),
        on_orders(Reject(code=201, text=formula), symbol="SPY"),
    )
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 6, done.text
    assert formula in row_of(space, "SPY")["error"]
    for rows in (space.post(ACCOUNT), list(space.summary().values())):
        for cell in (cell for row in rows for cell in row.values()):
            assert not cell.startswith(("=", "@", "+")), cell


def test_a_formula_in_the_portfolios_file_is_no_symbol(tmp_path: Path, serve: Serve) -> None:
    """Card T18."""
    gateway = serve(market(account(ACCOUNT, usd="50000")))
    space = workspace(tmp_path, gateway, {'"=HYPERLINK(""http://x"")"': "60", "IEF": "40"})
    done = space.run("--yes")
    assert done.code == 3, done.text
    assert "portfolios.csv:2" in done.text
    assert gateway.record.received() == ()


def test_a_gateway_in_spanish_and_latin_1_is_understood_by_its_codes(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T19."""
    text = "Orden rechazada - razón: la garantía no está disponible"
    gateway = serve(
        market(account(ACCOUNT, usd="50000")),
        on_orders(Reject(code=201, text=text), symbol="SPY")
        + on_messages(Latin1(), message_id=_ERROR),
    )
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 6, done.text
    assert statuses(space) == {"SPY": "Rejected", "IEF": "Filled"}
    assert "201: Orden rechazada" in row_of(space, "SPY")["error"]
    assert "Traceback" not in done.text
