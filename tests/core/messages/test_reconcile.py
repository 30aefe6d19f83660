"""What recovery found is told with what to do about it."""

from decimal import Decimal

import pytest

from rebalancer_core.messages import explain_change, told
from rebalancer_core.orders.events import OrderRef, Resolution, Resolved
from rebalancer_core.orders.order_state import SharesTakenBack
from rebalancer_core.orders.record import OrderStatus
from rebalancer_core.reconcile.findings import (
    Conflict,
    Contradicted,
    Finding,
    LooksDisagreed,
    NoLongerListed,
    OtherClient,
    PositionDiffers,
    PositionUnexplained,
    Silent,
    StillWorking,
    Undecided,
)
from rebalancer_core.reconcile.late_corrections import Figures, OutcomeChanged

REF = OrderRef("r1")
SILENT = (
    "unknown: never acknowledged -> look for a dialog in the gateway's window: answer"
    " it No, or restart the gateway; then `rebalance resolve r1 --filled 0`;"
    " see docs/first-connection.md, 3"
)
AGAIN = "-> `rebalance recover` again, or `rebalance resolve`"
LOOK = "-> look at the account, then `rebalance resolve`"
FILLED = Figures(
    status=OrderStatus.FILLED,
    filled=Decimal(10),
    average_price=Decimal("500.0100"),
    commission_usd=Decimal("1.00"),
)
BUSTED = Figures(
    status=OrderStatus.UNKNOWN, filled=Decimal(0), average_price=None, commission_usd=None
)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            Resolved(order_ref=REF, verdict=Resolution.FILLED, filled=Decimal(10), reason="proven"),
            "filled, 10 shares: proven",
        ),
        (
            StillWorking(order_ref=REF),
            "still working at the broker -> wait, or `rebalance recover --cancel`",
        ),
        (
            Silent(order_ref=REF),
            SILENT,
        ),
        (
            Undecided(order_ref=REF, why=LooksDisagreed()),
            f"unknown: two consecutive queries to the broker disagreed {AGAIN}",
        ),
        (
            Undecided(order_ref=REF, why=NoLongerListed()),
            f"unknown: the broker acknowledged it earlier but no longer lists it {AGAIN}",
        ),
        (
            Undecided(order_ref=REF, why=OtherClient(placed_by=7, asked_by=42)),
            f"unknown: it belongs to client id 7, this session has 42 {AGAIN}",
        ),
        (
            Conflict(order_ref=REF, why=Contradicted(why=SharesTakenBack())),
            f"conflict: a correction reduced the filled quantity {LOOK}",
        ),
        (
            Conflict(order_ref=REF, why=PositionDiffers(filled=Decimal(0), moved=Decimal(10))),
            f"conflict: 0 shares are proven filled, but the position moved by 10 {LOOK}",
        ),
        (
            Conflict(
                order_ref=REF, why=PositionUnexplained(moved=Decimal(3), quantity=Decimal(10))
            ),
            f"conflict: the position moved by 3 of 10 shares {LOOK}",
        ),
    ],
)
def test_a_finding_is_told_with_what_to_do(found: Finding, words: str) -> None:
    assert told(found) == words


def test_a_change_is_told_with_all_its_figures() -> None:
    gone = OutcomeChanged(was=FILLED, is_now=BUSTED, conflict=SharesTakenBack())
    assert explain_change(gone) == (
        "was Filled, 10 shares at $500.0100, commission $1.00;"
        " is Unknown, 0 shares: a correction reduced the filled quantity"
    )
    same_shares = OutcomeChanged(was=FILLED, is_now=FILLED, conflict=None)
    assert explain_change(same_shares) == (
        "was Filled, 10 shares at $500.0100, commission $1.00;"
        " is Filled, 10 shares at $500.0100, commission $1.00"
    )
