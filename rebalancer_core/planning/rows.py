"""Rows: every holding, every target, what is left out, and CASH last, each with its reason."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from rebalancer_core.planning.amounts import told_apart, told_shares
from rebalancer_core.planning.decisions import Decisions
from rebalancer_core.planning.triggers import Candidate
from rebalancer_core.planning.valuation import Holding, Kept, foreign_cash
from rebalancer_core.values.account import AccountSnapshot, CashBalance, Position, Quote
from rebalancer_core.values.instruments import CASH, Symbol
from rebalancer_core.values.money import ONE, ZERO, plain
from rebalancer_core.values.plan import PlannedOrder, PlanRow, Reason, Side

_Why: TypeAlias = tuple[Reason | None, str]
_NOT_NEEDED: _Why = (
    Reason.PORTFOLIO_WITHIN_BAND,
    "the portfolio is back inside its band without it",
)
_DELAYED = "delayed price"


def plan_rows(
    snapshot: AccountSnapshot, decided: Decisions, cash_weight: Decimal
) -> tuple[PlanRow, ...]:
    """One row each: largest |drift| first, then symbol; left-out ones; CASH last."""
    valuation, screened, sized = decided.valuation, decided.screened, decided.sized
    managed = valuation.units.dollars(valuation.managed)
    told = {
        s.holding.symbol: _row(s.holding, managed, (s.reason, s.note)) for s in screened.not_traded
    }
    for candidate, lots, by_priority in zip(
        sized.candidates, sized.lots, sized.by_priority, strict=True
    ):
        row = _trade_row(candidate, lots, by_priority, decided, managed)
        told[candidate.holding.symbol] = row
    # In total_drift mode a few of the candidates may be enough.
    for spared in screened.candidates[len(sized.candidates) :]:
        told[spared.holding.symbol] = _row(spared.holding, managed, _NOT_NEEDED)
    quiet = screened.default_reason, ""
    rows = [told.get(h.symbol) or _row(h, managed, quiet) for h in valuation.holdings]
    rows.extend(map(_kept_row, valuation.kept))
    rows.extend(map(_left_out_row, valuation.left_out))
    rows.extend(map(_foreign_cash_row, foreign_cash(snapshot)))
    rows.append(_cash_row(decided, cash_weight, managed))
    return tuple(rows)


def planned_orders(rows: tuple[PlanRow, ...]) -> tuple[PlannedOrder, ...]:
    """The trades of the rows: sells first, then buys, each in the order of the rows."""
    sells: list[PlannedOrder] = []
    buys: list[PlannedOrder] = []
    for row in rows:
        # CASH has no contract: it only follows.
        if row.change and row.con_id is not None and row.price is not None:
            is_buy = row.change > ZERO
            order = PlannedOrder(
                con_id=row.con_id,
                symbol=row.symbol,
                side=Side.BUY if is_buy else Side.SELL,
                quantity=row.change.copy_abs(),
                price=row.price,
            )
            (buys if is_buy else sells).append(order)
    return (*sells, *buys)


def shares(lots: int, lot: Decimal) -> Decimal:
    """Lots as a quantity, without trailing zeros.

    >>> shares(12, ONE), shares(12500, Decimal("0.0001"))
    (Decimal('12'), Decimal('1.25'))
    """
    return Decimal(lots) if lot is ONE else Decimal(plain(lots * lot))


def _trade_row(
    candidate: Candidate, lots: int, by_priority: int, decided: Decisions, managed: Decimal
) -> PlanRow:
    why: _Why = (None, "")
    if lots != candidate.nearest:
        why = _shortfall(candidate, lots, by_priority, decided)
    if not lots:
        return _row(candidate.holding, managed, why)
    change = shares(lots if candidate.holding.gap > 0 else -lots, decided.valuation.lot)
    return _row(candidate.holding, managed, why, change)


def _row(holding: Holding, managed: Decimal, why: _Why, change: Decimal = ZERO) -> PlanRow:
    reason, note = why
    quote = holding.quote
    price = None
    if isinstance(quote, Quote):
        price = quote.price
        if quote.block or quote.note or quote.delayed:
            note = _with_price_notes(note, quote)
    return PlanRow(
        symbol=holding.symbol,
        con_id=quote.con_id if quote else None,
        held=holding.held,
        price=price,
        target_weight=holding.weight,
        managed=managed,
        change=change,
        reason=reason,
        note=note,
    )


def _with_price_notes(note: str, quote: Quote) -> str:
    others = [words for words in _price_notes(quote) if words != note]
    return "; ".join([note, *others] if note else others)


def _price_notes(quote: Quote) -> tuple[str, ...]:
    """What people are told about a price, whether or not it keeps the row from trading."""
    block = quote.block.value if quote.block else ""
    # The note of a quote of this run says it already; one of a saved snapshot has no note.
    delayed = _DELAYED if quote.delayed and _DELAYED not in quote.note else ""
    return tuple(words for words in (block, quote.note, delayed) if words)


def _shortfall(candidate: Candidate, lots: int, by_priority: int, decided: Decisions) -> _Why:
    """Why a candidate trades less than the nearest lot, in words."""
    lot = decided.valuation.lot
    if candidate.holding.gap < 0:
        return Reason.SELL_CUT, _cut(lots, candidate.nearest, lot)
    if lots < by_priority:
        back = told_shares((by_priority - lots) * lot)
        return Reason.GAVE_BACK, f"gave {back} back, so that the plan as a whole ends closer"
    reason = Reason.LEVERAGE_CAP if decided.floor.set_by_leverage else Reason.NO_CASH_LEFT
    units = decided.valuation.units
    needs, left = told_apart(units, candidate.next_step(lots), decided.left)
    if lots == 0:
        return reason, f"needs {needs}, {left} left above the cash floor"
    done, full = plain(lots * lot), told_shares(candidate.nearest * lot)
    short = f"{done} of {full}, the next needs {needs}"
    return reason, f"{short}, {left} left above the cash floor"


def _cut(lots: int, nearest: int, lot: Decimal) -> str:
    enough = f"{plain(lots * lot)} of {told_shares(nearest * lot)}" if lots else "no share"
    return f"{enough} needed, as a buy is blocked"


def _kept_row(kept: Kept) -> PlanRow:
    return PlanRow(
        symbol=kept.quote.symbol,
        con_id=kept.position.con_id,
        held=kept.position.quantity,
        price=kept.quote.price,
        reason=Reason.KEPT_UNLISTED,
        note="; ".join(_price_notes(kept.quote)),
    )


def _left_out_row(position: Position) -> PlanRow:
    return PlanRow(
        symbol=position.symbol,
        con_id=position.con_id,
        held=position.quantity,
        reason=Reason.NOT_MANAGED,
        note=f"{position.security_type} in {position.currency}",
    )


def _foreign_cash_row(balance: CashBalance) -> PlanRow:
    return PlanRow(
        symbol=Symbol(f"{CASH} {balance.currency}"),
        con_id=None,
        held=balance.amount,
        reason=Reason.NOT_MANAGED,
        note=f"cash in {balance.currency}",
    )


def _cash_row(decided: Decisions, weight: Decimal, managed: Decimal) -> PlanRow:
    valuation, after = decided.valuation, decided.sized.cash_after
    dollars = valuation.units.dollars
    return PlanRow(
        symbol=CASH,
        con_id=None,
        held=dollars(valuation.cash),
        price=ONE,
        target_weight=weight,
        managed=managed,
        change=dollars(after - valuation.cash),
        reason=Reason.CASH_FOLLOWS,
    )
