"""What stays subscribed beyond its answer: the answer, and every push since; pure.

A push is one row of many: that none comes proves nothing. So each of these knows when it was last
answered in full, and over which link.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, field, frozen

from rebalancer_adapters.ib.raw_rows import AccountRow, OpenOrderRow, PositionRow

# A subscription that was not confirmed for so long is no source for an order (R 7.8.3).
CONFIRMED_SECONDS = 180.0
# Without the ledger's prefix it comes twice under one key, and nothing tells which is which.
_TWICE = "AccruedCash"


@frozen(kw_only=True)
class Confirmation:
    """When it was asked, in seconds of the loop, of an answer that came in full.

    `link` counts the breaks of the link and the messages that could not be read until then.
    """

    at: float
    link: int

    def holds(self, now: float, link: int) -> bool:
        """Whether it is still a source: of this very link, and not too old.

        >>> asked = Confirmation(at=10, link=1)
        >>> asked.holds(190, 1), asked.holds(190.5, 1), asked.holds(11, 2)
        (True, False, False)
        """
        return link == self.link and now - self.at <= CONFIRMED_SECONDS


@define
class PositionBook:
    """Positions of every account, by contract: the newest row of each.

    Rows that name no account are everybody's, so that they make every account incomplete.
    """

    _rows: dict[str, dict[int, PositionRow]] = field(factory=dict, init=False)

    def push(self, row: PositionRow) -> None:
        """A row that came without a question."""
        self._rows.setdefault(row.account, {})[row.contract.conId] = row

    def replace(self, rows: Iterable[PositionRow], account: str | None = None) -> None:
        """The whole answer, about one account or all; what it does not name is held no more."""
        for each in tuple(self._rows) if account is None else ("", account):
            self._rows.pop(each, None)
        for row in rows:
            self.push(row)

    def of(self, account: str) -> tuple[PositionRow, ...]:
        """What is known of this account."""
        own, nameless = self._rows.get(account, {}), self._rows.get("", {})
        return (*own.values(), *nameless.values())


@define
class ValueStream:
    """The values of one account as one subscription tells them: of each the newest row.

    `asked` is its confirmation; `is_over` once the gateway said an error about it.
    """

    asked: Confirmation
    is_over: bool = field(default=False, init=False)
    _rows: dict[tuple[str, str, str, str], tuple[AccountRow, ...]] = field(factory=dict, init=False)

    def push(self, row: AccountRow) -> None:
        """A row of the answer, or one that came since."""
        key = (row.account, row.tag, row.currency, row.model)
        before = self._rows.get(key, ())[-1:] if row.tag == _TWICE else ()
        self._rows[key] = (*before, row)

    @property
    def rows(self) -> tuple[AccountRow, ...]:
        """All of them."""
        return tuple(row for rows in self._rows.values() for row in rows)


@frozen(kw_only=True)
class OrdersSeen:
    """Open orders of all clients as one answer told them; None where the gateway shows none."""

    asked: Confirmation
    rows: tuple[OpenOrderRow, ...] | None
