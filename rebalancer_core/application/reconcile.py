"""Finds out what became of orders that an earlier run left open, before anything else is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import evolve, frozen

from rebalancer_core.application.journaling import Amended, amend, take_in
from rebalancer_core.application.looks import Look, Looks, Snapshots, Unasked
from rebalancer_core.application.past_runs import past_runs
from rebalancer_core.application.reconciled import Reconciled, all_open
from rebalancer_core.application.stages import ShowStage, unseen
from rebalancer_core.messages import (
    explain_journal,
    of_order,
    received_after_all,
    told,
    unwritten,
)
from rebalancer_core.orders.events import LinkDown, LinkUp, OrderRef, OwnActed, OwnAction, Resolved
from rebalancer_core.orders.order_state import TERMINAL
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.ports import Clock, JournalPort, OrderPort
from rebalancer_core.reconcile.findings import Conflict, Finding, StillWorking
from rebalancer_core.reconcile.journal_model import (
    JournaledEvent,
    JournaledOrder,
    JournaledRun,
    JournalFault,
)
from rebalancer_core.reconcile.past_orders import finished_on, trading_day, unfinished, watched
from rebalancer_core.values.faults import BrokerFault, LinkLost
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.results import Failed, unwrap_or_failed
from rebalancer_core.values.work import Work

_CANCEL_SECONDS = 10.0


@frozen(kw_only=True)
class Reconciliation:
    """Asks the broker about open orders of the journal, twice, and writes the verdicts down.

    Of today's finished orders it takes in what the broker's executions still change, and of those
    that a person declared not received every sign of life: such an order is cancelled.
    `client_id` is the id of the session behind `desk`; `second_look_seconds` pass between the two
    looks that a verdict needs, long enough for a late fill to reach the lists.
    """

    broker: Snapshots
    desk: OrderPort
    journal: JournalPort
    client_id: int
    clock: Clock
    second_look_seconds: float
    cancel_working: bool = False
    stage: ShowStage = unseen

    @property
    def _looks(self) -> Looks:
        return Looks(
            broker=self.broker,
            desk=self.desk,
            client_id=self.client_id,
            clock=self.clock,
            pause_seconds=self.second_look_seconds,
        )

    async def reconcile_all(
        self, accounts: tuple[AccountId, ...], tell: Callable[[Reconciled], None]
    ) -> tuple[Reconciled, ...] | JournalFault:
        """Every account in turn; `tell` hears of each at once."""
        runs = past_runs(self.journal, self.clock.now())
        if isinstance(runs, Failed):
            return runs.error
        found: list[Reconciled] = []
        for account_id in accounts:
            self.stage(Work.RECOVERY, len(found), len(accounts))
            found.append(await self.reconcile(account_id, runs))
            tell(found[-1])
        self.stage(Work.RECOVERY, len(accounts), len(accounts))
        return tuple(found)

    async def reconcile(self, account_id: AccountId, runs: tuple[JournaledRun, ...]) -> Reconciled:
        """Settle what evidence settles; the rest stays open and keeps the account locked."""
        orders = unfinished(runs, account_id)
        doubted = watched(runs, account_id, self.clock.now())
        for order in (*orders, *doubted):
            self._adopt(order)
        finished = finished_on(trading_day(self.clock.now()), runs, account_id)
        asked = tuple({order.order_ref: order for order in (*finished, *doubted)}.values())
        amended = await self.refresh(account_id, asked)
        if not isinstance(amended, Amended):
            if orders:
                return all_open(account_id, orders, amended)
            return Reconciled(account_id=account_id, unasked=amended)
        alive = frozenset(order.order_ref for order in amended.received)
        settled = await self._settled(account_id, (*orders, *amended.reopened), cancel=alive)
        return evolve(
            settled,
            alarms=tuple(map(received_after_all, amended.received)),
            lines=(*amended.lines, *settled.lines),
            open_orders=(*amended.faults, *settled.open_orders),
            amended=amended.reports,
        )

    async def refresh(
        self, account_id: AccountId, orders: tuple[JournaledOrder, ...]
    ) -> Amended | BrokerFault:
        """Take in what the broker tells of these orders, with no verdict on any.

        Comes back with what it changed of finished ones; a fault: the broker could not be asked.
        """
        if not orders:
            return Amended()
        facts = unwrap_or_failed(await self.desk.evidence(account_id, needs_completed=False))
        if isinstance(facts, Failed):
            return facts.error
        finished = tuple(order for order in orders if order.is_finished)
        amended = amend(self.journal, finished, facts, self.clock.now())
        faults = tuple(
            of_order(order, explain_journal(fault))
            for order in orders
            if not order.is_finished
            and (fault := take_in(self.journal, order, facts, self.clock.now())) is not None
        )
        return evolve(amended, faults=(*amended.faults, *faults))

    def _adopt(self, order: JournaledOrder) -> None:
        """Hear of it; an id is this session's to cancel only where this client gave it."""
        is_ours = order.intent.client_id == self.client_id
        self.desk.adopt(order.order_ref, order.intent.order_id if is_ours else None)

    async def _settled(
        self,
        account_id: AccountId,
        open_orders: tuple[JournaledOrder, ...],
        *,
        cancel: frozenset[OrderRef],
    ) -> Reconciled:
        if not open_orders:
            return Reconciled(account_id=account_id)
        orders = tuple(sorted(open_orders, key=_intended_at))
        look = await self._looks.look(account_id, orders)
        if not isinstance(look, Look):
            return all_open(account_id, orders, look)
        requested = await self._cancelled(look.findings, orders, always=cancel)
        if requested:
            orders = tuple(requested.get(order.order_ref, order) for order in orders)
            look = await self._looks.look(account_id, orders)
            if not isinstance(look, Look):
                return all_open(account_id, orders, look)
        confirmed = await self._looks.confirmed(account_id, orders, look)
        if not isinstance(confirmed, Look):
            return all_open(account_id, orders, confirmed)
        return self._written(account_id, orders, confirmed)

    async def look_after_cancel(
        self, account_id: AccountId, orders: tuple[JournaledOrder, ...]
    ) -> tuple[Finding, ...] | Unasked:
        """Cancel these orders, known or not, then look twice; nothing is settled.

        One finding an order; a fault: the broker could not be asked. 10147 (not found) proves
        nothing: a dialog has no order to cancel.
        """
        for order in orders:
            self._adopt(order)
            self.journal.note(
                OwnActed(order_ref=order.order_ref, act=OwnAction.CANCEL_REQUESTED),
                self.clock.now(),
            )
            answer = unwrap_or_failed(await self.desk.cancel(order.order_ref))
            # An id that another program uses by now is not ours to cancel, and proves nothing.
            if isinstance(answer, Failed) and isinstance(answer.error, LinkLost):
                return answer.error
        look = await self._looks.look(account_id, orders)
        if isinstance(look, Look):
            look = await self._looks.confirmed(account_id, orders, look)
        return look.findings if isinstance(look, Look) else look

    async def _cancelled(
        self,
        found: tuple[Finding, ...],
        orders: tuple[JournaledOrder, ...],
        *,
        always: frozenset[OrderRef],
    ) -> dict[OrderRef, JournaledOrder]:
        """Those that were working: they were asked to be cancelled, and their end waited for."""
        working = {
            entry.order_ref
            for entry in found
            if isinstance(entry, StillWorking)
            and (self.cancel_working or entry.order_ref in always)
        }
        requested: dict[OrderRef, JournaledOrder] = {}
        for order in orders:
            if order.order_ref not in working:
                continue
            act = OwnActed(order_ref=order.order_ref, act=OwnAction.CANCEL_REQUESTED)
            self.journal.note(act, self.clock.now())
            heard = JournaledEvent(at=self.clock.now(), event=act)
            requested[order.order_ref] = evolve(order, events=(*order.events, heard))
            await self.desk.cancel(order.order_ref)
        states = {ref: order.state for ref, order in requested.items()}
        until = self.clock.monotonic() + _CANCEL_SECONDS
        while self.clock.monotonic() < until and any(
            s.phase not in TERMINAL for s in states.values()
        ):
            for fact in await self.desk.facts(until - self.clock.monotonic()):
                if not isinstance(fact, LinkDown | LinkUp) and fact.order_ref in states:
                    states[fact.order_ref] = apply(states[fact.order_ref], fact)
        return requested

    def _written(
        self,
        account_id: AccountId,
        orders: tuple[JournaledOrder, ...],
        look: Look,
    ) -> Reconciled:
        lines: list[str] = []
        left: list[str] = []
        runs: set[str] = set()
        for order, entry in zip(orders, look.findings, strict=True):
            line = of_order(order, told(entry))
            if isinstance(entry, Resolved):
                fault = take_in(
                    self.journal, order, (*look.evidence.facts, entry), self.clock.now()
                )
                if fault is None:
                    lines.append(line)
                    runs.add(order.intent.run_id)
                    continue
                line = unwritten(line, fault)
            if isinstance(entry, Conflict):
                # What a person resolves it by: a correction may have taken shares back.
                fault = take_in(self.journal, order, look.evidence.facts, self.clock.now())
                line = line if fault is None else unwritten(line, fault)
            left.append(line)
        return Reconciled(
            account_id=account_id,
            lines=tuple(lines),
            open_orders=tuple(left),
            settled=frozenset((run_id, account_id) for run_id in runs),
        )


def _intended_at(order: JournaledOrder) -> datetime:
    return order.intent.intended_at
