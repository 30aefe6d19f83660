"""What `rebalance init` asks and answers, short enough for 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from rebalancer_cli.sample_files import EXAMPLE_ACCOUNT, PORTFOLIOS, SETTINGS, Start
from rebalancer_core.messages import explain
from rebalancer_core.safety.limits import is_paper
from rebalancer_core.values.faults import AccountFault, BrokerFault
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.money import HUNDRED, plain

_LISTED = 2
_NOTHING_WRITTEN = "Nothing was written."
_SHOWS_TRADES = "shows what it would trade; nothing can be sent"

INTRODUCTION = "Enter takes what is in brackets; Ctrl+C ends, and nothing is written."
INPUT_ENDED = f"The input ended. {_NOTHING_WRITTEN}"
HOLDINGS_PROMPT = "Start from the present holdings, so that nothing trades yet? [Y/n]: "
ACCOUNT_EXAMPLE = "for example DU111111, DU222222"
NO_ACCOUNT = "no account is named"
YES_OR_NO = "Answer y or n."
WITHOUT_GATEWAY = "The questions go on without it; `rebalance doctor` tries again later."
WITHOUT_HOLDINGS = "portfolios.csv starts with an example instead."


def host_prompt(default: str) -> str:
    """Asks where the gateway runs."""
    return f"Host of TWS or IB Gateway [{default}]: "


def port_prompt(default: int) -> str:
    """Asks for the port, with the usual ones."""
    return f"Port (paper: IB Gateway 4002, TWS 7497; live: 4001, 7496) [{default}]: "


def remote_prompt(host: str) -> str:
    """Asks whether the connection may leave this computer."""
    return f"{host} is another machine, and the API is not encrypted. Use it? [y/N]: "


def accounts_prompt(default: Sequence[str]) -> str:
    """Asks for accounts; without a default one must be typed."""
    if not default:
        return "Account ids, separated by commas: "
    shown = ", ".join(default) if len(default) <= _LISTED else "all"
    return f"Accounts to rebalance, separated by commas [{shown}]: "


def models_prompt(default: Sequence[tuple[str, Decimal]]) -> str:
    """Asks for the models and their shares."""
    return f"Models and their percentages [{written_models(default)}]: "


def written_models(models: Sequence[tuple[str, Decimal]]) -> str:
    """Models as they are typed.

    >>> written_models([("CORE", Decimal(60)), ("GROWTH", Decimal(40))])
    'CORE 60, GROWTH 40'
    """
    return ", ".join(f"{name} {plain(percent)}" for name, percent in models)


def not_models(text: str) -> str:
    """A text that names no models."""
    return f"{text!r} cannot be read; write for example: CORE 60, GROWTH 40"


def models_sum_to(total: Decimal) -> str:
    """Shares of the models that are not 100 percent.

    >>> models_sum_to(Decimal("90"))
    'The percentages sum to 90; they need to be 100 (10 short).'
    """
    gap = HUNDRED - total
    words = f"{plain(abs(gap))} {'short' if gap > 0 else 'too many'}"
    return f"The percentages sum to {plain(total)}; they need to be 100 ({words})."


def asking_gateway(host: str, port: int) -> str:
    """Which gateway is asked for its accounts."""
    return f"Asking {host}:{port} for its accounts"


def manages(accounts: Sequence[AccountId]) -> str:
    """Which accounts a gateway manages."""
    return f"It manages {', '.join(accounts)}."


def not_managed(account: str) -> str:
    """An account that the gateway does not manage."""
    return f"this gateway does not manage {account}"


def name_one_of(accounts: Sequence[AccountId]) -> str:
    """Why holdings cannot be read: whose is not known, and nobody can be asked."""
    return f"name an account with --account; the gateway manages {', '.join(accounts) or 'none'}"


def reading_holdings(accounts: Sequence[str]) -> str:
    """Whose holdings are read."""
    return f"Reading what {', '.join(accounts)} {'holds' if len(accounts) == 1 else 'hold'}"


def no_holdings(why: BrokerFault | AccountFault) -> str:
    """Why the gateway or an account could not be read."""
    return explain(why)


def left_out(account: AccountId, symbols: Sequence[Symbol]) -> str:
    """Holdings that are not in portfolios.csv."""
    names = ", ".join(symbols)
    return f"{account}: left out, and kept: {names} (IBKR knows no single US listing)"


def nothing_written(why: str) -> str:
    """An end without files."""
    return f"{why}\n{_NOTHING_WRITTEN}"


def next_steps(directory: Path, made: tuple[Path, ...], start: Start) -> str:
    """What `init` wrote, and what a new user does next."""
    config = "" if directory == Path() else f" --config {_quoted(directory / SETTINGS)}"
    lines = (
        *(f"wrote {path}" for path in made),
        *(_about_demo() if start.is_demo and not start.holdings else ()),
        "Next:",
        f"1. rebalance doctor{config}",
        "   checks everything that a run needs",
        f"2. rebalance run --dry-run{config}",
        f"   {_first_dry_run(start)}",
        f"3. put your own weights in {_portfolio_names(start)}; the columns sum to 100",
        f"4. read_only = false in {SETTINGS}, then:",
        f"   rebalance run{config}",
        "   shows each plan, and trades after your yes",
        *(_about_live() if not all(map(is_paper, map(AccountId, start.accounts))) else ()),
        *(_about_remote() if start.allow_remote else ()),
    )
    return "\n".join(lines)


def wrapped(text: str, width: int) -> str:
    """Each line of a text in lines of at most `width` columns."""
    return "\n".join(
        textwrap.fill(line, width, break_on_hyphens=False) for line in text.split("\n")
    )


def _first_dry_run(start: Start) -> str:
    return "says that nothing is to be done" if start.holdings else _SHOWS_TRADES


def _portfolio_names(start: Start) -> str:
    return PORTFOLIOS if len(start.holdings) < 2 else "the portfolios files"


def _about_demo() -> tuple[str, ...]:
    return (
        "They trade on the built-in demo market, in a second terminal:",
        "   rebalance gateway --market demo",
        f"For your own: your account ids in place of {EXAMPLE_ACCOUNT} in {SETTINGS},",
        f"and your models in {PORTFOLIOS}; on a terminal `rebalance init` asks for them.",
    )


def _about_live() -> tuple[str, ...]:
    return ("A live account trades only with [safety] mode = live; begin with a paper one.",)


def _about_remote() -> tuple[str, ...]:
    return ("allow_remote = true: the connection to the gateway is not encrypted.",)


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)
