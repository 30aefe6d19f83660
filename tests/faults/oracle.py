"""Judges every case by the gateway's own book, whatever the program said."""

from collections.abc import Iterator
from decimal import Decimal

from rebalancer_adapters.gateway import OrderRecord
from rebalancer_core.orders.tickets import OWN_PREFIX
from tests.faults.play import FOREIGN_REF, OWN_CLIENTS, Act, Played
from tests.support import Finished

_KNOWN_EXITS = frozenset({0, 4, 5, 6, 7, 8, 130, -9, -15})
_UNREPORTED, _UNKNOWN = 8, 7
_ZERO = Decimal(0)


def violations(played: Played) -> tuple[str, ...]:
    """Every promise that was broken; empty when all were kept."""
    return (
        *_expectation(played),
        *_nothing_twice(played),
        *_nothing_unsent(played),
        *_strangers(played),
        *_no_debt(played),
        *(broken for act in played.acts for broken in _act(played, act)),
        *_ending(played),
    )


def _expectation(played: Played) -> Iterator[str]:
    case, first = played.case, played.acts[0]
    for ended in first.ended:
        if ended.code not in case.exits:
            yield f"exit {ended.code}, expected one of {sorted(case.exits)}"
    fewest, most = case.orders
    if not fewest <= len(first.sent) <= most:
        yield f"{len(first.sent)} orders on the wire, expected {fewest} to {most}"
    for at, act in enumerate(played.acts[1:], start=1):
        code = act.ended[0].code
        if code not in _allowed(played, at, act):
            yield f"{act.command} ended with {code}"


def _allowed(played: Played, at: int, act: Act) -> frozenset[int]:
    """The exit codes of what is done after the first run."""
    if act.exits is not None:
        return act.exits
    if act.command == "resolve" or at == len(played.acts) - 1:
        return frozenset({0})
    return played.case.recovered if act.command == "recover" else frozenset({0, _UNKNOWN})


def _nothing_twice(played: Played) -> Iterator[str]:
    refs = [placed.terms.order_ref for act in played.acts for placed in act.sent]
    for ref in sorted({ref for ref in refs if refs.count(ref) > 1}):
        yield f"{ref} was sent twice"


def _nothing_unsent(played: Played) -> Iterator[str]:
    """A what-if question books nothing."""
    refs = {placed.terms.order_ref for act in played.acts for placed in act.sent}
    for order in played.orders:
        is_ours = order.order_ref.startswith(OWN_PREFIX) or order.client_id in OWN_CLIENTS
        if is_ours and order.order_ref not in refs:
            yield f"{order.symbol}: in the book, though no order message asked for it"


def _strangers(played: Played) -> Iterator[str]:
    if played.cancelled_all:
        yield "a global cancel was sent"
    foreign = [order for order in played.orders if order.order_ref == FOREIGN_REF]
    if len(foreign) != 1 or foreign[0].is_done or foreign[0].filled:
        yield "somebody else's order was touched"


def _no_debt(played: Played) -> Iterator[str]:
    """No case has a target that borrows; a dollar is left to commissions of partial fills."""
    if played.cash < -1:
        yield f"cash ends at {played.cash}: more was bought than paid for"


def _act(played: Played, act: Act) -> Iterator[str]:
    for ended in act.ended:
        if ended.code not in _KNOWN_EXITS:
            yield f"{act.command} ended with {ended.code}"
        if "Traceback" in ended.text:
            yield f"{act.command} ended with a traceback"
    if act.command in {"recover", "resolve"} and act.sent:
        yield f"{act.command} sent an order"
    yield from _within_approval(played, act)
    if all(_tells(ended) for ended in act.ended):
        yield from _told(played, act)


def _tells(ended: Finished) -> bool:
    """Whether a process lived to write its report, and says that it could."""
    return ended.code >= 0 and ended.code != _UNREPORTED


def _within_approval(played: Played, act: Act) -> Iterator[str]:
    refs = {placed.terms.order_ref for placed in act.sent}
    alive: dict[tuple[str, str], Decimal] = {}
    for order in played.orders:
        if order.order_ref in refs:
            working = _ZERO if order.is_done else order.remaining
            key = (order.symbol, order.side)
            alive[key] = alive.get(key, _ZERO) + order.filled + working
    for key, shares in alive.items():
        if shares > act.approved.get(key, _ZERO):
            yield f"{key}: {shares} shares, approved {act.approved.get(key, _ZERO)}"
    for placed in act.sent:
        if (placed.symbol, placed.terms.action) not in act.approved:
            yield f"{placed.symbol} {placed.terms.action} was never approved"


def _told(played: Played, act: Act) -> Iterator[str]:
    for placed in act.sent:
        ref = placed.terms.order_ref
        if ref not in played.reported:
            yield f"{ref} is in no post-trade report"
    if act.command == "run" and {ended.code for ended in act.ended} == {0}:
        for order in _own(played, act):
            if order.filled != order.quantity:
                yield f"exit 0, but {order.symbol} is {order.status.value} with {order.filled}"


def _ending(played: Played) -> Iterator[str]:
    """At the end the reports say what the book says, or that they do not know."""
    last = played.acts[-1]
    unknown = any(ended.code == _UNKNOWN for ended in last.ended)
    if unknown and all(row["status"] != "Unknown" for row in played.reported.values()):
        yield "exit 7 at the end, but no report says Unknown"
    for act in played.acts:
        for order in _own(played, act):
            row = played.reported.get(order.order_ref)
            if row is None:
                if _tells(last.ended[-1]):
                    yield f"{order.symbol}: in no report at the end"
                continue
            told = Decimal(row["exec_qty_shares"] or 0)
            if row["status"] == "Unknown":
                if not unknown:
                    yield f"{order.symbol}: unknown in the last report, though exit is not 7"
            elif told != order.filled:
                yield f"{order.symbol}: {told} reported, {order.filled} executed"
            if not order.is_done and not unknown:
                yield f"{order.symbol}: still open at the end, though exit is not 7"


def _own(played: Played, act: Act) -> tuple[OrderRecord, ...]:
    refs = {placed.terms.order_ref for placed in act.sent}
    return tuple(order for order in played.orders if order.order_ref in refs)
