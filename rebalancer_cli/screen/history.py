"""The journal for people: what runs did, which orders nobody has said the last word on."""

from __future__ import annotations

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.json_output import json_output
from rebalancer_cli.screen.simple_table import simple_table
from rebalancer_core.reconcile.journal_model import JournaledOrder, JournaledRun
from rebalancer_core.reconcile.run_summary import AccountSummary, RunSummary
from rebalancer_core.reporting.cells import instant_text
from rebalancer_core.values.money import plain

NO_OPEN_ORDER = "No open orders; every outcome is known."

JsonCell = str | bool | int | None
JsonRow = dict[str, JsonCell]


OpenOrders = tuple[tuple[JournaledRun, JournaledOrder], ...]


def render_status(runs: tuple[RunSummary, ...], opened: OpenOrders, recent: int) -> str:
    """The open orders first, then the last `recent` runs."""
    blocks = [_open_block(opened), _runs_block(runs[-recent:])]
    return "\n\n".join(blocks) + "\n"


def status_json(runs: tuple[RunSummary, ...], opened: OpenOrders) -> str:
    """The same as one JSON object for programs, with every run."""
    return json_output("status", _status_object(runs, opened))


def _status_object(runs: tuple[RunSummary, ...], opened: OpenOrders) -> dict[str, list[JsonRow]]:
    return {
        "open_orders": [_order_object(run, order) for run, order in opened],
        "runs": [
            {
                "run_id": run.run_id,
                "started": instant_text(run.started_at),
                "account_id": account.account_id,
                "orders": account.orders,
                "open": account.open_orders,
                "reported": account.is_reported,
            }
            for run in runs
            for account in run.accounts
        ],
    }


def _open_block(opened: OpenOrders) -> str:
    rows = [
        (
            order.intent.ticket.account_id,
            order.order_ref,
            _what(order),
            instant_text(order.intent.intended_at),
            order.state.phase.words,
            plain(order.state.filled),
        )
        for _, order in opened
    ]
    if not rows:
        return NO_OPEN_ORDER
    table = simple_table(
        ("Account", "Order", "What", "Intended", "Known", "Filled"),
        "lllllr",
        rows,
    )
    count = f"{len(rows)} open order{'s' if len(rows) > 1 else ''}"
    return f"{count}: their accounts are locked -> rebalance recover\n\n{table}"


def _what(order: JournaledOrder) -> str:
    ticket = order.intent.ticket
    return console_text(f"{ticket.side.value} {plain(ticket.quantity)} {ticket.symbol}")


def _runs_block(runs: tuple[RunSummary, ...]) -> str:
    rows = [
        (
            run.run_id,
            instant_text(run.started_at),
            account.account_id,
            str(account.orders),
            _statuses(account),
            "yes" if account.is_reported else "no",
        )
        for run in runs
        for account in run.accounts
    ]
    if not rows:
        return "No run has traded yet."
    return simple_table(
        ("Run", "Started", "Account", "Orders", "Outcome", "Report"),
        "lllrll",
        rows,
    )


def _statuses(account: AccountSummary) -> str:
    counts = (f"{count} {status.value}" for status, count in account.outcomes)
    return ", ".join(counts) or "nothing sent"


def _order_object(run: JournaledRun, order: JournaledOrder) -> JsonRow:
    ticket = order.intent.ticket
    return {
        "run_id": run.started.run_id,
        "account_id": ticket.account_id,
        "order_ref": order.order_ref,
        "symbol": ticket.symbol,
        "action": ticket.side.value,
        "quantity": plain(ticket.quantity),
        "known": order.state.phase.words,
        "filled": plain(order.state.filled),
        "intended": instant_text(order.intent.intended_at),
    }
