"""A run that has orders out: it does what each step asks for, until it has to wait for facts."""

from __future__ import annotations

from returns.pipeline import is_successful

from rebalancer_core.follow.commands import (
    AskEvidence,
    Cancel,
    CancelWatched,
    Command,
    Commit,
    Listen,
    Pause,
    ReadAccount,
    ReadMarket,
    Record,
    RecordWatched,
    Reserve,
    Submit,
    Tell,
)
from rebalancer_core.follow.events import (
    AccountRead,
    CancelRefused,
    Committed,
    EvidenceHeard,
    EvidenceMissing,
    FollowEvent,
    Heard,
    Instant,
    JournalFailed,
    MarketRead,
    MarketUnread,
    NotCommitted,
    NotSubmitted,
    Reserved,
    Submitted,
    Surroundings,
    WatchedJournalFailed,
)
from rebalancer_core.follow.state import FollowState, Stage
from rebalancer_core.follow.step import step
from rebalancer_core.messages.follow import not_handed_over
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.reconcile.journal_model import Intent
from rebalancer_core.values.instruments import ConId
from tests.stateful.broker import Broker
from tests.stateful.desk import Desk
from tests.stateful.journal import StoryJournal
from tests.stateful.witness import Witness

Answers = tuple[FollowEvent, ...]


class Program:
    """What `application.execute` does, over a broker that answers at once."""

    def __init__(
        self,
        state: FollowState,
        broker: Broker,
        desk: Desk,
        journal: StoryJournal,
        run_id: str,
        client_id: int,
    ) -> None:
        self.state = state
        self.wants_to_stop = False
        self._broker = broker
        self._desk = desk
        self._journal = journal
        self._run_id = run_id
        self._client_id = client_id
        self._witness = Witness()
        self._listens: float | None = None
        self._answers: Answers = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.state.stage is Stage.DONE

    def advance(self) -> None:
        """As far as the next wait for facts."""
        if self._listens is not None:
            facts = self._desk.facts(self._listens)
            self._witness.hear(facts)
            self._answers += (Heard(facts=facts),)
            self._listens = None
        self._turn()
        while not (self._is_waiting or self.is_done):
            self._turn()

    @property
    def _is_waiting(self) -> bool:
        return self._listens is not None

    def _turn(self) -> None:
        around = Surroundings(closed_gate=self._desk.closed_gate, stop_requested=self.wants_to_stop)
        now = Instant(seconds=self._broker.seconds, at=self._broker.now())
        self.state, commands = step(self.state, now, (around, *self._answers))
        self._answers = ()
        for command in commands:
            assert self._listens is None, "nothing is done behind a wait"
            self._answers += self._answer_to(command)

    def _answer_to(self, command: Command) -> Answers:
        match command:
            case Listen(seconds=seconds):
                self._listens = seconds
            case Pause(seconds=seconds):
                self._broker.seconds += seconds
            case Record() | RecordWatched():
                return self._recorded(command)
            case CancelWatched(order_ref=ref):
                self._desk.cancel(ref)
            case Cancel(order_ref=ref):
                return self._cancelled(ref)
            case Tell():
                pass
            case _:
                return (self._answered(command),)
        return ()

    def _answered(
        self, command: AskEvidence | ReadAccount | ReadMarket | Reserve | Commit | Submit
    ) -> FollowEvent:
        match command:
            case AskEvidence():
                return self._evidence()
            case ReadAccount():
                return AccountRead(snapshot=self._broker.snapshot())
            case ReadMarket():
                return self._market(command)
            case Reserve(order_ref=ref, at_least=least):
                return Reserved(order_ref=ref, order_id=self._desk.reserve(least))
            case Commit():
                return self._committed(command)
            case Submit(ticket=ticket):
                return self._submitted(ticket)

    def _recorded(self, command: Record | RecordWatched) -> Answers:
        if is_successful(self._journal.note(command.event, self._broker.now())):
            return ()
        failed = JournalFailed if isinstance(command, Record) else WatchedJournalFailed
        return (failed(why="disk full"),)

    def _cancelled(self, ref: OrderRef) -> Answers:
        fault = self._desk.cancel(ref)
        return () if fault is None else (CancelRefused(order_ref=ref, fault=fault),)

    def _evidence(self) -> EvidenceHeard | EvidenceMissing:
        answer = self._desk.evidence()
        if not isinstance(answer, tuple):
            return EvidenceMissing(fault=answer)
        self._witness.hear(answer)
        return EvidenceHeard(facts=answer)

    def _market(self, command: ReadMarket) -> MarketRead | MarketUnread:
        if self._desk.closed_gate:
            return MarketUnread()
        con_ids = tuple(ConId(int(symbol[1:])) for symbol in command.symbols)
        return MarketRead(market=self._broker.market(con_ids))

    def _committed(self, command: Commit) -> Committed | NotCommitted:
        ref = command.ticket.order_ref
        intent = Intent(
            run_id=self._run_id,
            ticket=command.ticket,
            order_id=command.order_id,
            client_id=self._client_id,
            position_before=command.position_before,
            intended_at=self._broker.now(),
            replaces=command.replaces,
        )
        if not is_successful(self._journal.intend(intent)):
            return NotCommitted(order_ref=ref, why="disk full")
        return Committed(order_ref=ref)

    def _submitted(self, ticket: OrderTicket) -> Submitted | NotSubmitted:
        ref = ticket.order_ref
        assert not self.wants_to_stop, "an order left after the wish to stop"
        assert not self._desk.closed_gate, "an order left through a closed gate"
        self._witness.see(ticket, self._broker.seconds, self._journal)
        fault = self._desk.submit(ticket)
        if fault is not None:
            return NotSubmitted(order_ref=ref, why=not_handed_over(fault))
        return Submitted(order_ref=ref)
