"""Rows: every holding, every target, what is left out, and CASH last, each with its reason."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from attrs import evolve

from rebalancer_core.planning.candidate import Candidate
from rebalancer_core.planning.cash_sales import CashSell
from rebalancer_core.planning.decisions import Decisions
from rebalancer_core.planning.flow_facts import AmountSpent, IdleCashUsed, OverCap, RaisedFor
from rebalancer_core.planning.foreign_cash import foreign_cash
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.note_facts import (
    CapMissed,
    CashShort,
    Compared,
    GaveBack,
    NotNeeded,
    OtherCurrency,
    OtherKind,
    RowNote,
    SellCut,
    SoldForCap,
)
from rebalancer_core.planning.notes import no_price, price_notes, row_note
from rebalancer_core.planning.valuation import Kept
from rebalancer_core.planning.wanted_lots import why_unpriced
from rebalancer_core.values.account import AccountSnapshot, CashBalance, Position, Quote
from rebalancer_core.values.flow import amount_of
from rebalancer_core.values.instruments import CASH, Symbol
from rebalancer_core.values.money import ONE, ZERO, plain
from rebalancer_core.values.plan import PlannedOrder, PlanRow, Reason, Side

_Why: TypeAlias = tuple[Reason | None, RowNote | None]
_NOT_NEEDED: _Why = Reason.PORTFOLIO_WITHIN_BAND, NotNeeded()


def plan_rows(snapshot: AccountSnapshot, decided: Decisions) -> tuple[PlanRow, ...]:
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
    for spared in screened.candidates:
        if spared.holding.symbol not in told:
            told[spared.holding.symbol] = _row(spared.holding, managed, _NOT_NEEDED)
    for sell in decided.cash_sells:
        told[sell.holding.symbol] = _cash_sell_row(sell, decided, managed)
    quiet = screened.default_reason, None
    rows = [told.get(h.symbol) or _row(h, managed, quiet) for h in valuation.holdings]
    if decided.deleveraging.missed:
        rows = [_with_cap_missed(row, decided) for row in rows]
    rows.extend(_kept_row(kept, decided) for kept in valuation.kept)
    rows.extend(map(_left_out_row, valuation.left_out))
    rows.extend(map(_foreign_cash_row, foreign_cash(snapshot)))
    rows.append(_cash_row(decided, managed))
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
    why: _Why = (None, None)
    if lots and candidate.holding.symbol in decided.deployed:
        more = decided.deployed[candidate.holding.symbol] * decided.valuation.lot
        why = Reason.IDLE_CASH, IdleCashUsed(more=more)
    elif lots != candidate.nearest:
        why = _shortfall(candidate, lots, by_priority, decided)
    if not lots:
        return _row(candidate.holding, managed, why)
    change = shares(lots if candidate.holding.gap > 0 else -lots, decided.valuation.lot)
    return _row(candidate.holding, managed, why, change)


def _cash_sell_row(sell: CashSell, decided: Decisions, managed: Decimal) -> PlanRow:
    lot = decided.valuation.lot
    more = (sell.lots - sell.wanted) * lot
    why: _Why = Reason.LEVERAGE_CAP, SoldForCap(more=more)
    if decided.raising is not None:
        why = Reason.SOLD_TO_RAISE, RaisedFor(shares=more, amount=amount_of(decided.flow))
    return _row(sell.holding, managed, why, shares(-sell.lots, lot))


def _row(holding: Holding, managed: Decimal, why: _Why, change: Decimal = ZERO) -> PlanRow:
    reason, note = why[0], row_note(why[1])
    quote = holding.quote
    price = None
    if isinstance(quote, Quote):
        price = quote.price
        if quote.block or quote.note or quote.delayed:
            note = _with_price_notes(note, quote)
    elif reason is not Reason.NO_PRICE:
        # It needs none: inside its band, or too small for an order whatever it costs.
        note = "; ".join(words for words in (note, no_price(why_unpriced(quote))) if words)
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
    others = [words for words in price_notes(quote) if words != note]
    return "; ".join([note, *others] if note else others)


def _shortfall(candidate: Candidate, lots: int, by_priority: int, decided: Decisions) -> _Why:
    """Why a candidate trades less than the nearest lot."""
    lot = decided.valuation.lot
    if candidate.holding.gap < 0:
        return Reason.SELL_CUT, SellCut(needed=lots * lot, wanted=candidate.nearest * lot)
    if lots < by_priority:
        return Reason.GAVE_BACK, GaveBack(shares=(by_priority - lots) * lot)
    units, missed = decided.valuation.units, decided.deleveraging.missed
    if missed:
        return Reason.LEVERAGE_CAP, OverCap(by=units.dollars(missed))
    needs = Compared(units=units, first=candidate.next_step(lots), second=decided.left)
    done, wanted = lots * lot, candidate.nearest * lot
    if decided.floor.set_by_amount:
        amount = amount_of(decided.flow)
        spent = AmountSpent(
            done=done,
            wanted=wanted,
            units=units,
            needs=needs.first,
            left=needs.second,
            amount=amount,
        )
        return Reason.AMOUNT_SPENT, spent
    reason = Reason.LEVERAGE_CAP if decided.floor.set_by_leverage else Reason.NO_CASH_LEFT
    return reason, CashShort(done=done, wanted=wanted, needs_and_left=needs)


def _with_cap_missed(row: PlanRow, decided: Decisions) -> PlanRow:
    """A holding that the user's rules never sell says what that leaves above the cap."""
    if row.symbol not in decided.screened.not_sold or not row.held:
        return row
    notes = (row_note(_cap_missed(decided)), row.note)
    return evolve(row, note="; ".join(note for note in notes if note))


def _cap_missed(decided: Decisions) -> CapMissed | None:
    missed = decided.deleveraging.missed
    return CapMissed(by=decided.valuation.units.dollars(missed)) if missed else None


def _kept_row(kept: Kept, decided: Decisions) -> PlanRow:
    notes = (row_note(_cap_missed(decided)), *price_notes(kept.quote))
    return PlanRow(
        symbol=kept.quote.symbol,
        con_id=kept.position.con_id,
        held=kept.position.quantity,
        price=kept.quote.price,
        reason=Reason.KEPT_UNLISTED,
        note="; ".join(note for note in notes if note),
    )


def _left_out_row(position: Position) -> PlanRow:
    return PlanRow(
        symbol=position.symbol,
        con_id=position.con_id,
        held=position.quantity,
        reason=Reason.NOT_MANAGED,
        note=row_note(OtherKind(security_type=position.security_type, currency=position.currency)),
    )


def _foreign_cash_row(balance: CashBalance) -> PlanRow:
    return PlanRow(
        symbol=Symbol(f"{CASH} {balance.currency}"),
        con_id=None,
        held=balance.amount,
        reason=Reason.NOT_MANAGED,
        note=row_note(OtherCurrency(currency=balance.currency)),
    )


def _cash_row(decided: Decisions, managed: Decimal) -> PlanRow:
    valuation, after = decided.valuation, decided.cash_after
    dollars = valuation.units.dollars
    return PlanRow(
        symbol=CASH,
        con_id=None,
        held=dollars(valuation.cash),
        price=ONE,
        target_weight=valuation.cash_weight,
        managed=managed,
        change=dollars(after - valuation.cash),
        reason=Reason.CASH_FOLLOWS,
    )
