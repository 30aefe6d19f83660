"""One account with holdings, one of them of a symbol that the model does not list."""

from decimal import Decimal

from attrs import evolve

from rebalancer_core.values.account import CashBalance, Position, Quote, QuoteKind, Snapshot
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from tests.adapters.memory.played import IEF, ONE, SAVED, SPY

_OLD = Quote(
    con_id=ConId(9),
    symbol=Symbol("OLD"),
    price=Decimal(100),
    kind=QuoteKind.LAST,
    as_of=SAVED.as_of,
)


def holding(
    cash: str, *, spy: str = "0", ief: str = "0", old: str = "0", account_id: AccountId = ONE
) -> Snapshot:
    """USD cash and these shares: SPY at $600, IEF at $95, OLD, which is not listed, at $100."""
    held = ((ConId(1), SPY, spy), (ConId(2), IEF, ief), (ConId(9), Symbol("OLD"), old))
    account = evolve(
        SAVED.accounts[0],
        account_id=account_id,
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
    return Snapshot(as_of=SAVED.as_of, accounts=(account,), quotes=(*SAVED.quotes, _OLD))
