"""Why a person's word cannot be taken down is told with what is missing."""

from decimal import Decimal

import pytest

from rebalancer_core.messages.resolving import explain_misdeclared
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.reconcile.declarations import (
    AccountMissing,
    AlreadyClosed,
    NobodyToAsk,
    NoneSilent,
    NotOpen,
    OrderMissing,
    ReasonMissing,
    SharesImpossible,
    SharesMissing,
    VerdictMissing,
    WhyMisdeclared,
)
from tests.support.plan_factory import ACCOUNT

REF = OrderRef("r1")


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (OrderMissing(), "Missing argument 'ORDER_REF' (or --account and --all-silent)"),
        (SharesMissing(), "Missing option '--filled'"),
        (ReasonMissing(), "Missing option '--reason': say why you are sure"),
        (AccountMissing(), "--all-silent requires --account and no ORDER_REF"),
        (NotOpen(order_ref="r9", open_orders=(REF,)), "r9 is not an open order; open orders: r1"),
        (
            SharesImpossible(said="13", proven=Decimal(4), at_most=Decimal(12)),
            "--filled '13': a number of shares from 4 (proven) to 12",
        ),
        (NoneSilent(account_id=ACCOUNT), f"{ACCOUNT} has no order that was never acknowledged"),
        (
            AlreadyClosed(order_ref=REF),
            'r1 is closed; --reason "gateway restarted" lifts its hold',
        ),
        (NobodyToAsk(), "no terminal to confirm at: use --yes"),
        (
            VerdictMissing(),
            'never acknowledged: --reason must be "gateway restarted" or "dialog answered No"',
        ),
    ],
)
def test_a_word_that_cannot_be_taken_down_says_why(why: WhyMisdeclared, words: str) -> None:
    assert explain_misdeclared(why) == words
