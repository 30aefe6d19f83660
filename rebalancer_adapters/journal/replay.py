"""Entries back into a run: each is verified against the one before it, then put in its place."""

from __future__ import annotations

from attrs import define, evolve, field

from rebalancer_adapters.journal.codec import UnreadableError, from_text
from rebalancer_adapters.journal.entries import Draft, Entry, Kind, entry_hash, first_hash
from rebalancer_core.reconcile.journal_model import (
    Approval,
    Intent,
    JournaledAccount,
    JournaledEvent,
    JournaledOrder,
    JournaledRun,
    RunStarted,
)


class BrokenError(ValueError):
    """What stands in the journal is not what was written: the text says where."""


@define(kw_only=True)
class RunReplay:
    """One run as far as its entries were taken in, in their order. Mutable: it grows by `take_in`.

    `entries` are how many it has, `last_id` the row of the last.
    """

    run_id: str
    entries: int = 0
    last_id: int = 0
    _hash: str = field(init=False)
    _started: RunStarted | None = None
    _accounts: dict[str | None, JournaledAccount] = field(factory=dict)
    _orders: dict[str | None, JournaledOrder] = field(factory=dict)

    @_hash.default
    def _before_the_first(self) -> str:
        return first_hash(self.run_id)

    @property
    def orders(self) -> int:
        """How many orders were intended in it."""
        return len(self._orders)

    def take_in(self, entry: Entry) -> None:
        """The next entry. Raises BrokenError, or UnreadableError naming the row."""
        whole = (
            entry.number == self.entries
            and entry.id > self.last_id
            and entry.prev_hash == self._hash
            and entry.hash == entry_hash(entry.draft, entry.number, entry.prev_hash)
        )
        if not whole:
            raise BrokenError(
                f"run {self.run_id}, row {entry.id}: the chain of hashes is broken there"
            )
        try:
            self._place(entry.draft)
        except UnreadableError as trouble:
            raise UnreadableError(f"run {self.run_id}, row {entry.id}: {trouble}") from trouble
        except KeyError as trouble:
            detail = f"run {self.run_id}, row {entry.id}: it belongs to no entry before it"
            raise UnreadableError(detail) from trouble
        self.entries, self.last_id, self._hash = entry.number + 1, entry.id, entry.hash

    def run(self) -> JournaledRun:
        """The run as it stands now; UnreadableError where its first entry is of another kind."""
        if self._started is None:
            raise UnreadableError(f"run {self.run_id}: its first entry is missing")
        return JournaledRun(
            started=self._started, accounts=tuple(map(self._whole, self._accounts.values()))
        )

    def _place(self, draft: Draft) -> None:
        match draft.kind:
            case Kind.RUN:
                self._started = from_text(draft.body, RunStarted)
            case Kind.APPROVAL:
                approval = from_text(draft.body, Approval)
                self._accounts[draft.account] = JournaledAccount(approval=approval, orders=())
            case Kind.INTENT:
                intent = from_text(draft.body, Intent)
                self._orders[draft.order_ref] = JournaledOrder(intent=intent)
            case Kind.EVENT:
                order = self._orders[draft.order_ref]
                event = from_text(draft.body, JournaledEvent)
                self._orders[draft.order_ref] = evolve(order, events=(*order.events, event))
            case Kind.REPORTED:
                account = self._accounts[draft.account]
                self._accounts[draft.account] = evolve(account, is_reported=True)

    def _whole(self, account: JournaledAccount) -> JournaledAccount:
        account_id = account.approval.account_id
        orders = self._orders.values()
        return evolve(
            account, orders=tuple(o for o in orders if o.intent.ticket.account_id == account_id)
        )
