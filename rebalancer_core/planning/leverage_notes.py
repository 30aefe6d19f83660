"""The words of warnings about leverage and debt, kept as text in a plan like all of them."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.planning.caution_facts import (
    BorrowsBesideKept,
    ForeignDebt,
    LeverageNow,
    TargetsScaled,
)
from rebalancer_core.values.money import ONE, plain, rounded, usd

_CENTI = Decimal("0.01")


def about_leverage(
    caution: LeverageNow | TargetsScaled | ForeignDebt | BorrowsBesideKept,
) -> str:
    """Where the account is above the cap, or would be, and what it owes."""
    match caution:
        case LeverageNow(leverage=now, at_most=at_most):
            over = f"leverage {rounded(now, _CENTI)} is above max_leverage {plain(at_most)}"
            after = rounded(caution.after, _CENTI)
            unsold = "nothing can be sold" if caution.may_sell else "nothing is sold by this run"
            done = f"the sells bring it to {after}" if caution.is_sold else unsold
            left = f", still {usd(caution.missed)} over the cap" if caution.missed else ""
            return f"{over}: {done}{left}"
        case TargetsScaled(asked=asked, scaled=scaled, at_most=at_most):
            return (
                f"the targets ask for leverage {rounded(asked, _CENTI)}: scaled to "
                f"{rounded(scaled, _CENTI)}, max_leverage {plain(at_most)} less the cash buffer"
            )
        case ForeignDebt(usd=owed, unknown=unknown):
            known = f"foreign cash of {usd(owed)} is owed and counts for the leverage cap"
            names = " and ".join(f"{rounded(amount, ONE):,f} {name}" for name, amount in unknown)
            rest = f"{names} owed at an unknown rate to USD: nothing is bought"
            return "; ".join((*((known,) if owed else ()), *((rest,) if unknown else ())))
        case BorrowsBesideKept(cash=cash):
            return (
                f"USD cash is {usd(cash)} beside holdings that are kept, and no model borrows: "
                "selling managed holdings would pay for the kept ones"
            )
