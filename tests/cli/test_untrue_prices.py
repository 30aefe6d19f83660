"""No order is sized on a price that nothing else confirms, whatever the gateway sends."""

from decimal import Decimal
from pathlib import Path

import pytest
from attrs import frozen

from rebalancer_adapters.gateway import Alter, DataLine, Mute, Scale, Scenario, on_messages
from tests.support import Finished, SimulatedGateway, Workspace, account, market, workspace
from tests.support.timing import UNHURRIED

ID, HOLDER = "DU111111", "DU222222"
_PORTFOLIO = 7


@frozen(kw_only=True)
class Ran:
    """One `run --yes`: how it ended, its folder, and how many orders arrived."""

    done: Finished
    space: Workspace
    orders: int

    def note(self, account_id: str = ID) -> str:
        """What the row of SPY says."""
        return next(row["note"] for row in self.space.pre(account_id) if row["symbol"] == "SPY")


@pytest.mark.parametrize("last", ["0.01", "0.0001", "9999999"])
def test_an_absurd_last_price_without_a_previous_close_trades_nothing(
    tmp_path: Path, last: str
) -> None:
    ran = _ran(tmp_path, _without_close() + _tick("last", last))
    assert (ran.done.code, ran.orders) == (5, 0), ran.done.text
    assert "% from the midpoint 600" in ran.note()


@pytest.mark.parametrize("last", ["1e-300", "1e14"])
def test_a_figure_that_can_be_no_price_gives_way_to_the_midpoint(tmp_path: Path, last: str) -> None:
    ran = _ran(tmp_path, _tick("last", last))
    assert (ran.done.code, ran.orders) == (0, 1), ran.done.text
    assert ran.note() == "no last price, midpoint used"


@pytest.mark.parametrize("last", ["0.01", "600", "1e-300"], ids=["cent", "true", "tiny"])
def test_a_price_that_stands_alone_trades_nothing(tmp_path: Path, last: str) -> None:
    ran = _ran(tmp_path, _last_alone() + _tick("last", last))
    assert (ran.done.code, ran.orders) == (5, 0), ran.done.text
    assert "no price" in ran.note() or "no other price to compare with" in ran.note()


def test_the_midpoint_in_place_of_an_old_last_price_does_not_confirm_itself(tmp_path: Path) -> None:
    ran = _ran(tmp_path, _without_close() + _last_time("1700000000"))
    assert (ran.done.code, ran.orders) == (5, 0), ran.done.text
    assert "midpoint used; no other price to compare with" in ran.note()


def test_a_trade_time_in_the_future_makes_no_fresh_price(tmp_path: Path) -> None:
    ran = _ran(tmp_path, _last_time("4000000000") + _tick("bid", "-1"))
    assert (ran.done.code, ran.orders) == (5, 0), ran.done.text
    assert "in the future" in ran.note()


def test_a_trade_time_beyond_every_calendar_is_none(tmp_path: Path) -> None:
    ran = _ran(tmp_path, _last_time("9" * 40))
    assert (ran.done.code, ran.orders) == (0, 1), ran.done.text
    assert ran.note() == "last price of unknown age, midpoint used"


def test_a_price_four_percent_off_the_midpoint_trades_nothing(tmp_path: Path) -> None:
    scaled = Scale(field=4, by=Decimal("1.04"))
    ran = _ran(tmp_path, on_messages(scaled, message_id=1, symbol="SPY", tag="last"))
    assert (ran.done.code, ran.orders) == (5, 0), ran.done.text
    assert ran.note().endswith("4.0 % from the midpoint 600")


def test_the_closing_price_sizes_a_preview_and_no_order(tmp_path: Path) -> None:
    with SimulatedGateway(market(account(ID, usd="50000"))) as gateway:
        space = workspace(tmp_path, gateway, {"SPY": "90", "CASH": "10"}, price_source="close")
        assert space.run("--dry-run").code == 0
        assert space.pre(ID)[0]["action"] == "BUY"
        done = space.run("--yes")
        assert (done.code, len(gateway.placed)) == (5, 0), done.text
        assert space.pre(ID)[0]["action"] == "NONE"


def test_the_mark_of_a_holding_confirms_the_price_for_every_account_of_the_run(
    tmp_path: Path,
) -> None:
    ran = _ran(tmp_path, _last_alone(), both=True)
    assert (ran.done.code, ran.orders) == (0, 2), ran.done.text
    assert ran.note() == "no previous close, compared with IBKR's mark"


@pytest.mark.parametrize(
    ("lie", "note"),
    [
        (Mute(), "no other price to compare with"),
        (Alter(field=14, text="0"), "no other price to compare with"),
        (Alter(field=19, text=ID), "no other price to compare with"),
        (Alter(field=14, text="500"), "20.0 % from IBKR's mark 500"),
    ],
    ids=["never told", "zero", "of another account", "far off"],
)
def test_a_mark_that_confirms_nothing_trades_nothing(
    tmp_path: Path, lie: Mute | Alter, note: str
) -> None:
    scenario = _last_alone() + on_messages(lie, message_id=_PORTFOLIO, symbol="SPY")
    ran = _ran(tmp_path, scenario, both=True)
    assert (ran.done.code, ran.orders) == (5, 0), ran.done.text
    assert ran.note().endswith(note)


@pytest.mark.parametrize(("account_id", "code", "orders"), [(ID, 0, 1), ("U1111111", 5, 0)])
def test_delayed_prices_trade_paper_accounts_only(
    tmp_path: Path, account_id: str, code: int, orders: int
) -> None:
    rules = {
        "allow_delayed": "true",
        "price_max_age_sec": "1200",
        "mode": "live",
        "allow_unattended_live": "true",
    }
    with SimulatedGateway(market(account(account_id, usd="50000"))) as gateway:
        gateway.set_data("SPY", DataLine.DELAYED)
        space = workspace(
            tmp_path, gateway, {"SPY": "90", "CASH": "10"}, accounts=(account_id,), keys=rules
        )
        done = space.run("--yes", env=UNHURRIED)
        assert (done.code, len(gateway.placed)) == (code, orders), done.text
        assert "delayed price" in space.pre(account_id)[0]["note"]


@pytest.mark.parametrize("text", ["1e-300", "1e14", "0", "nan"])
def test_an_execution_at_a_price_that_is_none_still_has_its_shares_in_the_report(
    tmp_path: Path, text: str
) -> None:
    ran = _ran(tmp_path, on_messages(Alter(field=20, text=text), message_id=11))
    assert (ran.done.code, ran.orders) == (0, 1), ran.done.text
    assert "Traceback" not in ran.done.text
    (row, *_) = ran.space.post(ID)
    assert (row["status"], row["exec_qty_shares"]) == ("Filled", "75")


def _ran(folder: Path, scenario: Scenario, *, both: bool = False) -> Ran:
    """A deposit is invested in SPY; with `both` another account of the run holds some already."""
    accounts = (account(ID, usd="50100"), account(HOLDER, usd="20000", SPY=10))
    ids = (ID, HOLDER) if both else (ID,)
    with SimulatedGateway(market(*accounts), scenario) as gateway:
        space = workspace(folder, gateway, {"SPY": "90", "CASH": "10"}, accounts=ids)
        return Ran(done=space.run("--yes"), space=space, orders=len(gateway.placed))


def _tick(tag: str, text: str) -> Scenario:
    return on_messages(Alter(field=4, text=text), message_id=1, symbol="SPY", tag=tag)


def _last_time(text: str) -> Scenario:
    return on_messages(Alter(field=4, text=text), message_id=46, symbol="SPY", tag="last_time")


def _without_close() -> Scenario:
    return on_messages(Mute(), message_id=1, symbol="SPY", tag="close")


def _last_alone() -> Scenario:
    """Neither a previous close nor bid and ask."""
    return _without_close() + _tick("bid", "-1") + _tick("ask", "-1")
