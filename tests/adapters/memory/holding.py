"""One account with holdings, one of them of a symbol that the model does not list."""

from datetime import datetime
from decimal import Decimal

from attrs import evolve

from rebalancer_core.values.account import CashBalance, Position, Quote, QuoteKind, Snapshot
from rebalancer_core.values.instruments import ConId, Symbol
from tests.adapters.memory.played import SAVED, SPY

_OLD = Quote(
    con_id=ConId(9),
    symbol=Symbol("OLD"),
    price=Decimal(100),
    kind=QuoteKind.LAST,
    as_of=SAVED.as_of,
)


def holding(cash: str, *, spy: str = "0", old: str = "0", at: datetime = SAVED.as_of) -> Snapshot:
    """USD cash and these shares: SPY at $600, and OLD, which is not listed, at $100."""
    held = ((ConId(1), SPY, spy), (ConId(9), Symbol("OLD"), old))
    account = evolve(
        SAVED.accounts[0],
        as_of=at,
        cash=(CashBalance(currency="USD", amount=Decimal(cash)),),
        positions=tuple(
            Position(
                con_id=con_id,
                symbol=symbol,
                security_type="STK",
                currency="USD",
                quantity=Decimal(quantity),
            )
            for con_id, symbol, quantity in held
            if Decimal(quantity)
        ),
    )
    quotes = (each for each in (*SAVED.quotes, _OLD) if isinstance(each, Quote))
    return Snapshot(
        as_of=at, accounts=(account,), quotes=tuple(evolve(each, as_of=at) for each in quotes)
    )
