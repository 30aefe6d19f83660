"""Why an order did not leave, or a buy of fewer shares: the last gate, cash, hours and prices."""

from __future__ import annotations

from rebalancer_core.messages.safety import explain_size
from rebalancer_core.safety.account_moves import UnexpectedPosition
from rebalancer_core.safety.buy_facts import (
    ClosedNow,
    FewerShares,
    NoHours,
    NoneAffordable,
    NoQuote,
    NoTradingPrice,
    OffMidpoint,
    PriceBlocked,
    WhyFewer,
    WhyUnusable,
)
from rebalancer_core.safety.free_cash import CashTooLow, CostUnknown, SharesTooFew, WhyNotFunded
from rebalancer_core.safety.rules import (
    BeyondThePlan,
    LastRule,
    OrdersUsedUp,
    OrderTooLarge,
    SentBefore,
    WrongAccount,
)
from rebalancer_core.values.money import in_percent, plain, usd


def explain_last_rule(rule: LastRule) -> str:
    """Why an order of an approved plan may not go on the wire.

    >>> explain_last_rule(OrdersUsedUp(at_most=50))
    'max_orders = 50 were already sent'
    """
    match rule:
        case WrongAccount(account_id=account_id):
            return f"{account_id} is not the account of the approved plan"
        case SentBefore(order_ref=ref):
            return f"{ref} was already sent"
        case BeyondThePlan(symbol=symbol, quantity=quantity, left=left, approved=approved):
            return (
                f"{plain(quantity)} {symbol} is more than the"
                f" {plain(left)} left of the approved {plain(approved)}"
            )
        case OrdersUsedUp(at_most=at_most):
            return f"max_orders = {at_most} were already sent"
        case OrderTooLarge():
            return explain_size(rule)


def explain_not_funded(why: WhyNotFunded) -> str:
    """What an order lacks: cash, shares, or a cost that can be named."""
    match why:
        case CashTooLow(symbol=symbol, quantity=quantity, cost_usd=cost, left_usd=left):
            return (
                f"no cash left: {plain(quantity)} {symbol} cost {usd(cost, 2)},"
                f" {usd(left, 2)} free above the cash floor"
            )
        case SharesTooFew(symbol=symbol, quantity=quantity, free=free):
            return (
                f"cannot sell {plain(quantity)} {symbol}: only {plain(free)} shares are available"
            )
        case CostUnknown(symbol=symbol):
            return f"an open order buys {symbol} without a limit, and {symbol} has no ask"


def explain_fewer(why: WhyFewer) -> str:
    """Why a buy leaves with fewer shares than planned, or not at all."""
    match why:
        case NoneAffordable(left_usd=left):
            return f"no cash left: {usd(left, 2)} free above the cash floor for all buys"
        case FewerShares(symbol=symbol, quantity=quantity, planned=planned, left_usd=left):
            return (
                f"fewer shares of {symbol}: {plain(quantity)} of {plain(planned)},"
                f" {usd(left, 2)} free above the cash floor for all buys"
            )
        case NoHours(symbol=symbol):
            return f"IBKR returned no trading hours of {symbol}"
        case ClosedNow(opens=opens):
            when = f", opens {opens:%a %Y-%m-%d %H:%M} UTC" if opens else ""
            return f"the market is closed{when}"
        case CostUnknown():
            return explain_not_funded(why)
        case _:
            return _explain_unusable(why)


def _explain_unusable(why: WhyUnusable) -> str:
    match why:
        case NoQuote():
            return "no price: no quote received"
        case NoTradingPrice(detail=detail):
            return f"no price: {detail}"
        case PriceBlocked(block=block, note=note):
            return f"{block.value}: {note}" if note else block.value
        case OffMidpoint(price=price, middle=middle, apart=apart):
            return (
                f"the price {plain(price)} is {in_percent(apart, 1)} %"
                f" from the midpoint {plain(middle)}"
            )


def explain_position(differs: UnexpectedPosition) -> str:
    """What is held of a symbol, and what our own fills come to."""
    return f"{differs.symbol} is {plain(differs.found)}, expected {plain(differs.expected)} shares"
