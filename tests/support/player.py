"""The player: plays commands at a simulated gateway as a user does, and tells the story of it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

from rebalancer_adapters.gateway import Restart, at_start
from rebalancer_cli.exits import Exit
from tests.support.processes import Finished, Running
from tests.support.simulated_gateway import SimulatedGateway
from tests.support.story import Act, Story, approved_in, reported_in
from tests.support.timing import PATIENCE_SECONDS
from tests.support.workspace import Workspace, rows_of

RESTARTED = "gateway restarted"
_RUN = ("run", "--yes")


class Player:
    """One user with one folder, one account and one gateway; every act is noted."""

    def __init__(self, gateway: SimulatedGateway, space: Workspace, account: str) -> None:
        self.gateway = gateway
        self.space = space
        self.account = account
        self.acts: list[Act] = []

    def act(
        self,
        command: str,
        perform: Callable[[], tuple[Finished, ...]],
        exits: frozenset[int] | None = None,
    ) -> Act:
        """Note what happens while this is performed, up to the last message of its processes."""
        sent, shown = len(self.gateway.book.sent), set(self._previews())
        ended = perform()
        self.gateway.wait_until_left()
        act = Act(
            command=command,
            exits=exits,
            ended=ended,
            sent=self.gateway.book.sent[sent:],
            approved=approved_in(rows_of(each) for each in self._previews() if each not in shown),
        )
        self.acts.append(act)
        return act

    def start(self, command: str, *args: str, env: Mapping[str, str] | None = None) -> Running:
        """A command on this user's settings, beside the test."""
        return Running(command, "--config", self.space.settings, *args, env=env)

    def run(self, env: Mapping[str, str] | None = None) -> Act:
        """`rebalance run --yes`, as an act."""
        return self.act("run", lambda: (finished(self.start(*_RUN, env=env)),))

    def recover(self) -> Act:
        """`rebalance recover`, as an act."""
        return self.act("recover", lambda: (finished(self.start("recover")),))

    def resolve(self) -> Act:
        """Restart the gateway, and say so of every order that was never acknowledged."""
        self.gateway.play(at_start(Restart(seconds=Decimal("0.2"))))
        return self.act("resolve", lambda: (self.closed(RESTARTED),))

    def closed(self, words: str) -> Finished:
        """`rebalance resolve` of every order that was never acknowledged, with these words."""
        return self.space.close_silent(self.account, words)

    def settle(self, *, disturbed: bool) -> None:
        """Do what a user does next until nothing is unknown.

        Recover what is unknown, or, after a run that was stopped or had company, run again. What no
        evidence settles is closed by a restart of the gateway and `resolve`; then the same command
        once more.
        """
        again = self.run if disturbed else self.recover
        if not disturbed and not _is_unknown(self.acts[-1]):
            return
        for _ in range(2 if disturbed else 1):
            if not _is_unknown(again()):
                return
        self.resolve()
        again()

    def story(self, bystander: str = "") -> Story:
        """All of it, and how the book stands now."""
        return Story(
            acts=tuple(self.acts),
            book=self.gateway.book,
            reported=reported_in(self.space.all_post(self.account)),
            bystander=bystander,
        )

    def _previews(self) -> list[Path]:
        return self.space.files("rebalance_pre_*.csv")


def finished(process: Running) -> Finished:
    """Its end; a process that hangs is ended, and TimeoutExpired raised."""
    with process:
        return process.finish(PATIENCE_SECONDS)


def _is_unknown(act: Act) -> bool:
    return any(each.code == Exit.UNKNOWN_OUTCOME for each in act.ended)
