"""Rows: every holding, every target, what is left out, and CASH last, each with its reason."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.planning.amounts import told_apart, told_shares
from rebalancer_core.planning.identity import Owned
from rebalancer_core.planning.leverage import CashFloor
from rebalancer_core.planning.sizing import Sized, Trade
from rebalancer_core.planning.triggers import Candidate, Screening, SetAside
from rebalancer_core.planning.valuation import Holding, Valuation, foreign_cash
from rebalancer_core.values.account import AccountSnapshot, CashBalance, Position, Quote, Unpriced
from rebalancer_core.values.instruments import CASH, Symbol
from rebalancer_core.values.money import ONE, plain
from rebalancer_core.values.plans import Action, PlannedOrder, PlanRow, Reason, Side


@frozen(kw_only=True)
class Decided:
    """All that the rows tell of: the account in grains, its floor, who trades what and who not."""

    valuation: Valuation
    floor: CashFloor
    screened: Screening
    sized: Sized

    @property
    def left(self) -> int:
        """Grains above the cash floor that the plan leaves."""
        return max(0, self.sized.cash_after - self.floor.floor)


def plan_rows(
    snapshot: AccountSnapshot, decided: Decided, cash_weight: Decimal
) -> tuple[PlanRow, ...]:
    """One row each (SPEC 4.5): largest |drift| first, then symbol; left-out ones; CASH last."""
    valuation = decided.valuation
    managed = valuation.grains.dollars(valuation.managed)
    told = {s.holding.symbol: _aside_row(s, managed) for s in decided.screened.aside}
    for trade in decided.sized.trades:
        told[trade.candidate.holding.symbol] = _trade_row(trade, decided, managed)
    # In total_drift mode a few of the candidates may be enough.
    for candidate in decided.screened.candidates[len(decided.sized.trades) :]:
        told[candidate.holding.symbol] = _aside_row(_not_needed(candidate), managed)
    rows = [told[holding.symbol] for holding in valuation.holdings]
    rows.extend(map(_kept_row, valuation.kept))
    rows.extend(map(_left_out_row, valuation.left_out))
    rows.extend(map(_foreign_cash_row, foreign_cash(snapshot)))
    rows.append(_cash_row(decided, cash_weight, managed))
    return tuple(rows)


def planned_orders(rows: tuple[PlanRow, ...]) -> tuple[PlannedOrder, ...]:
    """The trades of the rows: sells first, then buys, each in the order of the rows."""
    return (*_orders(rows, Action.SELL, Side.SELL), *_orders(rows, Action.BUY, Side.BUY))


def shares(lots: int, lot: Decimal) -> Decimal:
    """Lots as a quantity, without trailing zeros.

    >>> shares(12, ONE), shares(12500, Decimal("0.0001"))
    (Decimal('12'), Decimal('1.25'))
    """
    return Decimal(lots) if lot is ONE else Decimal(plain(lots * lot))


def _orders(rows: tuple[PlanRow, ...], action: Action, side: Side) -> list[PlannedOrder]:
    return [
        PlannedOrder(
            con_id=row.con_id,
            symbol=row.symbol,
            side=side,
            quantity=row.quantity,
            price=row.price,
        )
        for row in rows
        if row.action is action and row.con_id is not None and row.price is not None
    ]


def _trade_row(trade: Trade, decided: Decided, managed: Decimal) -> PlanRow:
    holding, lots = trade.candidate.holding, trade.lots
    reason, note = None, ""
    if lots != trade.candidate.nearest:
        reason, note = _shortfall(trade, decided)
    if not lots:
        return _holding_row(holding, managed, reason, note)
    quote = holding.quote
    return PlanRow(
        symbol=holding.symbol,
        con_id=holding.con_id,
        held=holding.held,
        price=quote.price if isinstance(quote, Quote) else None,
        target_weight=holding.weight,
        managed=managed,
        action=Action.BUY if holding.gap > 0 else Action.SELL,
        quantity=shares(lots, decided.valuation.lot),
        reason=reason,
        note=_note(note, quote),
    )


def _aside_row(aside: SetAside, managed: Decimal) -> PlanRow:
    return _holding_row(aside.holding, managed, aside.reason, aside.note)


def _not_needed(candidate: Candidate) -> SetAside:
    return SetAside(
        holding=candidate.holding,
        reason=Reason.PORTFOLIO_WITHIN_BAND,
        note="the portfolio is back inside its band without it",
    )


def _holding_row(holding: Holding, managed: Decimal, reason: Reason | None, note: str) -> PlanRow:
    quote = holding.quote
    return PlanRow(
        symbol=holding.symbol,
        con_id=holding.con_id,
        held=holding.held,
        price=quote.price if isinstance(quote, Quote) else None,
        target_weight=holding.weight,
        managed=managed,
        reason=reason,
        note=_note(note, quote),
    )


def _note(note: str, quote: Quote | Unpriced | None) -> str:
    if not isinstance(quote, Quote) or not (quote.block or quote.note or quote.delayed):
        return note
    others = [words for words in _price_notes(quote) if words != note]
    return "; ".join([note, *others] if note else others)


def _price_notes(quote: Quote) -> tuple[str, ...]:
    """What people are told about a price, whether or not it keeps the row from trading."""
    block = quote.block.value if quote.block else ""
    delayed = "delayed price" if quote.delayed and block != "delayed price" else ""
    return tuple(words for words in (block, quote.note, delayed) if words)


def _shortfall(trade: Trade, decided: Decided) -> tuple[Reason, str]:
    """Why a candidate trades less than the nearest lot, in words."""
    lot = decided.valuation.lot
    if trade.lots < trade.by_priority:
        back = told_shares((trade.by_priority - trade.lots) * lot)
        return Reason.GAVE_BACK, f"gave {back} back, so that the plan as a whole ends closer"
    reason = Reason.LEVERAGE_CAP if decided.floor.set_by_leverage else Reason.NO_CASH_LEFT
    grains = decided.valuation.grains
    needs, left = told_apart(grains, _next_step(trade), decided.left)
    if trade.lots == 0:
        return reason, f"needs {needs}, {left} left above the cash floor"
    done, full = plain(trade.lots * lot), told_shares(trade.candidate.nearest * lot)
    short = f"{done} of {full}, the next needs {needs}"
    return reason, f"{short}, {left} left above the cash floor"


def _next_step(trade: Trade) -> int:
    candidate = trade.candidate
    lots = 1 if trade.lots else min(candidate.min_lots, candidate.nearest)
    return lots * candidate.holding.lot_value


def _kept_row(owned: Owned) -> PlanRow:
    return PlanRow(
        symbol=owned.symbol,
        con_id=owned.position.con_id,
        held=owned.position.quantity,
        price=owned.quote.price,
        reason=Reason.KEPT_UNLISTED,
        note="; ".join(_price_notes(owned.quote)),
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


def _cash_row(decided: Decided, weight: Decimal, managed: Decimal) -> PlanRow:
    dollars = decided.valuation.grains.dollars
    return PlanRow(
        symbol=CASH,
        con_id=None,
        held=dollars(decided.valuation.cash),
        price=ONE,
        target_weight=weight,
        managed=managed,
        cash_after=dollars(decided.sized.cash_after),
        reason=Reason.CASH_FOLLOWS,
    )
