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
from rebalancer_core.application.doctor.targets import AccountTargets
from rebalancer_core.messages.doctor import gateway as facts
from rebalancer_core.messages.doctor.fact import Faulted
from rebalancer_core.orders.tickets import OWN_PREFIX
from rebalancer_core.ports import ReadingSession
from rebalancer_core.reporting.failures import status_for
from rebalancer_core.reporting.summary import AccountStatus
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import AccountFault, BrokerFault, RunError
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.policy import OnOpenOrders
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
    Check.WHAT_IF,
)
TESTED_API_VERSION = 178
# The broker states whole seconds: a smaller difference is none.
_TOLERATED_CLOCK = timedelta(seconds=3)

Told = AccountSnapshot | Failed[BrokerFault | AccountFault]


@frozen(kw_only=True)
class Heard:
    """What one session heard of clock and accounts; each answer may be a fault of its own.

    `ahead` is the broker's clock minus this computer's, `wanted` the accounts of the settings with
    their `targets`; `snapshots` has an entry for each of them that the gateway manages.
    """

    api_version: int
    ahead: timedelta | Failed[BrokerFault]
    known: tuple[AccountId, ...] | Failed[BrokerFault]
    wanted: tuple[AccountId, ...]
    snapshots: tuple[tuple[AccountId, Told], ...]
    targets: tuple[AccountTargets, ...] = ()
    on_open_orders: OnOpenOrders = OnOpenOrders.REFUSE

    def in_the_way(self, found: AccountSnapshot) -> tuple[Symbol, ...]:
        """The targets with an open order, which a run refuses to trade beside it."""
        cancelled = self.on_open_orders is OnOpenOrders.CANCEL_OWN
        wanted = {s for t in self.targets if t.account_id == found.account_id for s in t.symbols}
        busy = {
            order.symbol
            for order in found.open_orders
            if not (cancelled and order.order_ref.startswith(OWN_PREFIX))
        }
        return tuple(sorted(wanted & busy))


def judge_connection(
    settings: RunSettings, session: ReadingSession | Failed[BrokerFault]
) -> tuple[Finding, ...]:
    """Whether a session was opened; without one, what could not be looked at."""
    if isinstance(session, Failed):
        return (
            problem(Check.GATEWAY, Faulted(error=session.error), Consequence.NO_DATA),
            *(skipped(check, facts.NotReached()) for check in NEEDS_GATEWAY),
        )
    gateway = settings.gateway
    connected = facts.Connected(host=gateway.host, port=gateway.port, client_id=session.client_id)
    return (ok(Check.GATEWAY, connected),)


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


def is_read_only_api(heard: Heard) -> bool:
    """Whether the gateway refused to tell open orders: its Read-Only API is on."""
    return any(_is_read_only(found) for _, found in heard.snapshots)


def _read_only_api(heard: Heard) -> Finding:
    if is_read_only_api(heard):
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
    return tuple(_ledger(found, heard) for _, found in heard.snapshots)


def _ledger(found: Told, heard: Heard) -> Finding:
    if isinstance(found, AccountSnapshot):
        return _account(found, heard.in_the_way(found))
    return fault_of(Check.LEDGER, found.error)


def _account(found: AccountSnapshot, in_the_way: tuple[Symbol, ...]) -> Finding:
    account = facts.AccountRead(
        account_id=found.account_id,
        base_currency=found.base_currency,
        cash=found.usd_cash,
        positions=len(found.positions),
    )
    if not found.open_orders:
        return ok(Check.LEDGER, account)
    busy = facts.OpenOrders(account=account, orders=len(found.open_orders), in_the_way=in_the_way)
    if in_the_way:
        return problem(Check.LEDGER, busy, Consequence.REFUSED)
    return warning(Check.LEDGER, busy)
