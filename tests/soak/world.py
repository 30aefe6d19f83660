"""One or two accounts, what they shall hold and how they are traded, drawn for one run."""

from collections.abc import Mapping
from random import Random

from attrs import frozen

from rebalancer_adapters.gateway import Market
from rebalancer_adapters.gateway.market import AccountSetup
from tests.soak.faults import ACCOUNTS
from tests.support import account, market

_SYMBOLS = ("SPY", "IEF", "GLD", "BIL", "BRK B")


@frozen(kw_only=True)
class World:
    """What a run finds: the broker's side, and the user's two files."""

    market: Market
    accounts: tuple[str, ...]
    targets: Mapping[str, str]
    keys: Mapping[str, str]
    dry_run: bool


def drawn_world(lots: Random) -> World:
    """The same lots draw the same world; every deadline in it is short."""
    traded = ACCOUNTS[: lots.choice((1, 1, 2))]
    return World(
        market=market(*(_account(account_id, lots) for account_id in ACCOUNTS)),
        accounts=traded,
        targets=_targets(lots),
        keys=_keys(lots),
        dry_run=lots.random() < 0.03,
    )


def _account(account_id: str, lots: Random) -> AccountSetup:
    held = {symbol: lots.randint(1, 120) for symbol in lots.sample(_SYMBOLS, lots.randint(0, 4))}
    cash = f"{lots.randint(100, 80_000)}.{lots.randint(0, 99):02}"
    return account(account_id, usd=cash, cad=lots.choice((None, "500")), base="USD", **held)


def _targets(lots: Random) -> dict[str, str]:
    names = [*lots.sample(_SYMBOLS, lots.randint(2, 4)), *lots.choice(((), ("CASH",)))]
    cuts = sorted(lots.sample(range(1, 100), len(names) - 1))
    parts = [after - before for before, after in zip((0, *cuts), (*cuts, 100), strict=True)]
    return {name: str(percent) for name, percent in zip(names, parts, strict=True)}


def _keys(lots: Random) -> dict[str, str]:
    drawn = {name: lots.choice(values) for name, values in _CHOICES.items()}
    return drawn | {"ack_timeout_sec": "1", "log_level": "WARNING"}


_SWITCH = ("true", "false")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "order_deadline_sec": ("2", "4", "6"),
    "commission_report_timeout": ("0", "1", "2"),
    "algo_preference": ("none", "none", "adaptive", "midprice"),
    "wait_before_fallback": ("1", "2"),
    "fallback_plain_market": _SWITCH,
    "batch_orders": ("true", "true", "false"),
    "what_if": _SWITCH,
    "confirm_mode": ("per_account", "global"),
    "parallel": _SWITCH,
    "on_open_orders": ("refuse", "cancel_own"),
    "unlisted_positions": ("keep", "sell"),
    "trigger_mode": ("per_holding", "total_drift"),
    "sizing": ("best", "priority"),
    "max_orders": ("50", "50", "2"),
    "price_source": ("last", "midpoint"),
}
