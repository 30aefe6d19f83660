"""A broken rule is told with its figures and what to do about it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.messages.blocked import why_blocked
from rebalancer_core.messages.safety import explain_consent, explain_rule, stated
from rebalancer_core.reporting.pre_trade import row_note
from rebalancer_core.safety.consents import ConsentRules
from rebalancer_core.safety.limits import StatedViolation
from rebalancer_core.safety.row_reasons import with_violations
from rebalancer_core.safety.rules import (
    DeclinedToday,
    HoursUnknown,
    LiveInPaperMode,
    MarketShut,
    OpenOrdersHidden,
    OrderPending,
    OrderTooLarge,
    PortMismatch,
    Rule,
    SaleTooLarge,
    TooManyOrders,
    UnattendedBesideKept,
    UnattendedCapSells,
    UnattendedLive,
    UnattendedTurnover,
    Violation,
)
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.plan import Reason, Side
from tests.support.plan_factory import plan_of

PAPER, LIVE, VTI = AccountId("DU111111"), AccountId("U1111111"), Symbol("VTI")
OPENS = datetime(2026, 1, 2, 14, 34, tzinfo=UTC)
WORDS: tuple[tuple[Rule, str], ...] = (
    (
        UnattendedCapSells(symbols=(VTI, Symbol("BND"))),
        "the leverage cap asks to sell VTI, BND inside the band -> run without --yes",
    ),
    (
        UnattendedBesideKept(cash=Decimal(-1200)),
        (
            "USD cash is -$1,200 beside holdings that are kept"
            " -> run without --yes and type the account id"
        ),
    ),
    (
        LiveInPaperMode(account_id=LIVE),
        (
            "U1111111 is a live account and [safety] mode = paper"
            " -> use a paper account, or set mode = live"
        ),
    ),
    (
        PortMismatch(account_id=LIVE, is_paper=False, port=4002),
        (
            "port 4002 and U1111111 do not fit: a live account is behind 4001 or 7496"
            " -> fix [ibkr] port or [accounts] ids"
        ),
    ),
    (
        PortMismatch(account_id=PAPER, is_paper=True, port=7496),
        (
            "port 7496 and DU111111 do not fit: a paper account is behind 4002 or 7497"
            " -> fix [ibkr] port or [accounts] ids"
        ),
    ),
    (
        UnattendedLive(),
        (
            "--yes on a live account needs [safety] allow_unattended_live = true"
            " -> run without --yes"
        ),
    ),
    (
        UnattendedTurnover(turnover=Decimal("0.1507"), at_most_pct=Decimal("10.50")),
        (
            "turnover 15.1 % is over max_turnover_pct = 10.5 -> run without --yes and type the"
            " account id"
        ),
    ),
    (TooManyOrders(orders=2, at_most=1), "2 orders exceed max_orders = 1"),
    (
        OrderTooLarge(symbol=VTI, value_usd=Decimal(3750), at_most_usd=Decimal("3749.99")),
        "VTI: $3,750 is over max_order_usd = 3749.99",
    ),
    (
        OrderPending(symbol=VTI, side="BUY", remaining=Decimal(5), more=0),
        "VTI: an open order (BUY 5) at the broker -> wait for it or cancel it, then run again",
    ),
    (
        OrderPending(symbol=VTI, side="BUY", remaining=Decimal(5), more=2),
        (
            "VTI: an open order (BUY 5) and 2 more at the broker"
            " -> wait for it or cancel it, then run again"
        ),
    ),
    (
        SaleTooLarge(symbol=VTI, quantity=Decimal(15), free=Decimal(14)),
        "VTI: cannot sell 15 shares, only 14 are available",
    ),
    (
        OpenOrdersHidden(),
        (
            "open orders are not visible: Read-Only API is on; nothing can be sent"
            " -> switch it off in the gateway; see docs/first-connection.md, 2"
        ),
    ),
    (HoursUnknown(symbol=VTI), "VTI: IBKR returned no trading hours"),
    (
        MarketShut(symbol=VTI, opens=OPENS),
        "VTI: the market is closed, opens Fri 2026-01-02 14:34 UTC",
    ),
    (MarketShut(symbol=VTI, opens=None), "VTI: the market is closed, no opening is named"),
    (
        DeclinedToday(symbol=VTI, side=Side.BUY),
        (
            "VTI: a BUY order was declined in a dialog of the gateway today -> not sent again"
            " before the next trading day, or a restart of the gateway (rebalance resolve)"
        ),
    ),
)


@pytest.mark.parametrize(("rule", "words"), WORDS)
def test_a_rule_is_told_with_its_figures_and_the_fix(rule: Rule, words: str) -> None:
    assert explain_rule(rule) == words


def test_a_stated_violation_keeps_its_reason_and_its_symbol() -> None:
    shut = Violation(rule=HoursUnknown(symbol=VTI), reason=Reason.MARKET_CLOSED, con_id=ConId(1))
    assert stated(shut) == StatedViolation(
        sentence="VTI: IBKR returned no trading hours",
        reason=Reason.MARKET_CLOSED,
        con_id=ConId(1),
    )


@pytest.mark.parametrize(
    ("opens", "words"),
    [
        (datetime(2031, 3, 17, 13, 30, tzinfo=UTC), "opens Mon 2031-03-17 13:30 UTC"),
        (None, "no opening is named"),
    ],
)
def test_the_row_of_a_closed_market_says_so_once(opens: datetime | None, words: str) -> None:
    shut = MarketShut(symbol=VTI, opens=opens)
    said = stated(Violation(rule=shut, reason=Reason.MARKET_CLOSED, con_id=ConId(1)))
    pending = StatedViolation(sentence="VTI: an open order", con_id=ConId(1))
    row, *_ = plan_of().rows
    frozen = evolve(row, note="no live market; stale price; 2 of 3; frozen price; 16 h old")
    told = with_violations(evolve(plan_of(), rows=(frozen,)), (pending, said))
    expected = f"market closed, {words}; 2 of 3; 16 h old; VTI: an open order"
    assert row_note(told.rows[0]) == expected
    assert why_blocked(told, (said,)) == (f"VTI: market closed ({words})",)
    # Another rule leaves the row all that it says of its price.
    limited = with_violations(evolve(plan_of(), rows=(frozen,)), (pending,))
    assert limited.rows[0].note == f"{frozen.note}; VTI: an open order"


_LIVE = UnattendedLive()
_TURNOVER = UnattendedTurnover(turnover=Decimal("0.6"), at_most_pct=Decimal(50))
_CAP = UnattendedCapSells(symbols=(Symbol("SPY"), Symbol("IEF")))


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (ConsentRules(), ""),
        (ConsentRules(typed=(_LIVE,)), "type the account id in place of y: this is a live account"),
        (
            ConsentRules(typed=(_LIVE, _TURNOVER), refused=(_LIVE, _TURNOVER)),
            (
                "type the account id in place of y, and --yes will be refused:"
                " this is a live account and turnover 60.0 % is over max_turnover_pct = 50"
            ),
        ),
        (
            ConsentRules(refused=(_CAP,)),
            "--yes will be refused: the leverage cap asks to sell SPY, IEF inside the band",
        ),
        (
            ConsentRules(typed=(_LIVE,), refused=(_CAP,)),
            (
                "type the account id in place of y: this is a live account, and --yes will be"
                " refused: the leverage cap asks to sell SPY, IEF inside the band"
            ),
        ),
    ],
)
def test_what_a_run_will_want_is_foretold_with_its_reasons(rules: ConsentRules, words: str) -> None:
    assert explain_consent(rules) == words
