"""Pages of docs/ made from code: `python -m tests.support.generated_pages` writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from rebalancer_adapters.gateway.settings import ABOUT, GRAMMARS, GatewaySettings, written
from rebalancer_core.orders.broker_codes import (
    ALGO_TEXTS,
    ALGO_UNSUPPORTED,
    CODES,
    GENERAL_REFUSALS,
    CodePolicy,
)
from rebalancer_core.orders.order_state import TERMINAL, Phase
from rebalancer_core.orders.transitions import transition_grid
from tests.faults.page import faults

DOCS = Path(__file__).resolve().parents[2] / "docs"

_DOES = {
    CodePolicy.INFO: "noted; the order goes on",
    CodePolicy.HELD: "held: cancelled by us after `ack_timeout_sec`, never called failed",
    CodePolicy.HELD_AT_MARKET: "a plain market order is held as above; another goes on",
    CodePolicy.REJECT: "rejected when not acknowledged before; else unknown until proven",
    CodePolicy.CANCELLED: "cancelled, with what was filled",
    CodePolicy.CANCEL_FAILED: "noted; the broker's lists are asked what became of the order",
    CodePolicy.DUPLICATE: "unknown until proven",
    CodePolicy.LINK: "unknown until proven; nothing more is sent meanwhile",
    CodePolicy.RESTORED: "executions, open and completed orders are asked for",
    CodePolicy.PACING: "unknown until proven",
    CodePolicy.DATA: "no price for that symbol; an order is not touched",
    CodePolicy.CONNECT: "no session; an order is not touched",
    CodePolicy.UNLISTED: "unknown until proven",
}


def broker_codes() -> str:
    """docs/broker-codes.md: the policy table, by policy, then code."""
    lines = [
        "# Broker codes",
        "",
        "What each message code means for an order it is about. Made by",
        "`python -m tests.support.generated_pages` from `rebalancer_core/orders/broker_codes.py`.",
        "A test holds the two together. A code that is not here proves nothing: the order is",
        "unknown until the broker's executions, open or completed orders say what became of it.",
        "",
        "| code | meaning | policy | what becomes of the order |",
        "|---:|---|---|---|",
    ]
    order = list(CodePolicy)
    entries = sorted(CODES.values(), key=lambda e: (order.index(e.policy), e.code))
    rows = (f"| {e.code} | {e.meaning} | {e.policy.value} | {_DOES[e.policy]} |" for e in entries)
    texts = (f"| {code} | {text} |" for code, text in ALGO_TEXTS)
    return "\n".join((*lines, *rows, *_ALGO_HEAD, *texts)) + "\n"


_ALGO_HEAD = (
    "",
    "## An algo that is not available",
    "",
    "After these codes the unfilled rest of an algo order goes as a plain market order, once,",
    f"where `fallback_plain_market` is true: {', '.join(map(str, sorted(ALGO_UNSUPPORTED)))}.",
    f"So it does after {' or '.join(map(str, sorted(GENERAL_REFUSALS)))} with one of the sentences",
    "below, which IBKR's message table gives for the codes beside them, unless the text is about",
    "margin, funds, permission, size or eligibility as well. No other text leads to another order.",
    "",
    "| code | sentence |",
    "|---:|---|",
)


def order_states() -> str:
    """docs/order-states.md: the phases of an order, and the table of its transitions."""
    header, *rows = transition_grid()
    lines = (
        "# States of an order",
        "",
        "Made from the table in `rebalancer_core/orders/transitions.py` by",
        "`python -m tests.support.generated_pages`; a test holds the two together. Live orders,",
        "the replay of the journal and recovery all go by it.",
        "",
        "| phase | meaning | final |",
        "|---|---|---|",
        *(f"| {p.name} | {p.words} | {'yes' if p in TERMINAL else ''} |" for p in Phase),
        "",
        "What is said of an order (a line) moves it from its phase (a column); where a cell is",
        "empty it stays. The guards are about the facts known by then, those of the message",
        "included. An order whose facts contradict each other stays UNKNOWN until a person has",
        "resolved it.",
        "",
        "| what is said | " + " | ".join(header[1:]) + " |",
        "|---" * len(header) + "|",
        *("| " + " | ".join(row) + " |" for row in rows),
    )
    return "\n".join(lines) + "\n"


def gateway_settings() -> str:
    """docs/gateway-settings.md: the switches of the simulated gateway."""
    usual = written(GatewaySettings())
    rows = (
        f"| `{name}` | {_values(GRAMMARS[name].values)} | `{usual[name]}` | {ABOUT[name]} |"
        for name in GRAMMARS
    )
    return "\n".join((*_SETTINGS_HEAD, *rows)) + "\n"


def _values(values: tuple[str, ...]) -> str:
    return ", ".join(each if " " in each else f"`{each}`" for each in values)


_SETTINGS_HEAD = (
    "# Settings of the gateway",
    "",
    "What a user can set in TWS or IB Gateway (Global Configuration > API and Presets), and what",
    "differs between logins, as switches of the simulated gateway. Made from",
    "`rebalancer_adapters/gateway/settings/switches.py` by",
    "`python -m tests.support.generated_pages`; a test holds the two together.",
    "",
    "In a market file:",
    "",
    "```toml",
    "[settings]",
    "read_only_api = true",
    'ledger_prefix = "on"',
    "```",
    "",
    "or for one rehearsal, with a market file or a snapshot; this wins over the file:",
    "",
    "```",
    "rebalance gateway --snapshot mine.json --setting read_only_api=true --setting advisor=on",
    "```",
    "",
    "| setting | values | usual | what it does |",
    "|---|---|---|---|",
)

PAGES: Mapping[str, Callable[[], str]] = {
    "broker-codes.md": broker_codes,
    "faults.md": faults,
    "gateway-settings.md": gateway_settings,
    "order-states.md": order_states,
}


def write_all() -> None:
    """Write every generated page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write_all()
