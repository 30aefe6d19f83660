"""The book judges a run: what was approved is the most, nothing twice, the exit code is true.

It reads the gateway's book, its record of the wire and the user's own files, nothing of the client.
"""

from collections.abc import Hashable, Iterable, Iterator
from decimal import Decimal
from typing import TypeVar

from attrs import frozen

from rebalancer_adapters.gateway import ExecutionRecord, Gateway, OrderRecord
from rebalancer_adapters.gateway.requests.parse import parse_request
from rebalancer_adapters.gateway.requests.values import PlaceOrder
from rebalancer_cli.exits import Exit
from tests.support import Workspace

K = TypeVar("K", bound=Hashable)

CLIENT_ID = 42
_SERVER_VERSION = 178
_PLACE_ORDER = 3
# A contract that is told behind the end of the answer is none: then the symbol looks unknown.
_NOTHING_SENT = frozenset({Exit.INVALID_INPUT, Exit.NO_DATA, Exit.REFUSED})
_CERTAIN = frozenset({Exit.DONE, Exit.PARTIAL})
_POSSIBLE = _NOTHING_SENT | _CERTAIN | {Exit.UNKNOWN_OUTCOME}
_SIDES = {"BOT": "BUY", "SLD": "SELL"}


@frozen(kw_only=True)
class Trades:
    """What this program's orders came to, in the book and on the wire."""

    placed: tuple[PlaceOrder, ...]
    orders: tuple[OrderRecord, ...]
    executions: tuple[ExecutionRecord, ...]

    @property
    def executed(self) -> dict[str, Decimal]:
        """Shares by order reference."""
        return _sums((each.order_ref, each.quantity) for each in self.executions)


def trades(gateway: Gateway) -> Trades:
    """The book and the record as they are now, orders of strangers left out."""
    requests = (
        parse_request(frame.fields, _SERVER_VERSION)
        for frame in gateway.record.received(_PLACE_ORDER)
    )
    return Trades(
        placed=tuple(r for r in requests if isinstance(r, PlaceOrder) and not r.terms.what_if),
        orders=tuple(o for o in gateway.book.orders if o.client_id == CLIENT_ID),
        executions=tuple(e for e in gateway.book.executions if e.client_id == CLIENT_ID),
    )


def wrongs_of_run(code: int, space: Workspace, done: Trades) -> tuple[str, ...]:
    """Everything that must not be, at the instant at which the run ended."""
    return (*wrongs_of_book(space, done), *_wrongs_of_code(code, space, done))


def wrongs_of_book(space: Workspace, done: Trades) -> tuple[str, ...]:
    """More than was approved, or anything twice: wrong at every instant."""
    return (*_beyond_approval(space, done), *_twice(done))


def unlike_the_book(space: Workspace, done: Trades) -> Iterator[str]:
    """Orders whose newest report says another number of shares than the book."""
    told = {ref: row for row in _reported(space, done) for ref in (row["order_ref"],)}
    executed = done.executed
    for order in done.orders:
        row = told.get(order.order_ref)
        shares = executed.get(order.order_ref, Decimal(0))
        if row is not None and Decimal(row["exec_qty_shares"] or "0") != shares:
            yield (
                f"{order.order_ref}: the book has {shares} of {order.quantity} {order.symbol}, "
                f"the report {row['status']} {row['exec_qty_shares']}"
            )


def _beyond_approval(space: Workspace, done: Trades) -> Iterator[str]:
    approved = {
        (account, row["symbol"], row["action"]): Decimal(row["qty_shares"])
        for account in {order.account for order in done.orders}
        for row in space.pre(account)
        if row["action"] != "NONE"
    }
    executed = [((e.account, e.symbol, _SIDES[e.side]), e.quantity) for e in done.executions]
    working = [((o.account, o.symbol, o.side), o.remaining) for o in done.orders if not o.is_done]
    for key, shares in _sums((*executed, *working)).items():
        most = approved.get(key, Decimal(0))
        if shares > most:
            yield f"{shares} shares of {key} are executed or working, approved were {most}"


def _twice(done: Trades) -> Iterator[str]:
    refs = [each.terms.order_ref for each in done.placed]
    ids = [str(each.order_id) for each in done.placed]
    for name, seen in (("reference", refs), ("id", ids)):
        twice = {each for each in seen if seen.count(each) > 1}
        if twice:
            yield f"order {name} on the wire more than once: {sorted(twice)}"


def _wrongs_of_code(code: int, space: Workspace, done: Trades) -> Iterator[str]:
    if code not in _POSSIBLE:
        yield f"exit code {code}"
    if code in _NOTHING_SENT and done.placed:
        yield f"exit code {code}, but {len(done.placed)} orders were sent"
    if code != Exit.INVALID_INPUT and not space.files("run_summary_*.csv"):
        yield "there is no summary"
    told = {row["order_ref"] for row in _reported(space, done)}
    for each in done.placed:
        if each.terms.order_ref not in told:
            yield f"{each.terms.order_ref} was sent and is in no report"
    if code in _CERTAIN:
        yield from (f"{o.order_ref} is still working" for o in done.orders if not o.is_done)
        yield from unlike_the_book(space, done)
    if code == Exit.DONE:
        yield from _unfilled(done)
    if code == Exit.UNKNOWN_OUTCOME and not any(
        row["status"] == "unknown" for row in space.summary().values()
    ):
        yield "exit code 7, but the summary knows every account"


def _unfilled(done: Trades) -> Iterator[str]:
    """After `done` an order is filled, or another one took over what it left."""
    in_book = {order.order_ref: order for order in done.orders}
    for at, each in enumerate(done.placed):
        order = in_book.get(each.terms.order_ref)
        later = done.placed[at + 1 :]
        replaced = any(_same(each, other) for other in later)
        if not replaced and (order is None or order.filled != order.quantity):
            yield f"exit code 0, but {each.terms.order_ref} is not filled"


def _same(one: PlaceOrder, other: PlaceOrder) -> bool:
    return (one.contract.con_id, one.terms.account, one.terms.action) == (
        other.contract.con_id,
        other.terms.account,
        other.terms.action,
    )


def _reported(space: Workspace, done: Trades) -> Iterator[dict[str, str]]:
    """Every reported line with an order, the oldest first."""
    for account in sorted({each.terms.account for each in done.placed}):
        for rows in space.all_post(account):
            yield from (row for row in rows if row["order_ref"] and row["status"] != "Skipped")


def _sums(entries: Iterable[tuple[K, Decimal]]) -> dict[K, Decimal]:
    sums: dict[K, Decimal] = {}
    for key, shares in entries:
        sums[key] = sums.get(key, Decimal(0)) + shares
    return sums
