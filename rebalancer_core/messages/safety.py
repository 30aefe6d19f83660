"""The safety rules that a plan breaks, and what to do about each."""

from __future__ import annotations

from rebalancer_core.messages.flow import cannot_raise, invested_before
from rebalancer_core.safety.consents import ConsentRules
from rebalancer_core.safety.limits import StatedViolation
from rebalancer_core.safety.row_reasons import MARKET_CLOSED
from rebalancer_core.safety.rules import (
    CannotRaise,
    DeclinedToday,
    HoursUnknown,
    LiveInPaperMode,
    MarketShut,
    OpenOrdersHidden,
    OrderPending,
    OrderTooLarge,
    PortMismatch,
    Rule,
    SaleTooLarge,
    TooManyOrders,
    Unattended,
    UnattendedBesideKept,
    UnattendedCapSells,
    UnattendedLive,
    UnattendedSecondInvestment,
    UnattendedTurnover,
    Violation,
)
from rebalancer_core.values.first_connection import FirstConnection
from rebalancer_core.values.money import in_percent, plain, usd

READ_ONLY_API = (
    "open orders are not visible: Read-Only API is on; nothing can be sent"
    f" -> switch it off in the gateway; {FirstConnection.READ_ONLY_API.place}"
)


def stated(violation: Violation) -> StatedViolation:
    """The violation in words."""
    return StatedViolation(
        sentence=explain_rule(violation.rule), reason=violation.reason, con_id=violation.con_id
    )


def explain_rule(rule: Rule) -> str:
    """What breaks the rule, and what to do about it.

    >>> explain_rule(TooManyOrders(orders=51, at_most=50))
    '51 orders exceed max_orders = 50'
    """
    match rule:
        case LiveInPaperMode() | PortMismatch():
            return _explain_mode(rule)
        case (
            UnattendedLive()
            | UnattendedTurnover()
            | UnattendedCapSells()
            | UnattendedBesideKept()
            | UnattendedSecondInvestment()
        ):
            return f"{_unattended(rule)} -> {_instead(rule)}"
        case CannotRaise(amount=amount, most=most):
            return cannot_raise(amount, most)
        case TooManyOrders(orders=orders, at_most=at_most):
            return f"{orders} orders exceed max_orders = {at_most}"
        case OpenOrdersHidden():
            return READ_ONLY_API
        case _:
            return f"{rule.symbol}: {_explain_symbol(rule)}"


def explain_size(rule: OrderTooLarge) -> str:
    """What an order is worth, and its limit."""
    return f"{usd(rule.value_usd)} is over max_order_usd = {plain(rule.at_most_usd)}"


def explain_consent(rules: ConsentRules) -> str:
    """What a run will want in place of a plain yes, and why; empty where a y will do (R 7.3.16).

    >>> explain_consent(ConsentRules(typed=(UnattendedLive(),)))
    'type the account id in place of y: this is a live account'
    """
    typed, refused = _reasons(rules.typed), _reasons(rules.refused)
    if typed and typed == refused:
        return f"type the account id in place of y, and --yes will be refused: {typed}"
    return ", and ".join(
        (
            *((f"type the account id in place of y: {typed}",) if typed else ()),
            *((f"--yes will be refused: {refused}",) if refused else ()),
        )
    )


def to_trade(wanted: str) -> str:
    """What `explain_consent` says, as a note of the account."""
    return f"to trade: {wanted}"


def _reasons(rules: tuple[Unattended, ...]) -> str:
    return " and ".join(map(_asks_for_a_person, rules))


def _explain_mode(rule: LiveInPaperMode | PortMismatch) -> str:
    if isinstance(rule, LiveInPaperMode):
        return (
            f"{rule.account_id} is a live account and [safety] mode = paper"
            " -> use a paper account, or set mode = live"
        )
    kind, usual = ("paper", "4002 or 7497") if rule.is_paper else ("live", "4001 or 7496")
    return (
        f"port {rule.port} and {rule.account_id} do not fit: a {kind} account is behind"
        f" {usual} -> fix [ibkr] port or [accounts] ids"
    )


def _unattended(rule: Unattended) -> str:
    if isinstance(rule, UnattendedLive):
        return "--yes on a live account needs [safety] allow_unattended_live = true"
    return _asks_for_a_person(rule)


def _asks_for_a_person(rule: Unattended) -> str:
    match rule:
        case UnattendedLive():
            return "this is a live account"
        case UnattendedCapSells(symbols=symbols):
            return f"the leverage cap asks to sell {', '.join(symbols)} inside the band"
        case UnattendedBesideKept(cash=cash):
            return f"USD cash is {usd(cash)} beside holdings that are kept"
        case UnattendedSecondInvestment(first=first):
            return invested_before(first)
        case UnattendedTurnover(turnover=turnover, at_most_pct=at_most):
            return (
                f"turnover {in_percent(turnover, 1)} % is over max_turnover_pct = {plain(at_most)}"
            )


def _instead(rule: Unattended) -> str:
    typed = not isinstance(rule, UnattendedLive | UnattendedCapSells)
    return "run without --yes and type the account id" if typed else "run without --yes"


def _explain_symbol(
    rule: OrderTooLarge | OrderPending | SaleTooLarge | HoursUnknown | MarketShut | DeclinedToday,
) -> str:
    match rule:
        case OrderTooLarge():
            return explain_size(rule)
        case OrderPending(side=side, remaining=remaining, more=more):
            others = f" and {more} more" if more else ""
            return (
                f"an open order ({side} {plain(remaining)}){others} at the broker"
                " -> wait for it or cancel it, then run again"
            )
        case SaleTooLarge(quantity=quantity, free=free):
            return f"cannot sell {plain(quantity)} shares, only {plain(free)} are available"
        case HoursUnknown():
            return "IBKR returned no trading hours"
        case MarketShut(opens=opens):
            when = f"opens {opens:%a %Y-%m-%d %H:%M} UTC" if opens else "no opening is named"
            return f"{MARKET_CLOSED}{when}"
        case DeclinedToday(side=side):
            return (
                f"a {side.value} order was declined in a dialog of the"
                " gateway today -> not sent again before the next trading day, or a restart of the"
                " gateway (rebalance resolve)"
            )
