"""The journal for people: what runs did, which orders nobody has said the last word on."""

from __future__ import annotations

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.json_output import json_output
from rebalancer_cli.screen.simple_table import simple_table
from rebalancer_core.orders.record import outcome
from rebalancer_core.reconcile.journal_model import JournaledOrder, JournaledRun
from rebalancer_core.reconcile.past_orders import open_orders
from rebalancer_core.reporting.cells import instant_text
from rebalancer_core.values.money import plain

NO_OPEN_ORDER = "No order is open: every outcome is known."

JsonCell = str | bool | int | None
JsonRow = dict[str, JsonCell]


def render_status(runs: tuple[JournaledRun, ...], recent: int) -> str:
    """The open orders first, then the last `recent` runs."""
    blocks = [_open_block(runs), _runs_block(runs[-recent:])]
    return "\n\n".join(blocks) + "\n"


def status_json(runs: tuple[JournaledRun, ...]) -> str:
    """The same as one JSON object for programs, with every run."""
    return json_output("status", _status_object(runs))


def _status_object(runs: tuple[JournaledRun, ...]) -> dict[str, list[JsonRow]]:
    return {
        "open_orders": [_order_object(run, order) for run, order in open_orders(runs)],
        "runs": [
            {
                "run_id": run.started.run_id,
                "started": instant_text(run.started.started_at),
                "account_id": account.approval.account_id,
                "orders": len(account.orders),
                "open": sum(not order.is_finished for order in account.orders),
                "reported": account.is_reported,
            }
            for run in runs
            for account in run.accounts
        ],
    }


def _open_block(runs: tuple[JournaledRun, ...]) -> str:
    rows = [
        (
            order.intent.ticket.account_id,
            order.order_ref,
            _what(order),
            instant_text(order.intent.intended_at),
            order.state.phase.words,
            plain(order.state.filled),
        )
        for _, order in open_orders(runs)
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


def _runs_block(runs: tuple[JournaledRun, ...]) -> str:
    rows = [
        (
            run.started.run_id,
            instant_text(run.started.started_at),
            account.approval.account_id,
            str(len(account.orders)),
            _statuses(account.orders),
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


def _statuses(orders: tuple[JournaledOrder, ...]) -> str:
    counts: dict[str, int] = {}
    for order in orders:
        name = outcome(order.state).status.value
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing sent"


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
