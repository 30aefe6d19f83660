"""Verdicts on what the gateway said, each by itself: clock, accounts, prices, hours. Pure."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from rebalancer_core.application.doctor.findings import (
    Check,
    Consequence,
    Finding,
    ok,
    problem,
    problem_said,
    skipped,
    warning,
)
from rebalancer_core.messages import counted, explain
from rebalancer_core.reporting.failures import status_for
from rebalancer_core.reporting.summary import AccountStatus
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import AccountFault, BrokerFault, BrokerRefused, RunError
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import usd
from rebalancer_core.values.results import Failed
from rebalancer_core.values.settings import RunSettings

NEEDS_GATEWAY = (
    Check.API_VERSION,
    Check.CLOCK,
    Check.READ_ONLY_API,
    Check.ACCOUNTS,
    Check.LEDGER,
    Check.MARKET_DATA,
    Check.MARKET_HOURS,
)
TESTED_API_VERSION = 178
ASK_AGAIN = "ask again: a gateway that starts or reconnects answers late (docs/runbook.md, exit 4)"
# The broker states whole seconds: a smaller difference is none.
_TOLERATED_CLOCK = timedelta(seconds=3)
_READ_ONLY = 321

Told = AccountSnapshot | Failed[BrokerFault | AccountFault]


@frozen(kw_only=True)
class Heard:
    """What one session heard of clock and accounts; each answer may be a fault of its own.

    `ahead` is the broker's clock minus this computer's, `wanted` the accounts of the settings;
    `snapshots` has an entry for each of them that the gateway manages.
    """

    api_version: int
    ahead: timedelta | Failed[BrokerFault]
    known: tuple[AccountId, ...] | Failed[BrokerFault]
    wanted: tuple[AccountId, ...]
    snapshots: tuple[tuple[AccountId, Told], ...]


def judge_connection(settings: RunSettings, fault: BrokerFault | None) -> tuple[Finding, ...]:
    """Whether a session was opened; without one, what could not be looked at."""
    gateway = settings.gateway
    if fault is None:
        place = f"{gateway.host}:{gateway.port} as client {gateway.client_id}"
        return (ok(Check.GATEWAY, f"connected to {place}, to read"),)
    return (
        problem_said(Check.GATEWAY, explain(fault), ASK_AGAIN, Consequence.NO_DATA),
        *(skipped(check, "the gateway was not reached") for check in NEEDS_GATEWAY),
    )


def judge_session(heard: Heard) -> tuple[Finding, ...]:
    """API version, clock, Read-Only API, accounts and ledgers."""
    return (
        _api_version(heard.api_version),
        _clock(heard.ahead),
        _read_only_api(heard),
        *_accounts(heard),
        *_ledgers(heard),
    )


def fault_of(check: Check, error: RunError) -> Finding:
    """The problem that this error is; its code is the one a run would end with."""
    failed = status_for(error) is AccountStatus.FAILED
    return problem_said(
        check, explain(error), ASK_AGAIN, Consequence.NO_DATA if failed else Consequence.REFUSED
    )


def _api_version(version: int) -> Finding:
    words = f"version {version} of the wire protocol"
    if version == TESTED_API_VERSION:
        return ok(Check.API_VERSION, words)
    mend = f"update TWS or IB Gateway; this program is tested with {TESTED_API_VERSION}"
    return warning(Check.API_VERSION, words, mend)


def _clock(ahead: timedelta | Failed[BrokerFault]) -> Finding:
    if isinstance(ahead, Failed):
        return fault_of(Check.CLOCK, ahead.error)
    if abs(ahead) <= _TOLERATED_CLOCK:
        return ok(Check.CLOCK, "this computer's clock and the broker's agree")
    side = "behind" if ahead > timedelta(0) else "ahead of"
    words = f"this computer's clock is {_span(abs(ahead))} {side} the broker's"
    return warning(
        Check.CLOCK, words, "set it; prices are judged by the broker's, records are named by yours"
    )


def _span(time: timedelta) -> str:
    """A stretch of time for people, in its largest unit.

    >>> _span(timedelta(seconds=9)), _span(timedelta(minutes=90)), _span(timedelta(days=4))
    ('9 s', '90 min', '96 h')
    """
    seconds = int(time.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def _read_only_api(heard: Heard) -> Finding:
    if any(_is_read_only(found) for _, found in heard.snapshots):
        words = "the gateway's Read-Only API is on: it tells no open orders and takes no order"
        mend = "switch off Read-Only API in the gateway's API settings"
        return problem(Check.READ_ONLY_API, words, mend, Consequence.NO_DATA)
    if any(isinstance(found, AccountSnapshot) for _, found in heard.snapshots):
        words = "the gateway's Read-Only API is off, as far as reading shows: it tells open orders"
        return ok(Check.READ_ONLY_API, words)
    return skipped(Check.READ_ONLY_API, "no account could be read")


def _is_read_only(found: Told) -> bool:
    return (
        isinstance(found, Failed)
        and isinstance(found.error, BrokerRefused)
        and found.error.code == _READ_ONLY
        and found.error.request == "open orders"
    )


def _accounts(heard: Heard) -> tuple[Finding, ...]:
    known = heard.known
    if isinstance(known, Failed):
        return (fault_of(Check.ACCOUNTS, known.error),)
    wanted = heard.wanted
    managed = tuple(each for each in wanted if each in known)
    others = tuple(each for each in known if each not in wanted)
    besides = f" (and {', '.join(others)}, not in [accounts] ids)" if others else ""
    return (
        *((ok(Check.ACCOUNTS, f"managed: {', '.join(managed)}{besides}"),) if managed else ()),
        *(
            problem(
                Check.ACCOUNTS,
                f"this gateway does not manage {each}; it manages: {', '.join(known) or 'none'}",
                "mend [accounts] ids, or log in as the user of that account",
                Consequence.NO_DATA,
            )
            for each in wanted
            if each not in known
        ),
    )


def _ledgers(heard: Heard) -> tuple[Finding, ...]:
    if not heard.snapshots:
        return (skipped(Check.LEDGER, "the gateway manages no account of [accounts] ids"),)
    return tuple(_ledger(account_id, found) for account_id, found in heard.snapshots)


def _ledger(account_id: AccountId, found: Told) -> Finding:
    if isinstance(found, AccountSnapshot):
        return _account(found)
    if _is_read_only(found):
        return skipped(Check.LEDGER, f"{account_id}: not read, see {Check.READ_ONLY_API.value}")
    return fault_of(Check.LEDGER, found.error)


def _account(found: AccountSnapshot) -> Finding:
    held = counted(len(found.positions), "position")
    words = (
        f"{found.account_id}: base currency {found.base_currency},"
        f" cash {usd(found.usd_cash, 2)}, {held}"
    )
    if not found.open_orders:
        return ok(Check.LEDGER, words)
    orders = counted(len(found.open_orders), "open order")
    mend = "a run trades none of their symbols: wait for them, or cancel them"
    return warning(Check.LEDGER, f"{words}, {orders}", mend)
