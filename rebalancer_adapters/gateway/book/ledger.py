"""Ledger rules: how an execution moves cash and holdings. Plain arithmetic, nothing is rounded."""

from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.gateway.book.records import Holding

_NOTHING = Decimal(0)


@frozen(kw_only=True)
class Booking:
    """The effect of one execution: the new holding, the change of cash, the realised profit."""

    holding: Holding
    cash_change: Decimal
    realized_pnl: Decimal | None


def book_execution(
    holding: Holding,
    *,
    signed_quantity: Decimal,
    price: Decimal,
    multiplier: Decimal,
    commission: Decimal,
) -> Booking:
    """Buying adds the commission to the average cost, as IBKR does; selling realises a profit.

    `signed_quantity` is negative for a sale; amounts are in the currency of the contract.
    """
    quantity = holding.quantity + signed_quantity
    cash_change = -signed_quantity * price * multiplier - commission
    same_direction = holding.quantity * signed_quantity >= 0
    if same_direction:
        cost = holding.quantity * holding.average_cost - cash_change
        average = cost / quantity if quantity else _NOTHING
        return Booking(
            holding=Holding(quantity=quantity, average_cost=average),
            cash_change=cash_change,
            realized_pnl=None,
        )
    turned = holding.quantity * quantity < 0
    closed = -holding.quantity if turned else signed_quantity
    profit = -closed * (price * multiplier - holding.average_cost) - commission
    average = price * multiplier if turned else holding.average_cost
    return Booking(
        holding=Holding(quantity=quantity, average_cost=average if quantity else _NOTHING),
        cash_change=cash_change,
        realized_pnl=profit,
    )
