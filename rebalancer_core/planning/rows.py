"""Rows: every holding, every target, what is left out, and CASH last, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from rebalancer_core.values.money import ONE, ZERO, plain, quotient
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
    told = {t.candidate.holding.symbol: _trade_row(t, decided) for t in decided.sized.trades}
    told |= {s.holding.symbol: _aside_row(s, valuation) for s in decided.screened.aside}
    # In total_drift mode a few of the candidates may be enough.
    spared = decided.screened.candidates[len(decided.sized.trades) :]
    told |= {c.holding.symbol: _aside_row(_not_needed(c), valuation) for c in spared}
    return (
        *(told[holding.symbol] for holding in valuation.holdings),
        *(_kept_row(owned) for owned in valuation.kept),
        *(_left_out_row(position) for position in valuation.left_out),
        *(_foreign_cash_row(balance) for balance in foreign_cash(snapshot)),
        _cash_row(decided, cash_weight),
    )


def planned_orders(decided: Decided) -> tuple[PlannedOrder, ...]:
    """Sells first, then buys, each by |drift| descending, then symbol."""
    trades, lot = decided.sized.trades, decided.valuation.lot
    sells = (t for t in trades if t.lots and t.candidate.holding.gap < 0)
    buys = (t for t in trades if t.lots and t.candidate.holding.gap > 0)
    return (*_orders(sells, Side.SELL, lot), *_orders(buys, Side.BUY, lot))


def shares(lots: int, lot: Decimal) -> Decimal:
    """Lots as a quantity, without trailing zeros.

    >>> shares(12, ONE), shares(12500, Decimal("0.0001"))
    (Decimal('12'), Decimal('1.25'))
    """
    return Decimal(lots) if lot is ONE else Decimal(plain(lots * lot))


def _orders(trades: Iterable[Trade], side: Side, lot: Decimal) -> Iterator[PlannedOrder]:
    for trade in trades:
        quote = trade.candidate.holding.quote
        if isinstance(quote, Quote):
            yield PlannedOrder(
                con_id=quote.con_id,
                symbol=trade.candidate.holding.symbol,
                side=side,
                quantity=shares(trade.lots, lot),
                price=quote.price,
            )


def _trade_row(trade: Trade, decided: Decided) -> PlanRow:
    reason, note = _shortfall(trade, decided)
    return _holding_row(trade.candidate.holding, decided.valuation, trade.lots, reason, note)


def _aside_row(aside: SetAside, valuation: Valuation) -> PlanRow:
    return _holding_row(aside.holding, valuation, 0, aside.reason, aside.note)


def _not_needed(candidate: Candidate) -> SetAside:
    return SetAside(
        holding=candidate.holding,
        reason=Reason.PORTFOLIO_WITHIN_BAND,
        note="the portfolio is back inside its band without it",
    )


def _holding_row(
    holding: Holding, valuation: Valuation, lots: int, reason: Reason | None, note: str
) -> PlanRow:
    grains, managed = valuation.grains, valuation.managed
    current = after = quotient(holding.value, managed)
    action, quantity, value = Action.NONE, ZERO, ZERO
    if lots:
        moved = lots * holding.lot_value
        is_buy = holding.gap > 0
        after = quotient(holding.value + (moved if is_buy else -moved), managed)
        action = Action.BUY if is_buy else Action.SELL
        quantity, value = shares(lots, valuation.lot), grains.dollars(moved)
    return PlanRow(
        symbol=holding.symbol,
        con_id=holding.con_id,
        held=holding.held,
        price=holding.quote.price if isinstance(holding.quote, Quote) else None,
        target_weight=holding.weight,
        current_weight=current,
        drift=quotient(-holding.gap, managed),
        drift_usd=grains.dollars(-holding.gap),
        action=action,
        quantity=quantity,
        value_usd=value,
        after_weight=after,
        reason=reason,
        note=_note(note, holding.quote),
    )


def _note(note: str, quote: Quote | Unpriced | None) -> str:
    told = _price_notes(quote)
    if not told:
        return note
    others = [words for words in told if words != note]
    return "; ".join([note, *others] if note else others)


def _price_notes(quote: Quote | Unpriced | None) -> tuple[str, ...]:
    """What people are told about a price, whether or not it keeps the row from trading."""
    if not isinstance(quote, Quote) or not (quote.block or quote.note or quote.delayed):
        return ()
    block = quote.block.value if quote.block else ""
    delayed = "delayed price" if quote.delayed and block != "delayed price" else ""
    return tuple(words for words in (block, quote.note, delayed) if words)


def _shortfall(trade: Trade, decided: Decided) -> tuple[Reason | None, str]:
    """Why a candidate trades less than the nearest lot, in words."""
    if trade.lots == trade.candidate.nearest:
        return None, ""
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


def _cash_row(decided: Decided, weight: Decimal) -> PlanRow:
    valuation, after = decided.valuation, decided.sized.cash_after
    return PlanRow(
        symbol=CASH,
        con_id=None,
        is_cash=True,
        held=valuation.grains.dollars(valuation.cash),
        price=ONE,
        target_weight=weight,
        current_weight=quotient(valuation.cash, valuation.managed),
        drift=quotient(-valuation.cash_gap, valuation.managed),
        drift_usd=valuation.grains.dollars(-valuation.cash_gap),
        quantity=ZERO,
        after_weight=quotient(after, valuation.managed),
        reason=Reason.CASH_FOLLOWS,
    )
