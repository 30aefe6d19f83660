"""What changed is told with every figure that it is about."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from rebalancer_core.messages.changes import (
    explain_misfit,
    explain_move,
    explain_out_of_date,
    saved_plan_misfits,
)
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reconcile.saved_plan import (
    AppliedBefore,
    BuyBlocked,
    CashShort,
    Misfit,
    PlanEnded,
)
from rebalancer_core.safety.account_moves import (
    AccountMove,
    CashFell,
    OpenOrdersChanged,
    OpenOrdersUnknown,
    SharesMoved,
)
from rebalancer_core.safety.out_of_date import (
    Moved,
    OutOfDate,
    SavedPlanExpired,
    TargetsUnlisted,
)
from rebalancer_core.safety.price_moves import PriceGone, PriceMove, PriceMoved, PriceUnfit
from rebalancer_core.values.faults import LinkLost
from rebalancer_core.values.instruments import Symbol, Unlisted, UnlistedWhy
from rebalancer_core.values.plan import Reason

VTI = Symbol("VTI")
AT = datetime(2026, 1, 2, 15, 30, tzinfo=UTC)
ENDED, CHANGED = PlanEnded(at=AT), OpenOrdersChanged()


def _unlisted(symbol: str) -> Unlisted:
    return Unlisted(symbol=Symbol(symbol), why=UnlistedWhy.UNKNOWN)


@pytest.mark.parametrize(
    ("move", "told"),
    [
        (
            SharesMoved(symbol=VTI, before=Decimal(100), now=Decimal("99.5")),
            "VTI went from 100 to 99.5 shares",
        ),
        (
            CashFell(before=Decimal(7000), now=Decimal("6998.99")),
            "USD cash fell from $7,000.00 to $6,998.99",
        ),
        (
            OpenOrdersUnknown(),
            "open orders are not visible, or were not when it was made (Read-Only API)",
        ),
        (PriceGone(symbol=VTI), "VTI has no price now"),
        (PriceUnfit(symbol=VTI), "the price of VTI is not fit for trading now"),
        (
            PriceMoved(symbol=VTI, planned=Decimal(250), now=Decimal("247.49")),
            "the price of VTI went from 250 to 247.49 (1.0 %)",
        ),
        (
            PriceMoved(symbol=VTI, planned=Decimal(250), now=Decimal(275)),
            "the price of VTI went from 250 to 275 (10.0 %)",
        ),
    ],
)
def test_a_move_is_told_from_what_to_what(move: AccountMove | PriceMove, told: str) -> None:
    assert explain_move(move) == told


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (SavedPlanExpired(), "the saved plan expired"),
        (
            TargetsUnlisted(targets=tuple(map(_unlisted, ("AAA", "BBB")))),
            "no longer listed: AAA, BBB",
        ),
        (
            Moved(moves=(CHANGED, PriceGone(symbol=VTI))),
            "the open orders changed; VTI has no price now",
        ),
        (LinkLost(detail="socket closed"), "the connection was lost: socket closed"),
    ],
)
def test_why_a_yes_comes_too_late_is_told(why: OutOfDate, told: str) -> None:
    assert explain_out_of_date(why) == told


@pytest.mark.parametrize(
    ("misfit", "told"),
    [
        (
            CashShort(cash=Decimal("6999.99"), counted_with=Decimal(7000)),
            "USD cash is $6,999.99, and the plan counts with $7,000.00",
        ),
        (
            BuyBlocked(symbol=VTI, reason=Reason.REFUSED_BY_BROKER, why="error 460"),
            "VTI is refused by the broker; error 460",
        ),
        (
            AppliedBefore(run_id="r1", at=AT),
            "it was applied before, in run r1 of 2026-01-02 15:30 UTC",
        ),
        (ENDED, "it expired at 2026-01-02 15:30 UTC"),
        (CHANGED, "the open orders changed"),
        (
            JournalFault(path="j.sqlite", detail="disk full"),
            "the journal j.sqlite is unusable (disk full); no orders will be sent without it",
        ),
    ],
)
def test_a_misfit_is_told(misfit: Misfit | JournalFault, told: str) -> None:
    assert explain_misfit(misfit) == told


def test_every_misfit_is_in_the_refusal() -> None:
    assert saved_plan_misfits((ENDED, CHANGED)) == (
        "refused: the saved plan is stale: it expired at 2026-01-02 15:30 UTC;"
        " the open orders changed -> create a new plan"
    )
