"""A saved plan fits an account that is as it was, and holds until its market closes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.reconcile.journal_model import (
    Approval,
    JournaledAccount,
    JournaledRun,
    RunStarted,
)
from rebalancer_core.reconcile.run_summary import applied_before, summary_of
from rebalancer_core.reconcile.saved_plan import (
    BuyBlocked,
    CashShort,
    CommissionsTooHigh,
    Misfit,
    account_misfits,
    commissions_misfit,
    end_of_trading,
    is_as_shown,
    not_buyable_now,
)
from rebalancer_core.values.account import AccountSnapshot, CashBalance, Quote, QuoteKind
from rebalancer_core.values.commission import IBKR_FIXED
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Session, Symbol
from rebalancer_core.values.plan import NotBuyable, Reason
from rebalancer_core.values.policy import TradingHours
from tests.support.plan_factory import ACCOUNT, plan_of

NOW = datetime(2026, 1, 2, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN = plan_of()
SHA = "a" * 64


def test_an_account_that_is_as_it_was_fits() -> None:
    assert _misfits("7000") == ()
    assert _misfits("7000.01") == ()


def test_a_cent_less_than_the_plan_counts_with_does_not_fit() -> None:
    assert _misfits("6999.99") == (CashShort(cash=Decimal("6999.99"), counted_with=Decimal(7000)),)


def test_every_misfit_is_told_at_once() -> None:
    told = account_misfits(PLAN, _account("7000"), _account("1"), ())
    assert len(told) == 1 + len(PLAN.orders)


def test_only_its_own_buys_can_be_blocked_by_now() -> None:
    sell, buy = plan_of().orders
    blocked = tuple(
        NotBuyable(con_id=con_id, why="error 460") for con_id in (sell.con_id, buy.con_id, ConId(9))
    )
    assert not_buyable_now(plan_of(), blocked) == (
        BuyBlocked(symbol=buy.symbol, reason=Reason.REFUSED_BY_BROKER, why="error 460"),
    )
    assert not_buyable_now(plan_of(), ()) == ()


def test_commissions_that_take_cash_below_the_floor_do_not_fit() -> None:
    (sell, buy), left = PLAN.orders, PLAN.cash_after - PLAN.cash_floor
    just = {buy.con_id: left + 1}
    assert commissions_misfit(PLAN, IBKR_FIXED, just) == ()
    more = {buy.con_id: left + 1, sell.con_id: Decimal("1.01")}
    assert commissions_misfit(PLAN, IBKR_FIXED, more) == (
        CommissionsTooHigh(named=left + Decimal("2.01")),
    )
    assert commissions_misfit(evolve(PLAN, orders=(sell,)), IBKR_FIXED, more) == ()


@pytest.mark.parametrize(
    ("sha256", "account_id", "is_found"),
    [(SHA, ACCOUNT, True), ("b" * 64, ACCOUNT, False), (SHA, AccountId("DU222222"), False)],
)
def test_a_plan_was_applied_where_its_hash_was_approved_for_the_account(
    sha256: str, account_id: AccountId, *, is_found: bool
) -> None:
    run = _run(SHA)
    summaries = (summary_of(_run("")), summary_of(run))
    found = applied_before(summaries, sha256, account_id)
    assert found == (summaries[1] if is_found else None)


def test_a_plan_ends_with_the_first_close_of_its_orders() -> None:
    ordered = [order.con_id for order in PLAN.orders]
    early, late = (
        _listing(con_id, NOW - 20 * HOUR, NOW - HOUR, NOW - HOUR / 2, NOW + hours * HOUR)
        for con_id, hours in zip(ordered, (3, 5), strict=True)
    )
    other = _listing(999, NOW - HOUR, NOW + HOUR)
    listings = (late, other, early)
    assert end_of_trading(PLAN, listings, TradingHours.RTH, NOW) == NOW + 3 * HOUR
    assert end_of_trading(PLAN, listings, TradingHours.ETH, NOW) is None
    assert end_of_trading(PLAN, (other,), TradingHours.RTH, NOW) is None


def test_orders_beside_the_rows_are_not_as_shown() -> None:
    first, second = PLAN.orders
    assert is_as_shown(PLAN)
    for orders in (
        (first,),
        (first, first),
        (first, second, evolve(second, symbol=Symbol("QQQ"))),
        (first, evolve(second, quantity=second.quantity + 1)),
        (first, evolve(second, side=first.side)),
        (first, evolve(second, price=second.price + 1)),
        (first, evolve(second, con_id=first.con_id)),
    ):
        assert not is_as_shown(evolve(PLAN, orders=orders))


def _misfits(cash: str) -> tuple[Misfit, ...]:
    quotes = tuple(
        Quote(
            con_id=order.con_id,
            symbol=order.symbol,
            price=order.price,
            kind=QuoteKind.LAST,
            as_of=NOW,
        )
        for order in PLAN.orders
    )
    return account_misfits(PLAN, _account("7000"), _account(cash), quotes)


def _account(cash: str) -> AccountSnapshot:
    return AccountSnapshot(
        account_id=ACCOUNT,
        as_of=NOW,
        base_currency="USD",
        cash=(
            CashBalance(currency="USD", amount=Decimal(cash)),
            CashBalance(currency="CAD", amount=Decimal(90_000)),
        ),
        positions=(),
    )


def _run(sha256: str) -> JournaledRun:
    approval = Approval(
        run_id="r",
        account_id=ACCOUNT,
        approved_at=NOW,
        consent="--yes",
        plan=PLAN,
        tickets=(),
        plan_sha256=sha256,
    )
    started = RunStarted(
        run_id="r",
        started_at=NOW,
        app_version="1",
        settings_sha256="",
        client_id=42,
        host="h",
        port=4002,
    )
    return JournaledRun(started=started, accounts=(JournaledAccount(approval=approval, orders=()),))


def _listing(con_id: int, *times: datetime) -> Listing:
    pairs = zip(times[::2], times[1::2], strict=True)
    return Listing(
        con_id=ConId(con_id),
        symbol=Symbol("VTI"),
        primary_exchange="ARCA",
        liquid_sessions=tuple(Session(opens=opens, closes=closes) for opens, closes in pairs),
    )
