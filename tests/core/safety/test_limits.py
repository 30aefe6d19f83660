"""The safety rules, each at its edge: what may be asked of the user, what may go on the wire."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.orders.events import OrderRef, Resolution
from rebalancer_core.orders.order_state import OrderState, intended
from rebalancer_core.orders.state_machine import replay
from rebalancer_core.orders.tickets import ApprovedPlan, OrderTicket, approve
from rebalancer_core.safety.consents import (
    ConsentRules,
    consent_rules,
    over_turnover,
    unattended_violations,
)
from rebalancer_core.safety.limits import (
    StatedViolation,
    hidden_order_violations,
    is_paper,
    mode_violations,
    plan_violations,
    pre_submit_check,
)
from rebalancer_core.safety.row_reasons import with_violations
from rebalancer_core.safety.rules import (
    BeyondThePlan,
    HoursUnknown,
    LastRule,
    LiveInPaperMode,
    MarketShut,
    OpenOrdersHidden,
    OrderPending,
    OrdersUsedUp,
    OrderTooLarge,
    PortMismatch,
    Rule,
    SaleTooLarge,
    SentBefore,
    TooManyOrders,
    UnattendedBesideKept,
    UnattendedCapSells,
    UnattendedLive,
    UnattendedTurnover,
    Violation,
    WrongAccount,
)
from rebalancer_core.values.account import AccountSnapshot, CashBalance, OpenOrder, Position
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Session, Symbol
from rebalancer_core.values.plan import Plan, PlanRow, Reason, Side
from rebalancer_core.values.policy import SafetyPolicy, TradingHours, TradingMode
from tests.core.orders.made_up import fill, settled, status
from tests.support.plan_factory import AS_OF, Line, plan_of, tickets_of, yes_to

PAPER, LIVE = AccountId("DU111111"), AccountId("U1111111")
# VTI: 15 of 100 shares sold at $250; BND: 30 bought at $75; net liquidation $39,801.25.
PLAN = plan_of()
VTI, BND, VXUS = ConId(1), ConId(2), ConId(3)
SALE, PURCHASE = tickets_of(PLAN)
SAFETY = SafetyPolicy()
OPENS, CLOSES = AS_OF - timedelta(minutes=30), AS_OF + timedelta(hours=6)


def listing(con_id: ConId, symbol: str) -> Listing:
    return Listing(
        con_id=con_id,
        symbol=Symbol(symbol),
        primary_exchange="ARCA",
        liquid_sessions=(Session(opens=OPENS, closes=CLOSES),),
        trading_sessions=(
            Session(opens=OPENS - timedelta(hours=5), closes=CLOSES + timedelta(hours=4)),
        ),
    )


LISTINGS = (listing(VTI, "VTI"), listing(BND, "BND"))


def position(con_id: ConId, symbol: str, shares: str) -> Position:
    return Position(
        con_id=con_id,
        symbol=Symbol(symbol),
        security_type="STK",
        currency="USD",
        quantity=Decimal(shares),
    )


SNAPSHOT = AccountSnapshot(
    account_id=PAPER,
    as_of=AS_OF,
    base_currency="USD",
    cash=(CashBalance(currency="USD", amount=Decimal(7000)),),
    positions=(position(VTI, "VTI", "100"), position(BND, "BND", "100")),
)


def open_order(
    con_id: ConId, side: str = "BUY", remaining: str = "5", perm_id: int = 9
) -> OpenOrder:
    return OpenOrder(
        account_id=PAPER,
        con_id=con_id,
        symbol=Symbol("VTI"),
        side=side,
        remaining=Decimal(remaining),
        client_id=42,
        order_id=7,
        perm_id=perm_id,
    )


def breaches(
    plan: Plan = PLAN,
    snapshot: AccountSnapshot = SNAPSHOT,
    safety: SafetyPolicy = SAFETY,
    listings: tuple[Listing, ...] = LISTINGS,
    hours: TradingHours = TradingHours.RTH,
    now: datetime = AS_OF,
) -> list[tuple[ConId | None, Reason, Rule]]:
    found = plan_violations(
        plan, snapshot=snapshot, listings=listings, safety=safety, hours=hours, now=now
    )
    return [(each.con_id, each.reason, each.rule) for each in found]


def test_a_sound_plan_breaks_no_rule() -> None:
    assert breaches() == []


@pytest.mark.parametrize("port", [4001, 4002, 7496, 7497, 5000])
@pytest.mark.parametrize("mode", list(TradingMode))
@pytest.mark.parametrize("account_id", [PAPER, LIVE])
def test_a_live_account_trades_only_where_mode_port_and_prefix_agree(
    account_id: AccountId, mode: TradingMode, port: int
) -> None:
    """A port that is neither's usual one says nothing; the other two facts still must agree."""
    found = mode_violations(account_id, port, SafetyPolicy(mode=mode))
    expected = {
        (PAPER, TradingMode.PAPER): {4002: 0, 7497: 0, 5000: 0, 4001: 1, 7496: 1},
        (PAPER, TradingMode.LIVE): {4002: 0, 7497: 0, 5000: 0, 4001: 1, 7496: 1},
        (LIVE, TradingMode.PAPER): {4002: 2, 7497: 2, 5000: 1, 4001: 1, 7496: 1},
        (LIVE, TradingMode.LIVE): {4002: 1, 7497: 1, 5000: 0, 4001: 0, 7496: 0},
    }
    assert len(found) == expected[account_id, mode][port]


def test_a_mode_breach_names_the_account_and_the_port() -> None:
    mode, port = mode_violations(LIVE, 4002, SAFETY)
    assert mode.rule == LiveInPaperMode(account_id=LIVE)
    assert port.rule == PortMismatch(account_id=LIVE, is_paper=False, port=4002)
    (wrong,) = mode_violations(PAPER, 7496, SAFETY)
    assert wrong.rule == PortMismatch(account_id=PAPER, is_paper=True, port=7496)


def test_only_ibkrs_d_accounts_are_paper() -> None:
    assert [is_paper(AccountId(each)) for each in ("DU1", "DF1", "U1", "F1", "XD1")] == [
        True,
        True,
        False,
        False,
        False,
    ]


TURNOVER = PLAN.turnover * 100


@pytest.mark.parametrize(("limit", "over"), [(TURNOVER, False), (TURNOVER - Decimal("1e-9"), True)])
def test_turnover_at_its_limit_is_within_it(limit: Decimal, over: bool) -> None:  # noqa: FBT001 a table's column
    assert over_turnover(PLAN, SafetyPolicy(max_turnover_pct=limit)) is over


@pytest.mark.parametrize(
    ("sold", "bought", "cash", "turnover"),
    [
        ("0", "100", "30000", "0"),  # a deposit that is invested
        ("0", "100", "3000", "4500"),  # beyond the cash: bought on margin
        ("0", "100", "-4000", "7500"),  # a debt pays nothing
        ("20", "100", "-4000", "7500"),
        ("40", "0", "-4000", "10000"),
        ("20", "100", "1000", "6500"),
        ("20", "80", "1000", "5000"),  # as much beyond the cash as is sold
        ("0", "0", "1000", "0"),
    ],
)
def test_turnover_is_what_is_sold_or_bought_beyond_cash_above_zero(
    sold: str, bought: str, cash: str, turnover: str
) -> None:
    lines = (Line("VTI", "100", "250", "50", f"-{sold}"), Line("BND", "100", "75", "40", bought))
    plan = plan_of(lines, cash=cash)
    assert round(plan.turnover * plan.net_liquidation, 6) == Decimal(turnover)


@pytest.mark.parametrize("account_id", [PAPER, LIVE])
@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("limit", ["50", "1"])
@pytest.mark.parametrize("without_prompt", [True, False])
def test_without_a_prompt_nobody_can_answer_for_a_live_account_or_a_large_turnover(
    account_id: AccountId,
    allowed: bool,  # noqa: FBT001 a table's column
    limit: str,
    without_prompt: bool,  # noqa: FBT001 a table's column
) -> None:
    safety = SafetyPolicy(max_turnover_pct=Decimal(limit), allow_unattended_live=allowed)
    found = unattended_violations(
        plan_of(account_id=account_id), safety, without_prompt=without_prompt
    )
    live = account_id == LIVE and not allowed
    assert [type(each.rule) for each in found] == (
        [UnattendedLive] * live + [UnattendedTurnover] * (limit == "1") if without_prompt else []
    )


def test_a_live_account_is_typed_also_where_yes_may_answer_for_it() -> None:
    safety = SafetyPolicy(max_turnover_pct=Decimal(1000), allow_unattended_live=True)
    live = plan_of(account_id=LIVE)
    assert consent_rules(live, safety) == ConsentRules(typed=(UnattendedLive(),))
    assert consent_rules(evolve(live, orders=()), safety) == ConsentRules()
    assert consent_rules(PLAN, safety) == ConsentRules()


def test_yes_does_not_answer_for_sells_inside_the_band_nor_for_debt_beside_kept_holdings() -> None:
    safety = SafetyPolicy(max_turnover_pct=Decimal(1000))
    kept = PlanRow(symbol=Symbol("OLD"), con_id=ConId(9), reason=Reason.KEPT_UNLISTED)
    owed = evolve(PLAN, rows=(kept, *PLAN.rows), cash=Decimal(-1), asked_cash_weight=Decimal(0))
    for plan, rule in (
        (
            evolve(PLAN, inside_band_sells=(Symbol("VTI"),)),
            UnattendedCapSells(symbols=(Symbol("VTI"),)),
        ),
        (owed, UnattendedBesideKept(cash=Decimal(-1))),
    ):
        (found,) = unattended_violations(plan, safety, without_prompt=True)
        assert found.rule == rule
        assert unattended_violations(plan, safety, without_prompt=False) == ()
    for fine in (
        evolve(owed, cash=Decimal(0)),
        evolve(owed, asked_cash_weight=Decimal("-0.1")),
        evolve(owed, rows=PLAN.rows),
    ):
        assert unattended_violations(fine, safety, without_prompt=True) == ()


def test_a_large_turnover_is_told_with_its_limit() -> None:
    safety = SafetyPolicy(max_turnover_pct=Decimal("9.40"))
    (found,) = unattended_violations(PLAN, safety, without_prompt=True)
    assert found.rule == UnattendedTurnover(turnover=PLAN.turnover, at_most_pct=Decimal("9.4"))


def test_as_many_orders_as_allowed_are_not_too_many() -> None:
    assert breaches(safety=SafetyPolicy(max_orders=2)) == []
    assert breaches(safety=SafetyPolicy(max_orders=1)) == [
        (None, Reason.LIMIT, TooManyOrders(orders=2, at_most=1))
    ]


def test_an_order_worth_its_limit_is_within_it() -> None:
    assert breaches(safety=SafetyPolicy(max_order_usd=Decimal(3750))) == []
    limit = Decimal("3749.99")
    large = OrderTooLarge(symbol=Symbol("VTI"), value_usd=Decimal(3750), at_most_usd=limit)
    assert breaches(safety=SafetyPolicy(max_order_usd=limit)) == [(VTI, Reason.LIMIT, large)]


def test_an_open_order_on_a_symbol_to_trade_is_waited_for() -> None:
    one = evolve(SNAPSHOT, open_orders=(open_order(VTI),))
    pending = OrderPending(symbol=Symbol("VTI"), side="BUY", remaining=Decimal(5), more=0)
    assert breaches(snapshot=one) == [(VTI, Reason.OPEN_ORDER_PENDING, pending)]
    three = evolve(SNAPSHOT, open_orders=(open_order(VTI),) * 3)
    assert breaches(snapshot=three)[0][2] == evolve(pending, more=2)


def test_an_open_order_on_another_symbol_does_not_matter() -> None:
    assert breaches(snapshot=evolve(SNAPSHOT, open_orders=(open_order(VXUS),))) == []


@pytest.mark.parametrize(("held", "short"), [("15", False), ("14", True), ("0", True)])
def test_nothing_is_sold_that_is_not_held(held: str, short: bool) -> None:  # noqa: FBT001 a table's column
    snapshot = evolve(SNAPSHOT, positions=(position(VTI, "VTI", held), position(BND, "BND", "0")))
    rule = SaleTooLarge(symbol=Symbol("VTI"), quantity=Decimal(15), free=Decimal(held))
    assert breaches(snapshot=snapshot) == ([(VTI, Reason.LIMIT, rule)] if short else [])


def test_shares_that_an_open_order_sells_are_not_free() -> None:
    selling = evolve(SNAPSHOT, open_orders=(open_order(VTI, "SELL", "86"),))
    pending, short = breaches(snapshot=selling)
    assert pending[1] is Reason.OPEN_ORDER_PENDING
    assert short[2] == SaleTooLarge(symbol=Symbol("VTI"), quantity=Decimal(15), free=Decimal(14))
    enough = evolve(SNAPSHOT, open_orders=(open_order(VTI, "SELL", "85"),))
    assert len(breaches(snapshot=enough)) == 1
    buying = evolve(SNAPSHOT, open_orders=(open_order(VTI, "BUY", "500"),))
    assert len(breaches(snapshot=buying)) == 1


@pytest.mark.parametrize(
    ("now", "hours", "closed"),
    [
        (OPENS, TradingHours.RTH, False),
        (OPENS - timedelta(seconds=1), TradingHours.RTH, True),
        (OPENS - timedelta(seconds=1), TradingHours.ETH, False),
        (CLOSES - timedelta(seconds=1), TradingHours.RTH, False),
        (CLOSES, TradingHours.RTH, True),
        (CLOSES, TradingHours.ETH, False),
        (CLOSES + timedelta(hours=4), TradingHours.ETH, True),
    ],
)
def test_nothing_is_sent_outside_of_the_hours(
    now: datetime,
    hours: TradingHours,
    closed: bool,  # noqa: FBT001 a table's column
) -> None:
    found = breaches(now=now, hours=hours)
    assert [(con_id, reason) for con_id, reason, _ in found] == (
        [(VTI, Reason.MARKET_CLOSED), (BND, Reason.MARKET_CLOSED)] if closed else []
    )


def test_a_closed_market_is_told_with_its_next_opening() -> None:
    early = breaches(now=OPENS - timedelta(hours=1))
    assert early[0][2] == MarketShut(symbol=Symbol("VTI"), opens=OPENS)
    late = breaches(now=CLOSES)
    assert late[0][2] == MarketShut(symbol=Symbol("VTI"), opens=None)


def test_of_several_openings_to_come_the_next_is_told() -> None:
    days = tuple(
        Session(opens=OPENS + timedelta(days=n), closes=CLOSES + timedelta(days=n))
        for n in (3, 1, -1)
    )
    shut = tuple(evolve(each, liquid_sessions=days) for each in LISTINGS)
    opens = OPENS + timedelta(days=1)
    assert breaches(listings=shut)[0][2] == MarketShut(symbol=Symbol("VTI"), opens=opens)


def test_todays_session_counts_among_those_of_other_days() -> None:
    tomorrow = Session(opens=OPENS + timedelta(days=1), closes=CLOSES + timedelta(days=1))
    several = tuple(
        evolve(each, liquid_sessions=(tomorrow, *each.liquid_sessions)) for each in LISTINGS
    )
    assert breaches(listings=several) == []


def test_a_symbol_without_hours_is_not_traded() -> None:
    assert breaches(listings=LISTINGS[:1]) == [
        (BND, Reason.MARKET_CLOSED, HoursUnknown(symbol=Symbol("BND")))
    ]


def test_every_breach_of_a_plan_is_told_at_once() -> None:
    found = breaches(
        snapshot=evolve(SNAPSHOT, positions=(), open_orders=(open_order(BND),)),
        safety=SafetyPolicy(max_orders=1, max_order_usd=Decimal(1)),
        now=CLOSES,
    )
    assert [con_id for con_id, _, _ in found] == [None, VTI, VTI, VTI, BND, BND, BND]


def test_a_plan_without_orders_breaks_nothing() -> None:
    assert breaches(plan=evolve(PLAN, orders=()), listings=(), now=CLOSES) == []


def test_a_breach_becomes_the_reason_of_its_row_and_one_of_all_that_of_the_other_orders() -> None:
    found = (
        StatedViolation(sentence="2 orders exceed max_orders = 1"),
        StatedViolation(
            sentence="VTI: an open order", reason=Reason.OPEN_ORDER_PENDING, con_id=VTI
        ),
    )
    told = with_violations(PLAN, found)
    assert [row.reason for row in told.rows] == [
        Reason.OPEN_ORDER_PENDING,
        Reason.LIMIT,
        Reason.WITHIN_BAND,
        Reason.CASH_FOLLOWS,
    ]
    assert told.rows[0].note == found[1].sentence
    assert told.rows[1].note == PLAN.rows[1].note
    assert told.rows[2:] == PLAN.rows[2:]
    noted = evolve(PLAN, rows=tuple(evolve(row, note="as it was") for row in PLAN.rows))
    assert with_violations(noted, found).rows[0].note == f"as it was; {found[1].sentence}"
    twice = (evolve(found[1], sentence="VTI: too large", reason=Reason.LIMIT), found[1])
    (row, *_) = with_violations(PLAN, twice).rows
    assert (row.reason, row.note) == (
        Reason.OPEN_ORDER_PENDING,
        "VTI: too large; VTI: an open order",
    )


def test_hidden_open_orders_stop_every_order_of_the_account() -> None:
    hidden = evolve(SNAPSHOT, open_orders_visible=False)
    (violation,) = hidden_order_violations(hidden)
    assert violation == Violation(rule=OpenOrdersHidden(), reason=Reason.READ_ONLY_API)
    assert breaches(snapshot=hidden)[0][0] is None
    assert hidden_order_violations(SNAPSHOT) == ()


APPROVED = approve(PLAN, yes_to(PLAN), AS_OF)


def sent(ticket: OrderTicket, ref: str | None = None) -> OrderState:
    return intended(ticket if ref is None else evolve(ticket, order_ref=OrderRef(ref)))


def refused(
    ticket: OrderTicket,
    *already: OrderState,
    approved: ApprovedPlan = APPROVED,
    safety: SafetyPolicy = SAFETY,
) -> LastRule | None:
    return pre_submit_check(ticket, approved, already, safety)


def beyond(quantity: str, left: str, approved: str) -> BeyondThePlan:
    return BeyondThePlan(
        symbol=SALE.symbol,
        quantity=Decimal(quantity),
        left=Decimal(left),
        approved=Decimal(approved),
    )


def test_the_approved_orders_pass_the_last_gate() -> None:
    assert refused(SALE) is None
    assert refused(PURCHASE, sent(SALE)) is None


def test_fewer_shares_than_approved_pass_and_more_do_not() -> None:
    assert refused(evolve(SALE, quantity=Decimal(14))) is None
    assert refused(evolve(SALE, quantity=Decimal("15.0001"))) == beyond("15.0001", "15", "15")


def test_what_was_never_approved_does_not_pass() -> None:
    other_side = evolve(SALE, side=Side.BUY, quantity=Decimal(1))
    assert refused(other_side) == beyond("1", "0", "0")
    assert refused(evolve(SALE, con_id=VXUS, quantity=Decimal(1)))
    elsewhere = evolve(SALE, account_id=AccountId("DU222222"))
    assert refused(elsewhere) == WrongAccount(account_id=elsewhere.account_id)


def test_an_order_passes_once() -> None:
    assert refused(SALE, sent(SALE)) == SentBefore(order_ref=SALE.order_ref)
    half = evolve(SALE, quantity=Decimal(7))
    assert refused(half, sent(half)) == SentBefore(order_ref=SALE.order_ref)


def leg(number: int, shares: int) -> OrderTicket:
    ref = OrderRef(f"rb1-9f2c31aa-01001-{number}")
    return evolve(SALE, order_ref=ref, quantity=Decimal(shares))


def test_another_leg_may_take_what_the_dead_one_left_and_no_more() -> None:
    ref = SALE.order_ref
    first = sent(SALE)
    part = evolve(fill(4, side=Side.SELL), order_ref=ref, con_id=VTI)
    over = evolve(settled(Resolution.CANCELLED, 4), order_ref=ref)
    dead = replay(first, (part, over))
    assert refused(leg(2, 11), dead) is None
    assert refused(leg(2, 12), dead) == beyond("12", "11", "15")
    assert refused(leg(3, 1), dead, sent(leg(2, 11))) == beyond("1", "0", "15")


def test_another_leg_waits_until_the_first_is_proven_dead() -> None:
    working = replay(sent(SALE), (evolve(status("Submitted"), order_ref=SALE.order_ref),))
    assert refused(leg(2, 1), working) == beyond("1", "0", "15")


def test_other_orders_do_not_use_up_the_shares() -> None:
    assert refused(PURCHASE, sent(SALE), sent(leg(2, 3))) is None
    other_side = evolve(PURCHASE, side=Side.SELL, order_ref=OrderRef("rb1-9f2c31aa-01009-1"))
    assert refused(PURCHASE, sent(other_side)) is None


def test_the_gate_counts_what_was_sent() -> None:
    safety = SafetyPolicy(max_orders=1)
    assert refused(SALE, safety=safety) is None
    assert refused(PURCHASE, sent(SALE), safety=safety) == OrdersUsedUp(at_most=1)


def test_the_gate_weighs_what_is_sent() -> None:
    limit = SafetyPolicy(max_order_usd=Decimal(3750))
    assert refused(SALE, safety=limit) is None
    dearer = evolve(SALE, price=Decimal("250.01"))
    assert refused(dearer, safety=limit) == OrderTooLarge(
        symbol=SALE.symbol, value_usd=Decimal("3750.15"), at_most_usd=Decimal(3750)
    )
