"""How a command ends that ends with another code than 0: what happened, and what to run next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from attrs import frozen

from rebalancer_cli.exits import Exit
from rebalancer_cli.screen.next_step import config_flag
from rebalancer_core.messages import counted
from rebalancer_core.orders.record import OrderOutcome, OrderStatus
from rebalancer_core.reporting.summary import AccountReport, AccountStatus

_MAY_BE_LIVE = frozenset({OrderStatus.UNKNOWN, OrderStatus.SUBMITTED})
_FINE = frozenset({AccountStatus.DONE, AccountStatus.NOTHING_TO_DO, AccountStatus.PREVIEWED})


@frozen(kw_only=True)
class RunEnd:
    """How a run ended. `page` is the path of its page, `unwritten` a sentence a lost file.

    `of_saved_plan`: it was to send a plan file.
    """

    code: Exit
    of_saved_plan: bool = False
    reports: tuple[AccountReport, ...] = ()
    run_id: str = ""
    page: str = ""
    unwritten: tuple[str, ...] = ()


def render_end(end: RunEnd, config: Path) -> tuple[str, ...]:
    """Lines for the end of a run, the last one with the command that follows."""
    page = (f"Page of run {end.run_id}: {end.page}",) if end.page else ()
    say = _ENDINGS.get(end.code)
    return page if say is None else (*page, say(end, config_flag(config)))


def _bug(end: RunEnd, flag: str) -> str:
    return f"Stopped by a bug in run {end.run_id}: rebalance status{flag}"


def _invalid(_end: RunEnd, flag: str) -> str:
    return f"Nothing was traded: rebalance validate-portfolios{flag}"


def _no_data(_end: RunEnd, flag: str) -> str:
    return f"No account could be read, nothing was traded: rebalance doctor --connect-only{flag}"


def _refused(end: RunEnd, flag: str) -> str:
    refused = f"Refused, nothing was traded ({_named(end.reports)})"
    if end.of_saved_plan:
        return f"{refused}: rebalance plan{flag}"
    # What a rule says, the fix behind the arrow.
    fixes = {report.error.rpartition(" -> ")[2] for report in end.reports if " -> " in report.error}
    if len(fixes) == 1:
        return f"{refused}: {fixes.pop()}; then rebalance run{flag}"
    return f"{refused}: rebalance doctor{flag}"


def _partial(end: RunEnd, flag: str) -> str:
    left = tuple(each for each in end.reports if each.status not in _FINE)
    if not _has_traded(end):
        return f"Not complete ({_named(left)}): rebalance doctor{flag}"
    return f"Not complete ({_named(left)}): rebalance report {end.run_id}{flag}"


def _unknown(end: RunEnd, flag: str) -> str:
    live = [each for report in end.reports for each in _orders(report, _MAY_BE_LIVE)]
    what = counted(len(live), "order") if live else "orders"
    return f"{what} may be live at IBKR: rebalance recover{flag}"


def _unreported(end: RunEnd, flag: str) -> str:
    lost = "; ".join(end.unwritten)
    return f"Traded, and not all of it is written ({lost}): rebalance report {end.run_id}{flag}"


def _wanted(_end: RunEnd, flag: str) -> str:
    return f"Trades are wanted: rebalance run{flag}"


def _interrupted(end: RunEnd, flag: str) -> str:
    cancelled = _count(end, OrderStatus.CANCELLED) + _count(end, OrderStatus.PARTIALLY_FILLED)
    filled = _count(end, OrderStatus.FILLED)
    if not _has_traded(end):
        return f"Interrupted, nothing was sent: rebalance status{flag}"
    done = f"{counted(cancelled, 'order')} cancelled, {filled} filled"
    return f"Interrupted, {done}: rebalance status{flag}"


_ENDINGS: Mapping[Exit, Callable[[RunEnd, str], str]] = MappingProxyType(
    {
        Exit.BUG: _bug,
        Exit.INVALID_INPUT: _invalid,
        Exit.NO_DATA: _no_data,
        Exit.REFUSED: _refused,
        Exit.PARTIAL: _partial,
        Exit.UNKNOWN_OUTCOME: _unknown,
        Exit.UNREPORTED: _unreported,
        Exit.TRADES_WANTED: _wanted,
        Exit.INTERRUPTED: _interrupted,
    }
)


def _named(reports: tuple[AccountReport, ...]) -> str:
    return "; ".join(map(_name, reports)) or "every account"


def _name(report: AccountReport) -> str:
    """An account with the orders of it that are not filled."""
    others = frozenset(OrderStatus) - {OrderStatus.FILLED}
    symbols = ", ".join(each.ticket.symbol for each in _orders(report, others))
    return f"{report.account_id}: {symbols}" if symbols else report.account_id


def _orders(report: AccountReport, statuses: frozenset[OrderStatus]) -> tuple[OrderOutcome, ...]:
    """Its orders that ended so, without those that another one replaced."""
    outcomes = report.record.outcomes if report.record else ()
    return tuple(e for e in outcomes if e.status in statuses and e.replaced_by is None)


def _count(end: RunEnd, status: OrderStatus) -> int:
    return sum(len(_orders(report, frozenset({status}))) for report in end.reports)


def _has_traded(end: RunEnd) -> bool:
    return any(report.record is not None for report in end.reports)
