"""A terminal that keeps what is written to it with the time, and shows what is on its last line."""

import itertools
from collections.abc import Callable
from io import StringIO

from rebalancer_cli.terminal.live_line import LiveLine, Way
from rebalancer_cli.terminal.loudness import Loudness
from rebalancer_cli.terminal.people import TerminalPeople
from rebalancer_cli.terminal.terminal import Terminal


class ScriptedScreen(StringIO):
    """Everything written, each piece with its second."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        super().__init__()
        self._seconds = seconds
        self.written: list[tuple[float, str]] = []

    def write(self, text: str) -> int:
        self.written.append((self._seconds(), text))
        return super().write(text)

    @property
    def lines(self) -> list[str]:
        """What a person sees: a carriage return goes back to the first column."""
        return [_seen(line) for line in self.getvalue().split("\n")]

    def longest_silence(self, until: float) -> float:
        """Seconds, from 0 to `until`, in which nothing on the screen changed."""
        times = [0.0]
        before = ""
        for second, text in self.written:
            if text.strip() and text.strip() != before:
                times.append(second)
                before = text.strip()
        times.append(until)
        return max(after - earlier for earlier, after in itertools.pairwise(times))


def people_on(screen: ScriptedScreen, live: LiveLine) -> TerminalPeople:
    """People before this screen, with its live line."""
    loudness = Loudness.QUIET if live.is_quiet else Loudness.NORMAL
    return TerminalPeople(terminal=Terminal(out=screen, err=screen, live=live, loudness=loudness))


def drawn_on(
    screen: ScriptedScreen, seconds: Callable[[], float], *, columns: int = 120
) -> LiveLine:
    """The live line of a terminal so wide."""
    return LiveLine(stream=screen, way=Way(is_drawn=True), seconds=seconds, columns=lambda: columns)


def _seen(line: str) -> str:
    shown: list[str] = []
    for part in line.split("\r"):
        shown[: len(part)] = list(part)
    return "".join(shown).rstrip()
