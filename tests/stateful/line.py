"""The line to the session: what the broker says is heard, lost or late."""

from __future__ import annotations

from typing import Protocol

from attrs import define, field

from rebalancer_core.orders.events import BrokerFact, LinkDown, LinkUp, OrderRef


class Session(Protocol):
    """Who is connected."""

    def owns(self, order_ref: OrderRef) -> bool:
        """Whether live messages of the order come here."""
        ...

    def hear(self, fact: BrokerFact) -> None:
        """A message came in."""
        ...

    def close(self) -> None:
        """The socket is gone."""
        ...


@define
class Line:
    """`said` is all that the broker ever said; `late` waits until the line has caught up."""

    session: Session | None = None
    is_muted: bool = False
    is_late: bool = False
    is_cut_off: bool = False
    late: list[BrokerFact] = field(factory=list)
    said: list[BrokerFact] = field(factory=list)

    def tell(self, fact: BrokerFact) -> None:
        """Say it to the session, as far as the line allows."""
        self.said.append(fact)
        if self.session is None or self.is_muted or self.is_cut_off:
            return
        if not isinstance(fact, LinkDown | LinkUp) and not self.session.owns(fact.order_ref):
            return
        if self.is_late:
            self.late.append(fact)
        else:
            self.session.hear(fact)

    def catch_up(self) -> None:
        """What was late is said now."""
        late, self.late, self.is_late = self.late, [], False
        for fact in late:
            self.tell(fact)

    def announce(self, fact: LinkDown | LinkUp) -> None:
        """Tell the session of the gateway's link to the broker."""
        self.is_cut_off = isinstance(fact, LinkDown)
        if self.session is not None:
            self.session.hear(fact)

    def close(self) -> None:
        """The socket closes; what was late is lost, and the next line is sound."""
        self.late.clear()
        self.is_muted = self.is_late = self.is_cut_off = False
        if self.session is not None:
            self.session.close()
        self.session = None
