"""One fault case is data: what goes wrong, and what must be true at the end."""

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum

from attrs import field, frozen

from rebalancer_adapters.gateway import Scenario
from rebalancer_adapters.gateway.settings import GatewaySettings
from tests.support.story import Wish

ACCOUNT = "DU111111"
# What the user holds: cash alone asks for two buys, shares alone for a sell that pays a buy.
DEPOSIT = {"usd": "50000"}
SHARES = {"usd": "500", "SPY": "100"}
TARGETS = {"SPY": "50", "IEF": "50"}
ORDERS = 2


class Stop(Enum):
    """How a process is stopped at a named point."""

    KILL = "kill -9"
    FULL_DISK = "the disk is full"
    LOST_DISK = "the folders are gone"
    INTERRUPT = "SIGINT"
    TERMINATE = "SIGTERM"


class Second(Enum):
    """What a second process does."""

    SAME = "the same run"
    OTHER_CLIENT = "the same run under another client id"
    RECOVER = "rebalance recover"


class Moment(Enum):
    """When the second process starts."""

    AT_ONCE = "at the same moment"
    PLANNED = "while the first has its plan"
    ORDERS_OUT = "while the first has orders out"
    AFTER_KILL = "after the first was killed with orders out"


@frozen(kw_only=True)
class Stopped:
    """A process is stopped the `count`th time that it reaches the failpoint `point`."""

    point: str
    how: Stop
    count: int = 1


@frozen(kw_only=True)
class Race:
    """Two processes on one account."""

    second: Second
    moment: Moment


class Do(Enum):
    """What a person does next: a command, or something with the gateway or the clock."""

    RUN = "run"
    OTHER_CLIENT = "run under another client id"
    RECOVER = "recover"
    RESTARTED = "resolve: gateway restarted"
    DECLINED = "resolve: dialog answered No"
    LIFTED = "resolve: gateway restarted, of a declined order"
    RUN_INTO_YES = "run, and Yes while it has its plan"
    YES = "the dialogs are answered Yes"
    NO = "the dialogs are answered No"
    NEXT_DAY = "the next trading day"


@frozen(kw_only=True)
class Step:
    """One thing that is done after the first run; `exits` are those of a command."""

    do: Do
    exits: frozenset[int] = frozenset({0})


class Command(Enum):
    """The commands that every setting of the gateway is tried with."""

    DRY_RUN = "run --dry-run"
    RUN = "run"
    APPLY = "apply"
    RECOVER = "recover"


class Outcome(Enum):
    """What a setting may make of a command; with the fix all ends as at a usual login."""

    SAME = "the plan and the book of a usual login"
    STOP = "a stop that names its fix; the usual settings end it"
    HELD = "one order is out, and the dialog named; a Yes ends it"
    FOUND = "one order is out; where it is unknown, recover finds it"
    LOST = "one order is out, and unknown; the user's word ends it"


@frozen(kw_only=True)
class Switched:
    """One command under a setting: what comes of it, and the words that must be said.

    The `plan` is that of a usual login. With `restarts_soon` the gateway restarts by its settings
    while the first order is out.
    """

    command: Command
    outcome: Outcome
    plan: Mapping[Wish, Decimal]
    says: tuple[str, ...] = ()
    restarts_soon: bool = False


@frozen(kw_only=True)
class Case:
    """One case. `exits` are the exit codes that are true of the run, of both runs in a race.

    `orders` are the fewest and the most order messages of the first run. When it ends with 7,
    `rebalance recover` must end with a code of `recovered`; what stays unknown then is closed by
    a restart of the gateway and `rebalance resolve`. What waits `UNTIL_RELEASED` goes on behind the
    first run. With `steps` these are done instead, and no others. `settings` are the
    gateway's; with `switched` the case is one command under them. `is_dry_run`: the first run may
    send nothing, and says so with `--dry-run`. `expects` says it in words.
    """

    family: str
    name: str
    exits: frozenset[int]
    orders: tuple[int, int]
    expects: str
    scenario: Scenario = field(factory=Scenario)
    holds: Mapping[str, str] = field(factory=lambda: dict(DEPOSIT))
    keys: Mapping[str, str] = field(factory=dict)
    settings: GatewaySettings = field(factory=GatewaySettings)
    recovered: frozenset[int] = frozenset({0, 7})
    steps: tuple[Step, ...] = ()
    stopped: Stopped | None = None
    race: Race | None = None
    switched: Switched | None = None
    is_dry_run: bool = False


def codes(*numbers: int) -> frozenset[int]:
    """Exit codes."""
    return frozenset(numbers)
