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
    skipped,
    warning,
)
from rebalancer_core.messages.doctor import gateway as facts
from rebalancer_core.messages.doctor.fact import Faulted
from rebalancer_core.reporting.failures import status_for
from rebalancer_core.reporting.summary import AccountStatus
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import AccountFault, BrokerFault, RunError
from rebalancer_core.values.instruments import AccountId
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
# The broker states whole seconds: a smaller difference is none.
_TOLERATED_CLOCK = timedelta(seconds=3)

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
        connected = facts.Connected(
            host=gateway.host, port=gateway.port, client_id=gateway.client_id
        )
        return (ok(Check.GATEWAY, connected),)
    return (
        problem(Check.GATEWAY, Faulted(error=fault), Consequence.NO_DATA),
        *(skipped(check, facts.NotReached()) for check in NEEDS_GATEWAY),
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
    consequence = Consequence.NO_DATA if failed else Consequence.REFUSED
    return problem(check, Faulted(error=error), consequence)


def _api_version(version: int) -> Finding:
    spoken = facts.ApiVersion(version=version)
    if version == TESTED_API_VERSION:
        return ok(Check.API_VERSION, spoken)
    untested = facts.UntestedApiVersion(spoken=spoken, tested=TESTED_API_VERSION)
    return warning(Check.API_VERSION, untested)


def _clock(ahead: timedelta | Failed[BrokerFault]) -> Finding:
    if isinstance(ahead, Failed):
        return fault_of(Check.CLOCK, ahead.error)
    if abs(ahead) <= _TOLERATED_CLOCK:
        return ok(Check.CLOCK, facts.ClocksAgree())
    return warning(Check.CLOCK, facts.ClocksDiffer(ahead=ahead))


def _read_only_api(heard: Heard) -> Finding:
    if any(_is_read_only(found) for _, found in heard.snapshots):
        return problem(Check.READ_ONLY_API, facts.ReadOnlyApi(), Consequence.REFUSED)
    if any(isinstance(found, AccountSnapshot) for _, found in heard.snapshots):
        return ok(Check.READ_ONLY_API, facts.OrdersVisible())
    return skipped(Check.READ_ONLY_API, facts.NoAccountRead())


def _is_read_only(found: Told) -> bool:
    return isinstance(found, AccountSnapshot) and not found.open_orders_visible


def _accounts(heard: Heard) -> tuple[Finding, ...]:
    known = heard.known
    if isinstance(known, Failed):
        return (fault_of(Check.ACCOUNTS, known.error),)
    wanted = heard.wanted
    managed = tuple(each for each in wanted if each in known)
    others = tuple(each for each in known if each not in wanted)
    ours = facts.Managed(managed=managed, others=others)
    return (
        *((ok(Check.ACCOUNTS, ours),) if managed else ()),
        *(
            problem(
                Check.ACCOUNTS,
                facts.NotManaged(account_id=each, known=known),
                Consequence.NO_DATA,
            )
            for each in wanted
            if each not in known
        ),
    )


def _ledgers(heard: Heard) -> tuple[Finding, ...]:
    if not heard.snapshots:
        return (skipped(Check.LEDGER, facts.NoneManaged()),)
    return tuple(_ledger(found) for _, found in heard.snapshots)


def _ledger(found: Told) -> Finding:
    if isinstance(found, AccountSnapshot):
        return _account(found)
    return fault_of(Check.LEDGER, found.error)


def _account(found: AccountSnapshot) -> Finding:
    account = facts.AccountRead(
        account_id=found.account_id,
        base_currency=found.base_currency,
        cash=found.usd_cash,
        positions=len(found.positions),
    )
    if not found.open_orders:
        return ok(Check.LEDGER, account)
    busy = facts.OpenOrders(account=account, orders=len(found.open_orders))
    return warning(Check.LEDGER, busy)
