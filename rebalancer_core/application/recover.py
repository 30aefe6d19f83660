"""Settles open orders of earlier runs, and writes the reports that are owed once that is done."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from rebalancer_core.application.past_runs import past_runs
from rebalancer_core.application.reconcile import Reconciliation
from rebalancer_core.application.reconciled import Reconciled, write_owed
from rebalancer_core.application.recovery_session import reconnected
from rebalancer_core.application.types import World
from rebalancer_core.messages import explain
from rebalancer_core.ports import AccountLocks, JournalPort, SessionPort
from rebalancer_core.reconcile.journal_model import JournaledRun, JournalFault
from rebalancer_core.reconcile.past_orders import accounts_perhaps_to_ask, accounts_to_ask
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.results import Failed


@frozen(kw_only=True)
class Recovered:
    """How recovery ended; `written` are sentences about the reports that were owed.

    `is_refused`: another process has an account. `is_answered`: the broker said all that there was
    to ask. `has_open_orders`: an order of these accounts is left that nothing settles.
    """

    is_refused: bool
    is_answered: bool
    has_open_orders: bool
    written: tuple[str, ...]


async def recover(
    world: World,
    sessions: SessionPort,
    journal: JournalPort,
    tell: Callable[[Reconciled], None],
    *,
    client_id: int,
    cancel_working: bool,
) -> Recovered | JournalFault:
    """Ask the broker about every account that may have changed; `tell` hears of each at once."""
    runs = past_runs(journal, world.clock.now())
    if isinstance(runs, Failed):
        return runs.error
    # This computer's clock may name another day than the broker's, which is heard on connecting.
    with sessions.locked(accounts_perhaps_to_ask(runs, world.clock.now())) as locks:

        async def settle(reconciliation: Reconciliation) -> _Asked | JournalFault:
            asked = _asked(world, runs, locks)
            found = await reconciliation.reconcile_all(asked.accounts, tell)
            return found if isinstance(found, JournalFault) else evolve(asked, found=found)

        answer: _Asked | JournalFault | Failed[BrokerFault] | None = None
        if locks.held:
            answer = await reconnected(
                world, sessions, journal, settle, client_id=client_id, cancel_working=cancel_working
            )
    if isinstance(answer, JournalFault):
        return answer
    asked = answer if isinstance(answer, _Asked) else _asked(world, runs, locks)
    if isinstance(answer, Failed) and asked.accounts:
        world.people.note(explain(answer.error))
    return Recovered(
        is_refused=asked.is_refused,
        is_answered=len(asked.found) == len(asked.accounts)
        and all(each.unasked is None for each in asked.found),
        has_open_orders=any(each.open_orders for each in asked.found),
        written=write_owed(journal, world.reports, asked.found),
    )


@frozen(kw_only=True)
class _Asked:
    """The accounts to ask about that are ours alone, and what was found of them."""

    accounts: tuple[AccountId, ...]
    is_refused: bool
    found: tuple[Reconciled, ...] = ()


def _asked(world: World, runs: tuple[JournaledRun, ...], locks: AccountLocks) -> _Asked:
    """Whom to ask about, by the broker's clock where it was heard; refused locks are told."""
    wanted = accounts_to_ask(runs, world.clock.now())
    refused = tuple(each for each in locks.refused if each.account_id in wanted)
    for each in refused:
        world.people.note(each.why)
    held = tuple(each for each in wanted if each in locks.held)
    return _Asked(accounts=held, is_refused=bool(refused))
