"""The commented samples that a user starts from, filled in with what is known of the user."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from attrs import frozen

from rebalancer_core.values.held import HeldModel
from rebalancer_core.values.instruments import CASH
from rebalancer_core.values.money import HUNDRED, plain

SETTINGS = "settings.ini"
PORTFOLIOS = "portfolios.csv"
# The one of the built-in demo market, `rebalance gateway --market demo`.
EXAMPLE_ACCOUNT = "DU111111"
EXAMPLE_MODELS = (("CORE", Decimal(60)), ("GROWTH", Decimal(30)), ("INCOME", Decimal(10)))

_PACKAGE = Path(__file__).parent
_COMMENT_COLUMN = 26
# Simulated orders stay out of the journal of real ones.
_DEMO_STATE = (
    "# state_dir = state",
    "state_dir = state         ; apart for the demo market: remove this line for your own accounts",
)
_SAMPLE_MODELS = re.compile(r"^CORE = .*\nGROWTH = .*\nINCOME = .*\n", re.MULTILINE)
_HEAD = """\
# The model portfolios, one column each, in percent; the columns are the models of [models].
# Every column sums to 100 with CASH. A blank cell is 0. A symbol with 0 everywhere is sold.
# Only CASH may be negative: -20 buys 20 % on margin, within max_leverage.
"""
_FROM_EXAMPLE = "# Each model starts as the same example: put your own ETFs and weights here.\n"
_FROM_HOLDINGS = (
    "# These are the holdings of {account}: nothing is traded until a weight changes.\n"
)


@frozen(kw_only=True)
class Start:
    """What the files are filled in with; `models` are names with their shares of 100 percent.

    With `holdings` every model starts as what the account holds; one entry an account.
    """

    host: str = "127.0.0.1"
    port: int = 4002
    allow_remote: bool = False
    accounts: tuple[str, ...] = (EXAMPLE_ACCOUNT,)
    models: tuple[tuple[str, Decimal], ...] = EXAMPLE_MODELS
    holdings: tuple[HeldModel, ...] = ()

    @property
    def is_demo(self) -> bool:
        """Whether it is about the account of the built-in demo market."""
        return self.accounts == (EXAMPLE_ACCOUNT,)


def starting_files(start: Start) -> dict[str, str]:
    """Text by name of the files that `rebalance init` writes, settings.ini first.

    Where several accounts start from their holdings, each has a portfolios file of its own.
    """
    files = {SETTINGS: _settings(start)}
    if not start.holdings:
        return files | {PORTFOLIOS: _example(start)}
    return files | {
        _file_of(held.account_id, start): _table(
            start,
            _FROM_HOLDINGS.format(account=held.account_id),
            (
                *((each.symbol, each.name, plain(each.percent)) for each in held.weights),
                (CASH, "", plain(held.cash_percent)),
            ),
        )
        for held in start.holdings
    }


def _sample(name: str) -> str:
    installed = _PACKAGE / "sample_data"
    folder = installed if installed.is_dir() else _PACKAGE.parent / "config"
    return (folder / name).read_text(encoding="utf-8")


def _settings(start: Start) -> str:
    text = _sample(SETTINGS)
    for key, value in (
        ("host", start.host),
        ("port", str(start.port)),
        ("allow_remote", "true" if start.allow_remote else "false"),
    ):
        text = _with_value(text, key, value)
    text = text.replace("ids = UXXXXXX", f"ids = {', '.join(start.accounts)}{_hint(start)}")
    text = _SAMPLE_MODELS.sub(lambda _: _models(start), text)
    if start.is_demo:
        text = text.replace(*_DEMO_STATE)
    if len(start.holdings) > 1:
        own = "".join(
            f"[account:{each}]\npath = {_file_of(each, start)}\n\n" for each in start.accounts
        )
        text = text.replace("[pricing]\n", f"{own}[pricing]\n")
    return text


def _with_value(text: str, key: str, value: str) -> str:
    """The sample with another value of a key; its comment stays in its column."""
    line = re.compile(rf"^{key} = [^;\n]*", re.MULTILINE)
    return line.sub(lambda _: f"{key} = {value} ".ljust(_COMMENT_COLUMN), text, count=1)


def _hint(start: Start) -> str:
    if not start.is_demo or start.holdings:
        return ""
    return "            ; the demo market's account: put your own here"


def _models(start: Start) -> str:
    return "".join(f"{name} = {plain(percent / HUNDRED)}\n" for name, percent in start.models)


def _file_of(account: str, start: Start) -> str:
    return PORTFOLIOS if len(start.holdings) == 1 else f"portfolios_{account}.csv"


def _example(start: Start) -> str:
    sample = _sample(PORTFOLIOS)
    if start.models == EXAMPLE_MODELS:
        return sample
    lines = (line.split(", ") for line in sample.splitlines() if not line.startswith("#"))
    rows = ((symbol, name, first.rstrip("%")) for symbol, name, first, *_ in list(lines)[1:])
    return _table(start, _FROM_EXAMPLE, rows)


def _table(start: Start, about: str, rows: Iterable[tuple[str, str, str]]) -> str:
    """The file with the same weights in every model."""
    models = tuple(name for name, _ in start.models)
    # A model called NAME is a model: then the comments need another name.
    comments = "#Name" if "name" in map(str.casefold, models) else "Name"
    lines = [", ".join(("ETF", comments, *models))]
    for symbol, name, percent in rows:
        cell = f"{percent}%" if percent else ""
        lines.append(", ".join((symbol, _quoted(name), *(cell for _ in models))))
    return _HEAD + about + "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    """A name in one cell: no letter that a reader cannot see, and quotes where they are needed."""
    shown = "".join(each for each in name if each.isprintable()).strip()
    return '"' + shown.replace('"', '""') + '"' if set(shown) & set(',;"') else shown
