"""A journal that cannot be read closes the gate: no account goes on unchecked."""

from datetime import UTC, datetime

from attrs import evolve
from returns.result import Failure, Result

from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_core.application.preconditions import without_strangers
from rebalancer_core.application.types import Market, Reading
from rebalancer_core.reconcile.journal_model import JournaledRun, JournalFault
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.account import AccountSnapshot, OpenOrder
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.money import ONE

NOW = datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC)
ACCOUNT = AccountId("DU111111")
SNAPSHOT = AccountSnapshot(
    account_id=ACCOUNT, as_of=NOW, base_currency="USD", cash=(), positions=()
)


class TornJournal(MemoryJournal):
    """A journal whose file was damaged while the run was reading the accounts."""

    def runs(self) -> Result[tuple[JournaledRun, ...], JournalFault]:
        return Failure(JournalFault(path="journal.sqlite", detail="a row was changed"))


def _reading(snapshot: AccountSnapshot) -> Reading:
    return Reading(market=Market(as_of=NOW, listings=(), quotes=()), accounts=(snapshot,))


def test_a_journal_that_cannot_be_read_refuses_every_account() -> None:
    (entry,) = without_strangers(_reading(SNAPSHOT), TornJournal()).accounts
    assert isinstance(entry, AccountReport)
    assert entry.status is AccountStatus.REFUSED
    assert "a row was changed" in entry.error


def test_an_order_of_ours_that_the_journal_lacks_refuses_its_account() -> None:
    stranger = OpenOrder(
        account_id=ACCOUNT,
        con_id=ConId(1),
        symbol=Symbol("SPY"),
        side="BUY",
        remaining=ONE,
        order_ref="rb1-00000000-01001-1",
    )
    with_stranger = evolve(SNAPSHOT, open_orders=(stranger,))
    (entry,) = without_strangers(_reading(with_stranger), MemoryJournal()).accounts
    assert isinstance(entry, AccountReport)
    assert "another machine trades this account" in entry.error
    assert without_strangers(_reading(SNAPSHOT), MemoryJournal()).accounts == (SNAPSHOT,)
