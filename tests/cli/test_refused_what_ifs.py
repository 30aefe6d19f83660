"""A buy that the broker would refuse is not planned, and nothing is sold to pay for it."""

from decimal import Decimal
from pathlib import Path

from attrs import evolve

from rebalancer_adapters.gateway import Reject, Scenario, on_orders, refused_what_if
from tests.cli.conftest import Serve
from tests.support import Placed, SimulatedGateway, account, market, workspace

_ACCOUNT = "DU111111"
_HALVES = {"SPY": "50", "IEF": "50"}
_THIRDS = {"SPY": "40", "IEF": "30", "GLD": "30"}
_NO_KID = "Order rejected - reason:No KID available in your language for this product."
_NO_FUNDS = "Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. YOUR FUNDS ARE NOT SUFFICIENT."


def test_the_only_buy_is_refused_and_nothing_is_sold_for_it(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account(_ACCOUNT, usd="1000", SPY=100)), _forbidden(201, _NO_KID, "IEF"))
    space = workspace(tmp_path, gateway, _HALVES, what_if="true")
    done = space.run("--yes")
    assert done.code == 5, done.text
    assert _sent(gateway) == ()
    assert gateway.shares(_ACCOUNT, "SPY") == 100
    rows = {row["symbol"]: row for row in space.pre(_ACCOUNT)}
    assert {row["action"] for row in rows.values()} == {"NONE"}
    assert f"error 201: {_NO_KID}" in rows["IEF"]["note"]
    assert "refused by the broker" in rows["IEF"]["note"]
    assert "sell cut" in rows["SPY"]["note"]
    told = space.summary()[_ACCOUNT]
    assert told["status"] == "blocked"
    assert told["error"].startswith("blocked: IEF: refused by the broker (what-if error 201: ")
    assert "No KID available" in told["error"]


def test_of_two_buys_one_is_refused_and_only_what_the_other_needs_is_sold(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(_ACCOUNT, usd="1200", SPY=200)), _forbidden(201, _NO_KID, "IEF"))
    space = workspace(tmp_path, gateway, _THIRDS, what_if="true")
    done = space.run("--yes")
    assert done.code == 0, done.text
    # 98 GLD at 370 and the buffer of 1,212 are to be paid, of which 1,200 are there.
    assert _orders(gateway) == [("SELL", 61, "SPY"), ("BUY", 98, "GLD")]
    assert gateway.shares(_ACCOUNT, "IEF") == 0
    rows = {row["symbol"]: row for row in space.pre(_ACCOUNT)}
    assert "No KID available" in rows["IEF"]["note"]
    assert rows["SPY"]["qty_shares"] == "61"
    assert "61 of 119 shares" in rows["SPY"]["note"]


def test_what_did_not_change_is_not_asked_about_again(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account(_ACCOUNT, usd="1200", SPY=200)), _forbidden(201, _NO_KID, "IEF"))
    space = workspace(tmp_path, gateway, _THIRDS, what_if="true", sizing="priority")
    assert space.run("--yes").code == 0
    asked = [(e.symbol, int(e.terms.quantity or 0)) for e in gateway.placed if e.terms.what_if]
    assert asked == [("SPY", 119), ("GLD", 98), ("IEF", 369), ("SPY", 61)]


def test_a_buy_that_comes_up_in_place_of_a_refused_one_is_asked_about_too(
    tmp_path: Path, serve: Serve
) -> None:
    # Half of the cash must stay: SPY alone would take the rest, then IEF and GLD come up.
    both = _forbidden(460, "No trading permissions.", "SPY") + _forbidden(201, _NO_KID, "IEF")
    gateway = serve(market(account(_ACCOUNT, usd="50000")), both)
    space = workspace(
        tmp_path,
        gateway,
        {"SPY": "50", "IEF": "40", "GLD": "10"},
        what_if="true",
        sizing="priority",
        cash_buffer_pct="0.5",
    )
    done = space.run("--yes")
    assert done.code == 0, done.text
    asked = [each.symbol for each in gateway.placed if each.terms.what_if]
    assert asked == ["SPY", "IEF", "GLD", "GLD"]
    assert _orders(gateway) == [("BUY", 14, "GLD")]


def test_funds_that_the_sells_bring_first_do_not_block_a_buy(tmp_path: Path, serve: Serve) -> None:
    # A cash account: the broker knows nothing of the sells when it is asked about the buy.
    gateway = serve(market(evolve(account(_ACCOUNT, usd="500", SPY=100), is_margin=False)))
    space = workspace(tmp_path, gateway, _HALVES, what_if="true")
    done = space.run("--yes")
    assert done.code == 0, done.text
    asked = [(e.symbol, e.terms.quantity) for e in gateway.placed if e.terms.what_if]
    assert asked[-1] == ("IEF", Decimal(1))
    assert len(asked) == 3
    assert [side for side, _, _ in _orders(gateway)] == ["SELL", "BUY"]
    shown = " ".join(done.text.split())
    assert "IBKR answered the what-if of BUY" in shown
    assert "one share of it would be taken" in shown


def test_missing_funds_hide_no_missing_permission(tmp_path: Path, serve: Serve) -> None:
    house = market(evolve(account(_ACCOUNT, usd="1000", SPY=100), is_margin=False))
    # Asked about all shares it is the funds that are missing; asked about one it is the KID.
    gateway = serve(house, refused_what_if(201, _NO_KID, "IEF", first=2))
    space = workspace(tmp_path, gateway, _HALVES, what_if="true")
    done = space.run("--yes")
    assert done.code == 5, done.text
    assert _sent(gateway) == ()


def test_a_refusal_of_unknown_cause_blocks_a_buy_that_cash_in_hand_covers(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(_ACCOUNT, usd="50000")), refused_what_if(201, _NO_FUNDS, "IEF"))
    space = workspace(tmp_path, gateway, _HALVES, what_if="true")
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert [(side, symbol) for side, _, symbol in _orders(gateway)] == [("BUY", "SPY")]


def test_a_refusal_of_a_buy_on_credit_is_shown_and_blocks_nothing(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(_ACCOUNT, usd="10000")), refused_what_if(201, _NO_FUNDS))
    space = workspace(tmp_path, gateway, {"SPY": "120", "CASH": "-20"}, what_if="true")
    done = space.run("--yes")
    assert done.code == 0, done.text
    shown = " ".join(done.text.split())
    assert "margin unknown" in shown
    assert "error 201" in shown
    assert [side for side, _, _ in _orders(gateway)] == ["BUY"]


def test_no_trading_permission_at_all_sends_nothing(tmp_path: Path, serve: Serve) -> None:
    text = "No trading permissions."
    gateway = serve(market(account(_ACCOUNT, usd="1300", SPY=200)), _forbidden(460, text, None))
    space = workspace(tmp_path, gateway, _THIRDS, what_if="true")
    done = space.run("--yes")
    assert done.code == 5, done.text
    assert _sent(gateway) == ()
    notes = {row["symbol"]: row["note"] for row in space.pre(_ACCOUNT)}
    assert "error 460" in notes["IEF"]
    assert "error 460" in notes["GLD"]


def test_a_preset_limit_is_told_with_the_place_of_its_setting(tmp_path: Path, serve: Serve) -> None:
    text = "The order size exceeds the Size Limit of 100."
    gateway = serve(market(account(_ACCOUNT, usd="50000")), _forbidden(383, text, "IEF"))
    space = workspace(tmp_path, gateway, _HALVES, what_if="true")
    assert space.run("--yes").code == 0
    notes = {row["symbol"]: row["note"] for row in space.pre(_ACCOUNT)}
    assert text in notes["IEF"]
    assert "Global Configuration > Presets" in notes["IEF"]
    assert "API > Precautions" in notes["IEF"]


def test_a_dry_run_and_a_saved_plan_leave_a_refused_buy_out(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account(_ACCOUNT, usd="1200", SPY=200)), _forbidden(201, _NO_KID, "IEF"))
    space = workspace(tmp_path, gateway, _THIRDS, what_if="true")
    done = space.run("--dry-run")
    assert done.code == 0, done.text
    rows = {row["symbol"]: row for row in space.pre(_ACCOUNT)}
    assert rows["IEF"]["action"] == "NONE"
    assert f"error 201: {_NO_KID}" in rows["IEF"]["note"]
    assert rows["SPY"]["qty_shares"] == "61"
    file = tmp_path / "today.plan"
    assert space.command("plan", "-o", str(file)).code == 0
    assert _sent(gateway) == ()
    applied = space.command("apply", str(file), "--yes")
    assert applied.code == 0, applied.text
    assert _orders(gateway) == [("SELL", 61, "SPY"), ("BUY", 98, "GLD")]


def test_a_dry_run_whose_only_buy_is_refused_is_blocked(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account(_ACCOUNT, usd="1000", SPY=100)), _forbidden(201, _NO_KID, "IEF"))
    space = workspace(tmp_path, gateway, _HALVES, what_if="true")
    done = space.run("--dry-run", "--detailed-exitcode")
    assert done.code == 5, done.text
    assert space.summary()[_ACCOUNT]["status"] == "blocked"
    assert _sent(gateway) == ()


def test_a_saved_plan_with_a_refused_buy_is_refused_as_a_whole(
    tmp_path: Path, serve: Serve
) -> None:
    refused = _forbidden(201, _NO_KID, "IEF", first=2)
    gateway = serve(market(account(_ACCOUNT, usd="1200", SPY=200)), refused)
    space = workspace(tmp_path, gateway, _THIRDS, what_if="true")
    file = tmp_path / "today.plan"
    assert space.command("plan", "-o", str(file)).code == 0
    done = space.command("apply", str(file), "--yes")
    assert done.code == 5, done.text
    assert _sent(gateway) == ()
    said = " ".join(done.text.split())
    assert "the saved plan is stale" in said
    assert "No KID available" in said


def test_with_one_question_for_all_accounts_the_blocked_one_is_left_out(
    tmp_path: Path, serve: Serve
) -> None:
    accounts = (account("DU111111", usd="1000", SPY=100), account("DU222222", usd="500", IEF=600))
    gateway = serve(market(*accounts), _forbidden(201, _NO_KID, "IEF"))
    space = workspace(
        tmp_path,
        gateway,
        _HALVES,
        accounts=("DU111111", "DU222222"),
        what_if="true",
        confirm_mode="global",
    )
    done = space.run("--yes")
    assert done.code == 6, done.text
    statuses = {account_id: row["status"] for account_id, row in space.summary().items()}
    assert statuses == {"DU111111": "blocked", "DU222222": "done"}
    assert {each.terms.account for each in _sent(gateway)} == {"DU222222"}


def test_without_what_ifs_nothing_is_asked_and_nothing_is_blocked(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(
        market(account(_ACCOUNT, usd="500", SPY=100)), refused_what_if(201, _NO_KID, "IEF")
    )
    space = workspace(tmp_path, gateway, _HALVES, what_if="false")
    assert space.run("--yes").code == 0
    assert len(gateway.placed) == 2
    assert len(_sent(gateway)) == 2


def _forbidden(code: int, text: str, symbol: str | None, first: int = 1) -> Scenario:
    """The broker refuses question and order: to buy this symbol, or to do anything.

    From the `first` question on.
    """
    side = "BUY" if symbol else None
    return refused_what_if(code, text, symbol, side, first=first) + on_orders(
        Reject(code=code, text=text), symbol=symbol, side=side
    )


def _sent(gateway: SimulatedGateway) -> tuple[Placed, ...]:
    return tuple(each for each in gateway.placed if not each.terms.what_if)


def _orders(gateway: SimulatedGateway) -> list[tuple[str, int, str]]:
    return [(o.side, int(o.quantity), o.symbol) for o in gateway.orders]
