"""The book judges a run: the shared promises, and that the exit code is true.

It reads the gateway's book, its record of the wire and the user's own files, nothing of the client.
"""

from collections.abc import Iterator, Mapping

from rebalancer_cli.exits import Exit
from tests.support import Workspace
from tests.support.book import Book
from tests.support.promises import (
    as_reported,
    no_id_twice,
    nothing_twice,
    reported,
    within_approval,
)
from tests.support.story import approved_in, reported_in

# A contract that is told behind the end of the answer is none: then the symbol looks unknown.
_NOTHING_SENT = frozenset({Exit.INVALID_INPUT, Exit.NO_DATA, Exit.REFUSED})
_CERTAIN = frozenset({Exit.DONE, Exit.PARTIAL})
_POSSIBLE = _NOTHING_SENT | _CERTAIN | {Exit.UNKNOWN_OUTCOME}


def wrongs_of_run(code: int, space: Workspace, book: Book) -> tuple[str, ...]:
    """Everything that must not be, at the instant at which the run ended."""
    return (*wrongs_of_book(space, book), *_wrongs_of_code(code, space, book))


def wrongs_of_book(space: Workspace, book: Book) -> tuple[str, ...]:
    """More than was approved, or anything twice: wrong at every instant."""
    approved = approved_in(space.pre(account) for account in _accounts(book))
    return (
        *within_approval(book, book.sent, approved),
        *nothing_twice(book),
        *no_id_twice(book),
    )


def unlike_the_book(space: Workspace, book: Book) -> Iterator[str]:
    """Orders whose newest report says another number of shares than the book."""
    rows = _reported(space, book)
    for order in book.orders_of(book.sent):
        if order.order_ref in rows:
            yield from as_reported(order, rows[order.order_ref])


def _wrongs_of_code(code: int, space: Workspace, book: Book) -> Iterator[str]:
    if code not in _POSSIBLE:
        yield f"exit code {code}"
    if code in _NOTHING_SENT and book.sent:
        yield f"exit code {code}, but {len(book.sent)} orders were sent"
    if code != Exit.INVALID_INPUT and not space.files("run_summary_*.csv"):
        yield "there is no summary"
    yield from reported(book.sent, _reported(space, book))
    if code in _CERTAIN:
        own = book.orders_of(book.sent)
        yield from (f"{each.order_ref} is still working" for each in own if not each.is_done)
        yield from unlike_the_book(space, book)
    if code == Exit.DONE:
        yield from _unfilled(book)
    if code == Exit.UNKNOWN_OUTCOME and not any(
        row["status"] == "unknown" for row in space.summary().values()
    ):
        yield "exit code 7, but the summary knows every account"


def _unfilled(book: Book) -> Iterator[str]:
    """After `done` an order is filled, or another one took over what it left."""
    known = {order.order_ref: order for order in book.orders}
    for at, each in enumerate(book.sent):
        order = known.get(each.ref)
        replaced = any(later.wish == each.wish for later in book.sent[at + 1 :])
        if not replaced and (order is None or order.filled != order.quantity):
            yield f"exit code 0, but {each.ref} is not filled"


def _reported(space: Workspace, book: Book) -> Mapping[str, Mapping[str, str]]:
    return reported_in(rows for account in _accounts(book) for rows in space.all_post(account))


def _accounts(book: Book) -> tuple[str, ...]:
    return tuple(sorted({each.terms.account for each in book.sent}))
