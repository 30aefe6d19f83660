"""What a user did and was shown, and what the gateway's book says of it: all that is judged."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from attrs import frozen

from tests.support.book import Book, Placed
from tests.support.processes import Finished

Wish = tuple[str, str, str]
"""Account, symbol and side."""


@frozen(kw_only=True)
class Act:
    """Processes that ran at one time, what they sent, and what they had shown before.

    `approved` are shares, as the pre-trade reports say. `exits` are the exit codes that the act may
    end with, None where its story says it otherwise.
    """

    command: str
    exits: frozenset[int] | None = None
    ended: tuple[Finished, ...]
    sent: tuple[Placed, ...]
    approved: Mapping[Wish, Decimal]


@frozen(kw_only=True)
class Story:
    """Acts one after the other, and how things stand at their end.

    `reported` is each order's newest row in a post-trade report; `bystander` is the reference of an
    order of somebody else that must outlive all of it.
    """

    acts: tuple[Act, ...]
    book: Book
    reported: Mapping[str, Mapping[str, str]]
    bystander: str = ""

    @property
    def text(self) -> str:
        """Everything that was said, for whoever looks into a failure."""
        return "\n".join(
            f"--- {act.command}: exit {each.code}\n{each.text}"
            for act in self.acts
            for each in act.ended
        )


def approved_in(previews: Iterable[Iterable[Mapping[str, str]]]) -> Mapping[Wish, Decimal]:
    """The most shares that any of these pre-trade reports has."""
    most: dict[Wish, Decimal] = {}
    for row in (row for rows in previews for row in rows):
        wish = (row["account_id"], row["symbol"], row["action"])
        if row["action"] in {"BUY", "SELL"}:
            most[wish] = max(most.get(wish, Decimal(0)), Decimal(row["qty_shares"]))
    return most


def reported_in(reports: Iterable[Iterable[Mapping[str, str]]]) -> Mapping[str, Mapping[str, str]]:
    """Each sent order's row in the newest of these reports that has it; they come oldest first."""
    return {
        row["order_ref"]: row
        for rows in reports
        for row in rows
        if row["order_ref"] and row["status"] != "Skipped"
    }
