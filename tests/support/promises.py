"""The oracle: what the program promises, judged by the gateway's book, whatever it said itself.

Each promise is a function that yields a sentence for every breach of it. `broken` asks all of them,
of a story that was played to its end; those of one instant stand alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from rebalancer_adapters.gateway import OrderRecord
from rebalancer_cli.exits import Exit
from rebalancer_core.orders.tickets import OWN_PREFIX
from tests.support.book import Book, Placed
from tests.support.processes import Finished
from tests.support.story import Act, Story, Wish

_ZERO = Decimal(0)
_KILLED = frozenset({-9, -15})
_EXITS = frozenset({0, 4, 5, 6, 7, 8, 130}) | _KILLED
_CLIENTS = frozenset({42, 43})
# How a dry run is named among the acts of a story.
DRY_RUN = "run --dry-run"
_SENDS_NOTHING = frozenset({"plan", "recover", "resolve", DRY_RUN})


def broken(story: Story) -> tuple[str, ...]:
    """Every breach of a promise, from the first act to the end; empty when all were kept."""
    book = story.book
    return (
        *nothing_twice(book),
        *nothing_unsent(book),
        *others_untouched(book, story.bystander),
        *no_debt(book),
        *(breach for act in story.acts for breach in _of_act(story, act)),
        *_of_end(story),
    )


def nothing_twice(book: Book) -> Iterator[str]:
    """No reference is on the wire more than once."""
    refs = [each.ref for each in book.sent]
    for ref in sorted({ref for ref in refs if refs.count(ref) > 1}):
        yield f"{ref} was sent more than once"


def no_id_twice(book: Book) -> Iterator[str]:
    """No client uses an order id again."""
    ids = [(each.client_id, each.order_id) for each in book.sent]
    for one in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"order id {one[1]} of client {one[0]} was sent more than once"


def nothing_unsent(book: Book) -> Iterator[str]:
    """Every order of ours in the book was asked for: a what-if question books nothing."""
    refs = {each.ref for each in book.sent}
    for order in book.orders:
        is_ours = order.order_ref.startswith(OWN_PREFIX) or order.client_id in _CLIENTS
        if is_ours and order.order_ref not in refs:
            yield f"{order.symbol}: in the book, though no order message asked for it"


def others_untouched(book: Book, bystander: str) -> Iterator[str]:
    """The bystander's order rests as before, and nobody cancels everything."""
    if book.cancelled_all:
        yield "a global cancel was sent"
    theirs = [order for order in book.orders if bystander and order.order_ref == bystander]
    if bystander and (len(theirs) != 1 or theirs[0].is_done or theirs[0].filled):
        yield "somebody else's order was touched"


def no_debt(book: Book) -> Iterator[str]:
    """Where no target borrows; a dollar is left to the commissions of partial fills."""
    for account, cash in book.cash.items():
        if cash < -1:
            yield f"{account}: cash ends at {cash}: more was bought than paid for"


def within_approval(
    book: Book, sent: Iterable[Placed], approved: Mapping[Wish, Decimal]
) -> Iterator[str]:
    """Shares that are executed or may still be are no more than a preview showed."""
    alive: dict[Wish, Decimal] = {}
    for order in book.orders_of(sent):
        wish = (order.account, order.symbol, order.side)
        working = _ZERO if order.is_done else order.remaining
        alive[wish] = alive.get(wish, _ZERO) + order.filled + working
    for wish, shares in alive.items():
        if shares > approved.get(wish, _ZERO):
            yield f"{wish}: {shares} shares, approved {approved.get(wish, _ZERO)}"
    for each in sent:
        if each.wish not in approved:
            yield f"{each.wish} was never approved"


def reported(sent: Iterable[Placed], rows: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Every order that was sent is in a post-trade report."""
    for each in sent:
        if each.ref not in rows:
            yield f"{each.ref} was sent and is in no post-trade report"


def as_reported(order: OrderRecord, row: Mapping[str, str]) -> Iterator[str]:
    """The report has the shares of the book."""
    told = Decimal(row["exec_qty_shares"] or 0)
    if told != order.filled:
        yield (
            f"{order.order_ref}: the book has {order.filled} of {order.quantity} {order.symbol}, "
            f"the report {row['status']} {told}"
        )


def tells(ended: Finished) -> bool:
    """Whether a process lived to write its report, and says that it could."""
    return ended.code >= 0 and ended.code != Exit.UNREPORTED


def _of_act(story: Story, act: Act) -> Iterator[str]:
    for ended in act.ended:
        if ended.code not in _EXITS:
            yield f"{act.command} ended with {ended.code}"
        if "Traceback" in ended.text:
            yield f"{act.command} ended with a traceback"
    if act.command in _SENDS_NOTHING and act.sent:
        yield f"{act.command} sent an order"
    yield from within_approval(story.book, act.sent, act.approved)
    if all(tells(ended) for ended in act.ended):
        yield from reported(act.sent, story.reported)
        if act.command == "run" and {ended.code for ended in act.ended} == {Exit.DONE}:
            yield from _all_filled(story.book.orders_of(act.sent))


def _all_filled(orders: Iterable[OrderRecord]) -> Iterator[str]:
    for order in orders:
        if order.filled != order.quantity:
            yield f"exit 0, but {order.symbol} is {order.status.value} with {order.filled}"


def _of_end(story: Story) -> Iterator[str]:
    """At the end the reports say what the book says, or that they do not know."""
    last = story.acts[-1]
    unknown = any(ended.code == Exit.UNKNOWN_OUTCOME for ended in last.ended)
    if unknown and all(row["status"] != "Unknown" for row in story.reported.values()):
        yield "exit 7 at the end, but no report says Unknown"
    for order in story.book.orders_of(story.book.sent):
        row = story.reported.get(order.order_ref)
        if row is None:
            if tells(last.ended[-1]):
                yield f"{order.symbol}: in no report at the end"
            continue
        if row["status"] != "Unknown":
            yield from as_reported(order, row)
        elif not unknown:
            yield f"{order.symbol}: unknown in the last report, though exit is not 7"
        if not order.is_done and not unknown:
            yield f"{order.symbol}: still open at the end, though exit is not 7"
