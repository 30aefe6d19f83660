"""Blocked is not nothing to do: told on the screen, in every report, and by the exit code."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve

from rebalancer_adapters.gateway import load_scenario
from rebalancer_adapters.memory import MemoryWorld
from rebalancer_adapters.saved.plan_json import load_plan
from rebalancer_cli.run_request import Keep, RunRequest
from rebalancer_core.application.port_calls import market_now
from rebalancer_core.application.types import Market
from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    DataType,
    MarketObservation,
    Position,
    Quote,
    QuoteBlock,
    QuoteKind,
    Snapshot,
)
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Session, Symbol
from rebalancer_core.values.policy import TradingHours
from tests.cli.conftest import Serve
from tests.cli.memory_desk import MemoryDesk, memory_desk
from tests.support import account, market, workspace

SCENARIOS = Path(__file__).resolve().parents[2] / "fixtures" / "scenarios"
NAME = "DU111111"
RUN, DRY_RUN = RunRequest(without_prompt=True), RunRequest(dry_run=True)
READ_ONLY = (
    "open orders are not visible: Read-Only API is on; nothing can be sent"
    " -> switch it off in the gateway; see docs/first-connection.md, 2"
)
NOW = datetime.now(UTC)
# The whole suite may take longer than a price stays fresh.
_PATIENT = {"price_max_age_sec": "3600"}
OPENS = (NOW + timedelta(days=2)).replace(second=0, microsecond=0)


def test_an_account_whose_prices_are_all_unusable_is_blocked_and_not_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = _desk(tmp_path, monkeypatch, _world(halted=("SPY", "IEF")))
    done = desk.run(RUN)
    assert done.code == 5, done.text
    why = "SPY, IEF: price unusable for trading (trading halted)"
    assert f"BLOCKED: {why}" in done.text
    assert "none, every wanted trade is blocked" in done.text
    row = desk.space.summary()[NAME]
    assert (row["status"], row["error"]) == ("blocked", f"blocked: {why}")
    (page,) = desk.space.files("rebalance_*.html")
    assert f"blocked: {why}" in page.read_text(encoding="utf-8")

    printed = desk.run(DRY_RUN, json_output=True)
    assert printed.code == 0, printed.text
    assert '"status": "blocked"' in printed.stdout
    assert f'"error": "blocked: {why}"' in printed.stdout


def test_what_is_not_blocked_trades_and_the_run_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = _desk(tmp_path, monkeypatch, _world(halted=("IEF",)))
    done = desk.run(RUN)
    assert done.code == 0, done.text
    assert [each.symbol for each in desk.sessions.books.tickets] == ["SPY"]
    assert desk.space.summary()[NAME]["status"] == "done"


def test_a_closed_market_is_one_reason_for_all_its_symbols(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = _desk(tmp_path, monkeypatch, _world(opens=OPENS))
    assert desk.run(RUN).code == 5
    assert desk.sessions.books.tickets == []
    opens = f"market closed (opens {OPENS:%a %Y-%m-%d %H:%M} UTC)"
    assert desk.space.summary()[NAME]["error"] == f"blocked: SPY, IEF: {opens}"
    assert desk.run(DRY_RUN).code == 0
    assert desk.space.summary()[NAME]["status"] == "blocked"


def test_prices_of_a_closed_market_are_blocked_for_the_hours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = _world(opens=OPENS)
    frozen = tuple(evolve(seen, data_type=DataType.FROZEN) for seen in world.observations)
    desk = _desk(tmp_path, monkeypatch, evolve(world, observations=frozen))
    assert desk.run(RUN).code == 5
    opens = f"market closed (opens {OPENS:%a %Y-%m-%d %H:%M} UTC)"
    assert desk.space.summary()[NAME]["error"] == f"blocked: SPY, IEF: {opens}"
    said = desk.space.pre(NAME)[0]["note"]
    assert said == f"market closed, opens {OPENS:%a %Y-%m-%d %H:%M} UTC"
    assert desk.run(DRY_RUN).code == 0
    assert [row["action"] for row in desk.space.pre(NAME)] == ["BUY", "BUY", "NONE"]


def test_an_open_market_is_no_reason_for_a_frozen_price(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = _world()
    frozen = tuple(evolve(seen, data_type=DataType.FROZEN) for seen in world.observations)
    desk = _desk(tmp_path, monkeypatch, evolve(world, observations=frozen))
    assert desk.run(RUN).code == 5
    why = "SPY, IEF: price unusable for trading (no live market; frozen price)"
    assert desk.space.summary()[NAME]["error"] == f"blocked: {why}"


@pytest.mark.parametrize(("name", "code", "sent"), [(NAME, 0, 2), ("U1111111", 5, 0)])
def test_delayed_prices_trade_paper_accounts_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int, sent: int
) -> None:
    world = _world()
    late = NOW - timedelta(minutes=20)
    delayed = tuple(
        evolve(seen, data_type=DataType.DELAYED, last_at=late) for seen in world.observations
    )
    accounts = tuple(evolve(each, account_id=AccountId(name)) for each in world.accounts)
    keys = {"allow_delayed": "true", "mode": "live", "allow_unattended_live": "true"}
    space = workspace(
        tmp_path, 4000, {"SPY": "59", "IEF": "40", "CASH": "1"}, accounts=(name,), keys=keys
    )
    desk = memory_desk(space, evolve(world, accounts=accounts, observations=delayed), monkeypatch)
    done = desk.run(RUN)
    assert done.code == code, done.text
    assert re.search(r"Prices up to 2\d min old", done.text)
    assert len(desk.sessions.books.tickets) == sent
    if not sent:
        why = (
            "delayed prices trade paper accounts only; delayed price;"
            " see docs/first-connection.md, 4"
        )
        error = f"blocked: SPY, IEF: price unusable for trading ({why})"
        assert space.summary()[name]["error"] == error
        assert desk.run(DRY_RUN).code == 0
        assert space.summary()[name]["error"] == error


@pytest.mark.parametrize(("name", "block"), [(NAME, None), ("U1111111", QuoteBlock.DELAYED)])
def test_buys_are_fitted_to_the_prices_that_their_account_may_trade_on(
    name: str, block: QuoteBlock | None
) -> None:
    delayed = Quote(
        con_id=_CON_IDS["SPY"],
        symbol=Symbol("SPY"),
        price=Decimal(600),
        kind=QuoteKind.LAST,
        as_of=NOW,
        delayed=True,
    )
    market_read = Market(as_of=NOW, listings=(), quotes=(delayed,))
    now = market_now(market_read, AccountId(name), TradingHours.RTH)
    assert now.quotes == (evolve(delayed, block=block),)


def test_a_saved_snapshot_without_its_open_orders_is_shown_as_blocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quotes = tuple(
        Quote(
            con_id=seen.con_id,
            symbol=seen.symbol,
            price=seen.last or Decimal(1),
            kind=QuoteKind.LAST,
            as_of=NOW,
        )
        for seen in _world().observations
    )
    seen, hidden = _world().accounts, _hidden(_world()).accounts
    for accounts, code in ((seen, 10), (hidden, 5)):
        snapshot = Snapshot(as_of=NOW, accounts=accounts, quotes=quotes)
        done = _desk(tmp_path, monkeypatch, _world()).run(
            RunRequest(snapshot=snapshot, detailed=True)
        )
        assert done.code == code, done.text
        assert (f"blocked: {READ_ONLY}" in done.text) is (code == 5)


def test_a_limit_of_the_whole_account_blocks_every_order_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = _desk(tmp_path, monkeypatch, _world(), max_orders="1")
    assert desk.run(RUN).code == 5
    row = desk.space.summary()[NAME]
    assert row["error"] == "blocked: 2 orders exceed max_orders = 1"
    assert [each["note"] for each in desk.space.pre(NAME)[:2]] == ["limit", "limit"]


def test_a_run_on_a_read_only_gateway_previews_and_sends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = _desk(tmp_path, monkeypatch, _hidden(_world()))
    done = desk.run(RUN)
    assert done.code == 5, done.text
    assert desk.sessions.books.tickets == []
    assert f"BLOCKED: {READ_ONLY}" in done.text
    assert desk.space.summary()[NAME]["error"] == f"blocked: {READ_ONLY}"
    assert [row["action"] for row in desk.space.pre(NAME)] == ["BUY", "BUY", "NONE"]
    assert [row["note"] for row in desk.space.pre(NAME)[:2]] == ["Read-Only API"] * 2
    assert desk.run(DRY_RUN).code == 0
    assert desk.space.summary()[NAME]["error"] == f"blocked: {READ_ONLY}"


def test_a_read_only_gateway_is_found_on_the_wire(tmp_path: Path, serve: Serve) -> None:
    there = market(account(NAME, usd="50000"))
    gateway = serve(there, load_scenario(SCENARIOS / "read_only_api.toml", there))
    done = workspace(tmp_path, gateway, {"SPY": "100"}).run("--yes")
    assert done.code == 5, done.text
    assert f"BLOCKED: {READ_ONLY}" in " ".join(done.stdout.split())
    assert gateway.record.received(3) == ()


def test_a_plan_of_a_read_only_gateway_is_never_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Keep(path=tmp_path / "plan.json", valid_for=timedelta(hours=1))
    previewed = _desk(tmp_path, monkeypatch, _hidden(_world()))
    assert previewed.run(RunRequest(dry_run=True, keep=keep)).code == 0
    saved = load_plan(keep.path).unwrap()
    assert '"open_orders": null' in keep.path.read_text(encoding="utf-8")

    desk = _desk(tmp_path, monkeypatch, _world())
    done = desk.run(RunRequest(without_prompt=True, apply=saved))
    assert done.code == 5, done.text
    assert "open orders are not visible, or were not when it was made" in done.text
    assert desk.sessions.books.tickets == []


def test_a_read_only_gateway_blocks_no_account_that_wants_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = _world(shares={"SPY": 49, "IEF": 210}, cash="650")
    desk = _desk(tmp_path, monkeypatch, _hidden(world))
    done = desk.run(RUN)
    assert done.code == 0, done.text
    assert desk.space.summary()[NAME]["status"] == "nothing to do"


def test_a_detailed_code_tells_wanted_from_blocked_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detailed = RunRequest(dry_run=True, detailed=True)
    wanted = _desk(tmp_path, monkeypatch, _world(), read_only="true", max_turnover_pct="1")
    assert wanted.run(detailed).code == 10
    assert wanted.run(RunRequest(dry_run=True)).code == 0
    partly = _desk(tmp_path, monkeypatch, _world(halted=("SPY",)))
    assert partly.run(detailed).code == 10
    blocked = _desk(tmp_path, monkeypatch, _world(opens=OPENS))
    assert blocked.run(detailed).code == 5
    idle = _desk(tmp_path, monkeypatch, _world(shares={"SPY": 49, "IEF": 210}, cash="650"))
    assert idle.run(detailed).code == 0


@pytest.mark.parametrize("flags", [(), ("--yes",), ("--read-only",)])
def test_a_detailed_code_is_asked_for_of_a_dry_run_alone(
    tmp_path: Path, flags: tuple[str, ...]
) -> None:
    done = workspace(tmp_path, 1, {"SPY": "100"}).run("--detailed-exitcode", *flags)
    assert done.code == 2, done.text
    assert "--detailed-exitcode requires --dry-run" in done.stderr


def test_a_plan_has_a_detailed_code_too(tmp_path: Path, serve: Serve) -> None:
    space = workspace(tmp_path, serve(market(account(NAME, usd="50000"))), {"SPY": "100"})
    done = space.command("plan", "--detailed-exitcode", "-o", tmp_path / "plan.json")
    assert done.code == 10, done.text
    assert (tmp_path / "plan.json").exists()


def _desk(
    folder: Path,
    patch: pytest.MonkeyPatch,
    world: MemoryWorld,
    **keys: str,
) -> MemoryDesk:
    space = workspace(
        folder, 4002, {"SPY": "59", "IEF": "40", "CASH": "1"}, keys={**_PATIENT, **keys}
    )
    return memory_desk(space, world, patch)


def _hidden(world: MemoryWorld) -> MemoryWorld:
    """The same behind a gateway whose Read-Only API is on."""
    hidden = tuple(evolve(each, open_orders_visible=False) for each in world.accounts)
    return evolve(world, accounts=hidden)


_CON_IDS = {"SPY": ConId(756733), "IEF": ConId(15547841)}


def _world(
    *,
    halted: tuple[str, ...] = (),
    opens: datetime = NOW - timedelta(hours=1),
    shares: dict[str, int] | None = None,
    cash: str = "50000",
) -> MemoryWorld:
    """One account; SPY at $600 and IEF at $95, which trade from `opens` on."""
    hours = (Session(opens=opens, closes=opens + timedelta(hours=6)),)
    held = tuple(
        Position(
            con_id=_CON_IDS[symbol],
            symbol=Symbol(symbol),
            security_type="STK",
            currency="USD",
            quantity=Decimal(quantity),
        )
        for symbol, quantity in (shares or {}).items()
    )
    return MemoryWorld(
        accounts=(
            AccountSnapshot(
                account_id=AccountId(NAME),
                as_of=NOW,
                base_currency="USD",
                cash=(CashBalance(currency="USD", amount=Decimal(cash)),),
                positions=held,
            ),
        ),
        listings=tuple(
            Listing(
                con_id=con_id,
                symbol=Symbol(symbol),
                primary_exchange="ARCA",
                liquid_sessions=hours,
                trading_sessions=hours,
            )
            for symbol, con_id in _CON_IDS.items()
        ),
        observations=(
            _seen("SPY", "600", is_halted="SPY" in halted),
            _seen("IEF", "95", is_halted="IEF" in halted),
        ),
    )


def _seen(symbol: str, price: str, *, is_halted: bool) -> MarketObservation:
    last = Decimal(price)
    return MarketObservation(
        con_id=_CON_IDS[symbol],
        symbol=Symbol(symbol),
        observed_at=NOW,
        bid=last - Decimal("0.01"),
        ask=last + Decimal("0.01"),
        last=last,
        last_at=NOW,
        close=last,
        data_type=DataType.LIVE,
        halted=is_halted,
    )
