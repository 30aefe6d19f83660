"""What is noted of an order is told in words."""

from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.messages.orders import explain_error, explain_fix, explain_note
from rebalancer_core.orders.broker_codes import Fix
from rebalancer_core.orders.events import OrderRef, OwnAction, Resolution
from rebalancer_core.orders.order_state import (
    AfterAll,
    BrokerNotice,
    EndOverruled,
    ExecutionCorrected,
    OrderNote,
    OtherAccount,
    OtherTrade,
    Overfilled,
    Phase,
    ResolvedAs,
    SharesTakenBack,
    UnheardCorrected,
    intended,
)
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.plan import Side

PAPER = AccountId("DU111111")
SENT = intended(
    OrderTicket(
        order_ref=OrderRef("r1"),
        account_id=PAPER,
        con_id=ConId(1),
        symbol=Symbol("VTI"),
        side=Side.BUY,
        quantity=Decimal(1),
        price=Decimal(250),
    )
)
SMALL = BrokerNotice(code=10243, text="Fractional-sized order cannot be placed.")


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (SMALL, "10243: Fractional-sized order cannot be placed."),
        (OwnAction.ACK_OVERDUE, "not acknowledged in time"),
        (
            ResolvedAs(verdict=Resolution.CANCELLED, reason="looked it up"),
            "cancelled: looked it up",
        ),
        (
            ExecutionCorrected(execution="0000e0d5.01"),
            "execution 0000e0d5.01 was corrected by the broker",
        ),
        (
            EndOverruled(by=AfterAll.RECEIVED, was=Phase.NOT_RECEIVED),
            "the broker has it, but was never reached the broker",
        ),
        (
            EndOverruled(by=AfterAll.EXECUTED_IN_PART, was=Phase.REJECTED),
            "executed in part, but was rejected",
        ),
        (
            EndOverruled(by=AfterAll.FILLED, was=Phase.CANCELLED),
            "filled although it was cancelled before",
        ),
        (OtherAccount(account_id=PAPER), "the broker names account DU111111 for it"),
        (OtherTrade(), "an execution names another contract or side"),
        (SharesTakenBack(), "a correction reduced the filled quantity"),
        (UnheardCorrected(), "the broker corrected an execution it had never reported"),
        (Overfilled(), "filled quantity exceeds the order quantity"),
    ],
)
def test_a_note_is_told_with_its_figures(note: OrderNote, words: str) -> None:
    assert explain_note(note) == words


def test_an_error_is_told_with_what_helps_until_the_order_is_filled() -> None:
    refused = evolve(SENT, phase=Phase.REJECTED, error=SMALL, reject_code=SMALL.code)
    helps = "IBKR's API takes whole shares of US ETFs only: set allow_fractional = false"
    assert explain_error(refused) == f"{SMALL.code}: {SMALL.text} -> {helps}"
    assert explain_error(evolve(refused, reject_code=None)) == f"{SMALL.code}: {SMALL.text}"
    assert explain_error(evolve(refused, phase=Phase.FILLED)) == ""
    assert explain_error(SENT) == ""


def test_every_fix_names_where_it_is_done() -> None:
    assert {fix: explain_fix(fix) for fix in Fix} == {
        Fix.REQUEST_PERMISSION: (
            "request the permission in IBKR's Client Portal, or name another fund in"
            " portfolios.csv; see docs/first-connection.md, 8"
        ),
        Fix.RAISE_PRESET_LIMIT: (
            "raise the limit in Global Configuration > Presets > Stocks, or tick Bypass Order"
            " Precautions for API Orders in Global Configuration > API > Precautions;"
            " see docs/first-connection.md, 3"
        ),
        Fix.WHOLE_SHARES: (
            "IBKR's API takes whole shares of US ETFs only: set allow_fractional = false"
        ),
    }
