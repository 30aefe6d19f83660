"""What commands say beside their screens and usage: sentences, made of what each is about."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from rebalancer_adapters.ground.durable_files import AlreadyThere
from rebalancer_cli.changed_inputs import (
    AccountsGone,
    ChangedInput,
    EnvironmentChanged,
    PortfoliosChanged,
    SettingsChanged,
)
from rebalancer_cli.new_files import FileTaken, FolderMissing, PlaceUnusable, WhyNoNewFile
from rebalancer_core.messages import counted
from rebalancer_core.values.faults import ReportFault
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.money import CENT, plain, rounded

CONTRADICTING_FLAGS = "--confirm and --yes contradict each other"
DETAILED_OF_A_PREVIEW = "--detailed-exitcode requires --dry-run"
EMPTY_REASON = "--reason is empty: say why you are sure"
KEEP_OFF_CAP = "keep 0.10 between them: models with less leverage, or a higher cap"
NOTHING_CHANGED = "nothing changed"
NO_ORDERS_IN_FILE = "There are no orders in it: nothing to trade."
NO_ACCOUNTS_TO_SERVE = (
    "one of --market or --snapshot is required; --market demo is the built-in market"
)
NAMED_TWICE = "the file is named twice, and not the same one"
NO_RUNS = "no run in the journal yet; a dry run is not kept there"
READ_ONLY = "[ibkr] read_only = true: nothing can be sent"
SEED_WITHOUT_SCENARIO = "--seed requires --scenario"
STOP_GATEWAY = "Ctrl+C stops it"
SYMBOLS_OFFLINE = "skipped: symbol lookup at IBKR (--offline)"
SYMBOLS_UNCHECKED = "skipped: symbol lookup at IBKR (or use --offline)"

DEMO_DRY_RUN = "1. A dry run: every trade and every reason; no order can be sent"
DEMO_TRADED = "2. The same plan, confirmed (--yes) and traded"
DEMO_AGAIN = "3. Once more: nothing is left to trade"


def close_to_cap(leverage: Decimal, cap: Decimal) -> str:
    """What is wrong with targets that need nearly all of the leverage cap, or more.

    >>> close_to_cap(Decimal("1.45"), Decimal("1.50"))
    'the targets need leverage 1.45, max_leverage is 1.5: a small fall of prices passes it'
    """
    needs = f"the targets need leverage {rounded(leverage, CENT)}"
    return f"{needs}, max_leverage is {plain(cap)}: a small fall of prices passes it"


def explain_no_new_file(name: str, why: WhyNoNewFile) -> str:
    """Why `-o` cannot be written.

    >>> explain_no_new_file("plan.json", FolderMissing())
    '-o plan.json: directory does not exist'
    """
    match why:
        case FileTaken():
            return f"-o {name} already exists; refusing to overwrite it"
        case FolderMissing():
            return f"-o {name}: directory does not exist"
        case PlaceUnusable(detail=detail):
            return f"-o {name}: {detail}"


def explain_changed(changed: ChangedInput) -> str:
    """Which input of a saved plan is not what the plan was made from."""
    match changed:
        case AccountsGone(account_ids=ids):
            return f"{', '.join(ids)} of the plan is no longer in [accounts] ids"
        case SettingsChanged(path=path):
            return f"{path} has changed since the plan was saved"
        case EnvironmentChanged():
            return "REBALANCE_* environment variables have changed since the plan was saved"
        case PortfoliosChanged(path=path):
            return f"{path} has changed since the plan was saved"


def inputs_invalid(name: str) -> str:
    """Why nobody can say whether a saved plan still fits its inputs."""
    return f"{name} or its portfolios are not valid now: `rebalance validate-config`"


def plan_refused(name: str, why: tuple[str, ...]) -> str:
    """Why a saved plan is not sent."""
    return f"refused: {name}: {'; '.join(why)} -> create a new plan"


def plan_to_apply(name: str, created: datetime, expires: datetime) -> str:
    """Which saved plan is about to be sent (UTC)."""
    return f"{name}: made {created:%Y-%m-%d %H:%M} UTC, valid until {expires:%Y-%m-%d %H:%M} UTC"


def left_out_of_file(account_id: AccountId, error: str) -> str:
    """An account that had no plan to save."""
    return f"{account_id} has no plan in it: {error}"


def not_saved(name: str) -> str:
    """No plan file was written."""
    return f"{name} is not written: there is no whole preview to save"


def plan_saved(name: str, expires: datetime) -> str:
    """Where a plan was saved, and until when (UTC) it may be applied."""
    return f"Plan saved in {name}; `rebalance apply` takes it until {expires:%a %Y-%m-%d %H:%M} UTC"


def records_in(report_dir: Path) -> str:
    """Where a run leaves its records."""
    return f"Reports and log: {report_dir}"


def asking(host: str, port: int, client_id: int) -> str:
    """Which gateway the doctor asks."""
    return f"Asking {host}:{port} as client {client_id}"


def not_started(error: AlreadyThere | ReportFault) -> str:
    """Why `init` wrote nothing."""
    if isinstance(error, AlreadyThere):
        why = f"{' and '.join(map(str, error.paths))}: already exists, nothing was written"
    else:
        why = f"cannot write in {error.path}: {error.detail}"
    return f"{why} -> choose another directory"


def demo_listens(port: int) -> str:
    """Where the demo's gateway is."""
    return f"A simulated gateway listens on 127.0.0.1:{port}.\n"


def demo_done(orders: int, report_dir: Path) -> str:
    """What the demo traded, and where it is written."""
    where = f"Previews, results, summaries, pages and logs: {report_dir}"
    return f"{orders} orders were sent and filled. {where}"


def symbol_unknown(symbol: Symbol) -> str:
    """Nothing can be explained of this symbol."""
    return f"{symbol} is neither held nor in the portfolios"


def settings_valid(config: Path, accounts: int) -> str:
    """A settings file without problems."""
    return f"{config}: valid, {counted(accounts, 'account')}"


def portfolios_sound(name: str, symbols: int, models: int, *, is_known: bool) -> str:
    """A portfolios file without problems; valid it is once IBKR knows its symbols.

    >>> portfolios_sound("portfolios.csv", 3, 1, is_known=False)
    'portfolios.csv: no problem in the file, 3 symbols, 1 model'
    """
    verdict = "valid" if is_known else "no problem in the file"
    return f"{name}: {verdict}, {counted(symbols, 'symbol')}, {counted(models, 'model')}"


def symbols_known(count: int) -> str:
    """Every symbol is one that can be traded."""
    known = "the one symbol as a" if count == 1 else f"all {count} symbols as"
    return f"IBKR knows {known} US-listed USD {'stock or ETF' if count == 1 else 'stocks or ETFs'}"


def shell_unknown(shell: str) -> str:
    """A shell without a completion script."""
    return f"click knows no completion for {shell}"


def run_unknown(run_id: str, known: tuple[str, ...]) -> str:
    """A run that is not in the journal, and the last ones that are."""
    return f"no run {run_id} in the journal; the last are: {', '.join(known) or 'none'}"


def page_unwritten(fault: ReportFault) -> str:
    """Why the page of a run could not be written."""
    return f"cannot write {fault.path}: {fault.detail}"


def page_written(run_id: str, page: str) -> str:
    """Where the page of a run is."""
    return f"page of run {run_id} written: {page}"


def lets_others_in(host: str) -> str:
    """Why a simulated gateway does not listen on this address without a flag."""
    return (
        f"--host {host!r} lets other machines in, and the API is unauthenticated:"
        " use --host 127.0.0.1, or add --allow-remote"
    )


def open_to_others(host: str) -> str:
    """What it means that a simulated gateway listens on this address."""
    return (
        f"warning: the API on {host or 'every address'} is unauthenticated and not encrypted:"
        " whoever reaches it sees these accounts and trades in them"
    )


def host_invalid(host: str) -> str:
    """A text that names no host."""
    return f"--host {host!r} is not a valid host name"


def cannot_serve(host: str, port: int, trouble: OSError) -> str:
    """What of a simulated gateway the system refused."""
    what = f"write {trouble.filename}" if trouble.filename else f"listen on {host}:{port}"
    return f"cannot {what}: {trouble.strerror or trouble}"


def scenario_seed(name: str, seed: int) -> str:
    """How the faults of a scenario can be had again."""
    return f"scenario {name}, --seed {seed} replays it"


def setting_in_use(name: str, value: str) -> str:
    """A setting of the gateway that is not the usual one."""
    return f"setting {name} = {value}"


def bad_setting(problem: str) -> str:
    """A --setting that cannot be, with what may be written instead."""
    return f"--setting {problem}"


def left_out_of_market(line: str) -> str:
    """What of a snapshot no simulated market can hold."""
    return f"left out: {line}"


def serving(host: str, port: int, accounts: tuple[str, ...]) -> str:
    """Where a simulated gateway listens, and for whom."""
    return f"simulated gateway on {host}:{port} with {', '.join(accounts)}"


def served(orders: int) -> str:
    """What a simulated gateway had at its end."""
    return f"stopped; {orders} orders in the book"
