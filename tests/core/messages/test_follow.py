"""Why orders are not sent, or buys of fewer shares, is told with its figures."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from rebalancer_core.follow.commands import RunHalted
from rebalancer_core.follow.reasons import (
    AccountContradicted,
    CashUnread,
    Contradictions,
    DeclaredDeadLives,
    FollowNote,
    GateClosedFor,
    Interrupted,
    NeverReached,
    NoFallback,
    NotAcknowledged,
    NotHandedOver,
    OutcomeUnknown,
    PositionsDiffer,
    PricesUnread,
    SellsUnknown,
    SocketLost,
    Stated,
    WhyNotSent,
)
from rebalancer_core.messages.follow import explain_follow_note, explain_not_sent
from rebalancer_core.messages.refusals import run_halted
from rebalancer_core.messages.run import explain_news
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.order_state import Overfilled, SharesTakenBack
from rebalancer_core.safety.account_moves import UnexpectedPosition
from rebalancer_core.safety.buy_facts import (
    ClosedNow,
    FewerShares,
    NoHours,
    NoneAffordable,
    NoQuote,
    NoTradingPrice,
    OffMidpoint,
    PriceBlocked,
)
from rebalancer_core.safety.free_cash import CashTooLow, CostUnknown, SharesTooFew
from rebalancer_core.safety.rules import (
    BeyondThePlan,
    OrdersUsedUp,
    OrderTooLarge,
    SentBefore,
    WrongAccount,
)
from rebalancer_core.values.account import QuoteBlock
from rebalancer_core.values.faults import Bug, LinkLost
from rebalancer_core.values.instruments import AccountId, Symbol

ACCOUNT, REF = AccountId("DU111111"), OrderRef("rb1-9f2c31aa-01001-1")
VTI, BND = Symbol("VTI"), Symbol("BND")
OPENS = datetime(2026, 1, 5, 14, 30, tzinfo=UTC)
NO_LINK = LinkLost(detail="the socket closed")
SILENT = NotAcknowledged(account_id=ACCOUNT, symbol=VTI, within_seconds=Decimal(15))
BROKEN = Contradictions(conflicts=((VTI, Overfilled()), (BND, SharesTakenBack())))
TWICE = (
    "VTI: filled quantity exceeds the order quantity; BND: a correction reduced the filled quantity"
)
DIALOG = (
    "DU111111: VTI was not acknowledged within 15 s: look for a dialog in the gateway's window;"
    " see docs/first-connection.md, 3"
)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (Stated(text="disk full"), "disk full"),
        (SILENT, DIALOG),
        (
            DeclaredDeadLives(account_id=ACCOUNT, order_ref=REF, symbol=VTI),
            (
                "DU111111: rb1-9f2c31aa-01001-1 (VTI) was declared not received, but the broker"
                " has it; a cancel was sent: check the account at IBKR"
            ),
        ),
        (BROKEN, f"the broker contradicts itself: {TWICE}"),
        (
            AccountContradicted(account_id=ACCOUNT, contradictions=BROKEN),
            f"DU111111: the broker contradicts itself: {TWICE}",
        ),
        (Interrupted(), "interrupted"),
        (SocketLost(detail="the socket closed"), "the connection was lost: the socket closed"),
        (GateClosedFor(why="error 1100", seconds=600.6), "error 1100, for 601 s"),
        (OutcomeUnknown(symbols=(VTI, BND)), "the outcome of VTI, BND is unknown"),
        (NotHandedOver(fault=NO_LINK), "not sent: the connection was lost: the socket closed"),
        (
            Bug(kind="KeyError", said="'VTI'"),
            "stopped by a bug of this program: KeyError: 'VTI'",
        ),
        (
            CashUnread(fault=NO_LINK),
            "cash could not be read after the sells: the connection was lost: the socket closed",
        ),
        (
            PositionsDiffer(
                positions=(
                    UnexpectedPosition(symbol=VTI, found=Decimal(100), expected=Decimal("96.50")),
                    UnexpectedPosition(symbol=BND, found=Decimal(0), expected=Decimal(5)),
                )
            ),
            (
                "positions are not as expected after the sells: VTI is 100, expected 96.5 shares;"
                " BND is 0, expected 5 shares"
            ),
        ),
        (SellsUnknown(symbols=(VTI,)), "the outcome of the sell of VTI is unknown"),
        (PricesUnread(), "prices could not be read again"),
        (NeverReached(), "not sent"),
        (
            WrongAccount(account_id=ACCOUNT),
            "DU111111 is not the account of the approved plan",
        ),
        (SentBefore(order_ref=REF), "rb1-9f2c31aa-01001-1 was already sent"),
        (
            BeyondThePlan(
                symbol=VTI,
                quantity=Decimal("15.0001"),
                left=Decimal(11),
                approved=Decimal(15),
            ),
            "15.0001 VTI is more than the 11 left of the approved 15",
        ),
        (OrdersUsedUp(at_most=1), "max_orders = 1 were already sent"),
        (
            OrderTooLarge(symbol=VTI, value_usd=Decimal("3750.15"), at_most_usd=Decimal(3750)),
            "$3,750 is over max_order_usd = 3750",
        ),
        (
            CashTooLow(
                symbol=BND,
                quantity=Decimal(30),
                cost_usd=Decimal(2281),
                left_usd=Decimal("2280.99"),
            ),
            "no cash left: 30 BND cost $2,281.00, $2,280.99 free above the cash floor",
        ),
        (
            SharesTooFew(symbol=VTI, quantity=Decimal(15), free=Decimal(14)),
            "cannot sell 15 VTI: only 14 shares are available",
        ),
        (
            CostUnknown(symbol=VTI),
            "an open order buys VTI without a limit, and VTI has no ask",
        ),
        (
            NoneAffordable(left_usd=Decimal(6100)),
            "no cash left: $6,100.00 free above the cash floor for all buys",
        ),
        (NoHours(symbol=VTI), "IBKR returned no trading hours of VTI"),
        (ClosedNow(opens=OPENS), "the market is closed, opens Mon 2026-01-05 14:30 UTC"),
        (ClosedNow(opens=None), "the market is closed"),
        (NoQuote(), "no price: no quote received"),
        (NoTradingPrice(detail="error 354"), "no price: error 354"),
        (PriceBlocked(block=QuoteBlock.HALTED, note=""), "trading halted"),
        (
            PriceBlocked(block=QuoteBlock.STALE, note="last of 14:30 UTC"),
            "stale price: last of 14:30 UTC",
        ),
        (
            OffMidpoint(price=Decimal("100.00"), middle=Decimal(97), apart=Decimal("0.0309")),
            "the price 100 is 3.1 % from the midpoint 97",
        ),
    ],
)
def test_why_an_order_did_not_leave_is_told_with_its_figures(why: WhyNotSent, words: str) -> None:
    assert explain_not_sent(why) == words


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (
            FewerShares(
                symbol=VTI,
                quantity=Decimal(82),
                planned=Decimal(90),
                left_usd=Decimal(9100),
            ),
            "fewer shares of VTI: 82 of 90, $9,100.00 free above the cash floor for all buys",
        ),
        (
            NoFallback(symbol=VTI, why=NoneAffordable(left_usd=Decimal(0))),
            "no fallback for VTI: no cash left: $0.00 free above the cash floor for all buys",
        ),
        (SILENT, DIALOG),
        (NO_LINK, "the connection was lost: the socket closed"),
    ],
)
def test_what_a_report_says_beside_the_orders(note: FollowNote, words: str) -> None:
    assert explain_follow_note(note) == words


def test_a_halt_is_told_at_once_and_refuses_the_accounts_after_it() -> None:
    assert explain_news(RunHalted(why=SILENT)) == (
        f"Halted: {DIALOG}. Nothing more is sent in this run."
    )
    assert run_halted(SILENT) == f"the run was halted: {DIALOG}"
