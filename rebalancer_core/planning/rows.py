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
from rebalancer_core.values.instruments import CASH, Symbol, is_managed
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
    told |= {
        c.holding.symbol: _aside_row(_not_needed(c), valuation)
        for c in decided.screened.candidates
        if c.holding.symbol not in told
    }
    ranked = sorted(valuation.holdings, key=_priority)
    return (
        *(told[holding.symbol] for holding in ranked),
        *(_kept_row(owned) for owned in valuation.kept),
        *(_left_out_row(position) for position in left_out(snapshot)),
        *(_foreign_cash_row(balance) for balance in foreign_cash(snapshot)),
        _cash_row(decided, cash_weight),
    )


def planned_orders(decided: Decided) -> tuple[PlannedOrder, ...]:
    """Sells first, then buys, each by |drift| descending, then symbol."""
    orders = tuple(
        _order(trade, trade.candidate.holding.quote, decided.valuation.lot)
        for trade in decided.sized.trades
        if trade.lots and isinstance(trade.candidate.holding.quote, Quote)
    )
    return (
        *(order for order in orders if order.side is Side.SELL),
        *(order for order in orders if order.side is Side.BUY),
    )


def left_out(snapshot: AccountSnapshot) -> tuple[Position, ...]:
    """Positions that are no USD stock or ETF (SPEC 3.2), sorted by symbol and contract."""
    others = (
        p for p in snapshot.positions if p.quantity and not is_managed(p.security_type, p.currency)
    )
    return tuple(sorted(others, key=_by_contract))


def shares(lots: int, lot: Decimal) -> Decimal:
    """Lots as a quantity, without trailing zeros.

    >>> shares(12, ONE), shares(12500, Decimal("0.0001"))
    (Decimal('12'), Decimal('1.25'))
    """
    return Decimal(lots) if lot is ONE else Decimal(plain(lots * lot))


def _priority(holding: Holding) -> tuple[int, Symbol]:
    return holding.priority


def _by_contract(position: Position) -> tuple[Symbol, int]:
    return position.symbol, position.con_id


def _order(trade: Trade, quote: Quote, lot: Decimal) -> PlannedOrder:
    return PlannedOrder(
        con_id=quote.con_id,
        symbol=trade.candidate.holding.symbol,
        side=Side.BUY if trade.candidate.holding.gap > 0 else Side.SELL,
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
    moved = lots * holding.lot_value
    bought = moved if holding.gap > 0 else -moved
    grains, managed = valuation.grains, valuation.managed
    current = quotient(holding.value, managed)
    return PlanRow(
        symbol=holding.symbol,
        con_id=holding.con_id,
        held=holding.held,
        price=holding.quote.price if isinstance(holding.quote, Quote) else None,
        target_weight=holding.weight,
        current_weight=current,
        drift=quotient(-holding.gap, managed),
        drift_usd=grains.dollars(-holding.gap),
        action=_action(bought),
        quantity=shares(lots, valuation.lot) if lots else ZERO,
        value_usd=grains.dollars(moved) if lots else ZERO,
        after_weight=quotient(holding.value + bought, managed) if lots else current,
        reason=reason,
        note=_note(note, holding.quote),
    )


def _action(bought: int) -> Action:
    if bought == 0:
        return Action.NONE
    return Action.BUY if bought > 0 else Action.SELL


def _note(note: str, quote: Quote | Unpriced | None) -> str:
    others = [words for words in _price_notes(quote) if words != note]
    return "; ".join([note, *others] if note else others) if others else note


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
