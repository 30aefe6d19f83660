"""The words of a plan's notes and warnings: here and not in `messages`, for a plan keeps the text.

Journals, plan files and reports hold them as they were when the plan was made.
"""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.planning.amounts import told_apart, told_shares
from rebalancer_core.planning.band_words import bands_in_force
from rebalancer_core.planning.caution_facts import (
    BandsInForce,
    BorrowsBesideKept,
    CashIdle,
    Caution,
    ExtendedHours,
    ForeignDebt,
    FractionsRefused,
    FreeRiding,
    LeftOut,
    LeverageNow,
    LeverageWith,
    SweepCounted,
    TargetsScaled,
)
from rebalancer_core.planning.flow_facts import (
    AmountSpent,
    IdleCashUsed,
    LeftOutByFlow,
    OverCap,
    OverCapOnceWithdrawn,
    RaisedFor,
    SetAsideShort,
)
from rebalancer_core.planning.flow_notes import about_flow, caution_of_flow
from rebalancer_core.planning.leverage_notes import about_leverage
from rebalancer_core.planning.note_facts import (
    CapMissed,
    CashShort,
    Compared,
    GapTooSmall,
    GaveBack,
    HalfOfOneLot,
    ImprovesTooLittle,
    LessThanOneLot,
    MinimumPassesTarget,
    NoQuote,
    NotNeeded,
    OtherCurrency,
    OtherKind,
    RateUnknown,
    RoundedTooSmall,
    RowNote,
    SellCut,
    SoldForCap,
    Stated,
)
from rebalancer_core.values.account import Quote
from rebalancer_core.values.money import ONE, in_percent, plain, rounded, usd

DELAYED = "delayed price"
_CENTI = Decimal("0.01")


def row_note(note: RowNote | None) -> str:
    """Why a row does not trade, or trades less; empty where there is nothing to say.

    >>> row_note(LessThanOneLot(held=Decimal("0.5"))), row_note(None)
    ('0.5 shares held, less than one lot', '')
    """
    match note:
        case None:
            return ""
        case Stated(text=text):
            return text
        case NoQuote() | NotNeeded() | CapMissed() | RateUnknown() | OtherKind() | OtherCurrency():
            return _about_the_rest(note)
        case GaveBack() | CashShort() | SellCut() | SoldForCap():
            return _about_shares(note)
        case LeftOutByFlow() | AmountSpent() | OverCap() | RaisedFor() | IdleCashUsed():
            return about_flow(note)
        case _:
            return _about_size(note)


def _about_the_rest(
    note: NoQuote | NotNeeded | CapMissed | RateUnknown | OtherKind | OtherCurrency,
) -> str:
    match note:
        case NoQuote():
            return "no quote received"
        case NotNeeded():
            return "not needed: the portfolio is already back within its band"
        case CapMissed(by=by):
            return f"gross stays {usd(by)} over the leverage cap, and this is kept"
        case RateUnknown(currencies=currencies):
            owed = " and ".join(currencies)
            return f"cash in {owed} is owed and its rate to USD is not known: nothing is bought"
        case OtherKind(security_type=security_type, currency=currency):
            return f"{security_type} in {currency}"
        case OtherCurrency(currency=currency):
            return f"cash in {currency}"


def price_notes(quote: Quote) -> tuple[str, ...]:
    """What people are told about a price, whether or not it keeps the row from trading."""
    block = quote.block.value if quote.block else ""
    # The note of a quote of this run says it already; one of a saved snapshot has no note.
    delayed = DELAYED if quote.delayed and DELAYED not in quote.note else ""
    return tuple(words for words in (block, quote.note, delayed) if words)


def no_price(why: Stated | NoQuote) -> str:
    """That there is none, and why, beside a reason of another kind.

    >>> no_price(Stated(text="halted"))
    'no price: halted'
    """
    return f"no price: {row_note(why)}"


def _about_size(
    note: GapTooSmall
    | RoundedTooSmall
    | ImprovesTooLittle
    | MinimumPassesTarget
    | LessThanOneLot
    | HalfOfOneLot,
) -> str:
    match note:
        case GapTooSmall(gap_and_minimum=amounts):
            gap, minimum = _apart(amounts)
            return f"gap {gap} is under min_order_usd {minimum}"
        case RoundedTooSmall(shares=shares, worth_and_minimum=amounts):
            worth, minimum = _apart(amounts)
            return f"rounded to {told_shares(shares)} it is {worth}, under min_order_usd {minimum}"
        case ImprovesTooLittle(removed_and_minimum=amounts):
            removed, minimum = _apart(amounts)
            return f"it would come {removed} closer, under min_improvement_usd {minimum}"
        case MinimumPassesTarget(shares=shares, worth_and_gap=amounts):
            worth, gap = _apart(amounts)
            return f"the smallest order is {told_shares(shares)} for {worth}, past the gap of {gap}"
        case LessThanOneLot(held=held):
            return f"{told_shares(held)} held, less than one lot"
        case HalfOfOneLot(gap_and_lot=amounts):
            gap, lot = _apart(amounts)
            return f"gap {gap} is at most half of one lot at {lot}"


def _about_shares(note: GaveBack | CashShort | SellCut | SoldForCap) -> str:
    match note:
        case GaveBack(shares=shares):
            return f"reduced by {told_shares(shares)} for a better overall fit"
        case CashShort(done=done, wanted=wanted, needs_and_left=amounts):
            needs, left = _apart(amounts)
            short = f"{plain(done)} of {told_shares(wanted)}; one more " if done else ""
            return f"{short}needs {needs}, only {left} available above the cash floor"
        case SellCut(needed=needed, wanted=wanted):
            enough = f"{plain(needed)} of {told_shares(wanted)}" if needed else "no share"
            return f"{enough} needed, as a buy is blocked"
        case SoldForCap(more=more):
            return f"{told_shares(more)} to bring leverage down to the cap"


def _apart(amounts: Compared) -> tuple[str, str]:
    return told_apart(amounts.units, amounts.first, amounts.second)


def explain_caution(caution: Caution) -> str:
    """What a person should read about the whole account before saying yes."""
    match caution:
        case SweepCounted(cash_balance=cash, total_cash_balance=total):
            return (
                f"CashBalance is {usd(cash, 2)}, "
                f"TotalCashBalance {usd(total, 2)} (cash in the insured bank deposit "
                "sweep can be counted twice): sized on the smaller one"
            )
        case LeftOut():
            return _about_left_out(caution)
        case SetAsideShort() | OverCapOnceWithdrawn():
            return caution_of_flow(caution)
        case LeverageNow() | TargetsScaled() | ForeignDebt() | BorrowsBesideKept():
            return about_leverage(caution)
        case BandsInForce():
            return bands_in_force(caution)
        case CashIdle(off=off, is_over=is_over, band_bps=band):
            side = "over" if is_over else "under"
            of = "" if band is None else f" of {plain(band)} bps"
            return (
                f"CASH is {in_percent(off)} % {side} its target, but no holding is outside its "
                f"band{of}, so nothing trades; narrow the band to put it to work"
            )
        case FreeRiding():
            return (
                "cash account: buys use sale proceeds that are not settled; selling what they "
                "bought before settlement is free-riding"
            )
        case FractionsRefused() | ExtendedHours():
            return _about_orders(caution)


def _about_orders(caution: FractionsRefused | ExtendedHours) -> str:
    match caution:
        case FractionsRefused():
            return (
                "allow_fractional = true: IBKR's API refuses fractional orders for US ETFs today "
                "(error 10243) -> set it false if they are rejected"
            )
        case ExtendedHours():
            return (
                "trading_hours = eth: IBKR does not execute plain market orders outside regular "
                "hours; one that it holds for the opening is cancelled after ack_timeout_sec"
            )


def _about_left_out(caution: LeftOut) -> str:
    amounts = ", ".join(f"{rounded(gross, ONE):,f} {name}" for name, gross in caution.gross)
    unknown = ", ".join(caution.unknown)
    but = f", {unknown} without a known cost" if unknown else ""
    return (
        f"excluded from all figures, including leverage: gross {amounts} (positions at cost{but})"
        + _with_positions(caution.with_positions)
    )


def _with_positions(caution: LeverageWith | None) -> str:
    if caution is None:
        return ""
    return (
        f"; with these positions leverage is {rounded(caution.leverage, _CENTI)}, "
        f"above max_leverage {plain(caution.at_most)}"
    )
