"""What the gateway said: reached or not, its version, clock, rights and accounts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from attrs import frozen

from rebalancer_core.messages.counting import counted
from rebalancer_core.messages.doctor.fact import Fact
from rebalancer_core.values.first_connection import FirstConnection
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.money import usd


@frozen(kw_only=True)
class Connected(Fact):
    """A session to read was opened."""

    host: str
    port: int
    client_id: int

    @property
    def words(self) -> str:
        return f"connected to {self.host}:{self.port} as client {self.client_id}, to read"


@frozen(kw_only=True)
class NotReached(Fact):
    """Nobody could look: there was no session."""

    @property
    def words(self) -> str:
        return "the gateway was not reached"


@frozen(kw_only=True)
class ApiVersion(Fact):
    """The gateway speaks the tested version of the wire protocol."""

    version: int

    @property
    def words(self) -> str:
        return f"version {self.version} of the wire protocol"


@frozen(kw_only=True)
class UntestedApiVersion(Fact):
    """The gateway speaks another version than the `tested` one."""

    spoken: ApiVersion
    tested: int

    @property
    def words(self) -> str:
        return self.spoken.words

    @property
    def fix(self) -> str:
        return f"update TWS or IB Gateway; this program is tested with {self.tested}"


@frozen(kw_only=True)
class ClocksAgree(Fact):
    """This computer's clock is the broker's."""

    @property
    def words(self) -> str:
        return "this computer's clock and the broker's agree"


@frozen(kw_only=True)
class ClocksDiffer(Fact):
    """`ahead` is the broker's clock minus this computer's."""

    ahead: timedelta

    @property
    def words(self) -> str:
        side = "behind" if self.ahead > timedelta(0) else "ahead of"
        return f"this computer's clock is {_span(abs(self.ahead))} {side} the broker's"

    @property
    def fix(self) -> str:
        return "synchronise the clock; price age uses the broker's clock, file names use yours"


@frozen(kw_only=True)
class ReadOnlyApi(Fact):
    """The gateway's Read-Only API is on."""

    @property
    def words(self) -> str:
        return "the gateway's Read-Only API is on: it tells no open orders and takes no order"

    @property
    def fix(self) -> str:
        return (
            "switch off Read-Only API in the gateway's API settings;"
            f" {FirstConnection.READ_ONLY_API.place}"
        )


@frozen(kw_only=True)
class OrdersVisible(Fact):
    """The gateway's Read-Only API seems to be off."""

    @property
    def words(self) -> str:
        return "Read-Only API appears to be off (open orders are visible)"


@frozen(kw_only=True)
class NoAccountRead(Fact):
    """Nobody could look: no account could be read."""

    @property
    def words(self) -> str:
        return "no account could be read"


@frozen(kw_only=True)
class Managed(Fact):
    """The gateway manages these accounts, and `others` that the settings do not name."""

    managed: tuple[AccountId, ...]
    others: tuple[AccountId, ...]

    @property
    def words(self) -> str:
        besides = f" (and {', '.join(self.others)}, not in [accounts] ids)" if self.others else ""
        return f"managed: {', '.join(self.managed)}{besides}"


@frozen(kw_only=True)
class NotManaged(Fact):
    """The gateway manages `known`, and not this account of the settings."""

    account_id: AccountId
    known: tuple[AccountId, ...]

    @property
    def words(self) -> str:
        known = ", ".join(self.known) or "none"
        return f"this gateway does not manage {self.account_id}; it manages: {known}"

    @property
    def fix(self) -> str:
        return (
            "fix [accounts] ids, or log in as the user of that account;"
            f" {FirstConnection.ADVISORS.place}"
        )


@frozen(kw_only=True)
class NoneManaged(Fact):
    """Nobody could look: the gateway manages none of the accounts."""

    @property
    def words(self) -> str:
        return "the gateway manages no account of [accounts] ids"


@frozen(kw_only=True)
class AccountRead(Fact):
    """What an account holds, in numbers; `cash` in USD."""

    account_id: AccountId
    base_currency: str
    cash: Decimal
    positions: int

    @property
    def words(self) -> str:
        held = counted(self.positions, "position")
        cash = f"base currency {self.base_currency}, cash {usd(self.cash, 2)}"
        return f"{self.account_id}: {cash}, {held}"


@frozen(kw_only=True)
class OpenOrders(Fact):
    """An account as it was read, which has open orders; `in_the_way` are targets that have one."""

    account: AccountRead
    orders: int
    in_the_way: tuple[Symbol, ...] = ()

    @property
    def words(self) -> str:
        orders = f"{self.account.words}, {counted(self.orders, 'open order')}"
        if not self.in_the_way:
            return orders
        return f"{orders}; in {', '.join(self.in_the_way)}: a run that trades it would end with 5"

    @property
    def fix(self) -> str:
        if not self.in_the_way:
            return "a run will refuse to trade these symbols until the orders fill or are cancelled"
        return (
            "wait for them, or cancel them in the gateway; [safety] on_open_orders = cancel_own"
            " lets a run cancel this program's own"
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
