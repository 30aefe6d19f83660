"""What must vary is replaced by something of the same width, so that tables stay in their columns.

Far dates stay: a market whose clock stands in 2031 shows the same hours at each run.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

FOLDER_WIDTH = 21
_FOLDER = "/the/folder/of/a/user"
_PORT = "40002"
_NEAR = timedelta(days=9)

_INSTANT = re.compile(
    r"(?P<weekday>\b[A-Z][a-z]{2}(?: |\n +))?(?P<date>\b\d{4}-\d\d-\d\d)"
    r"(?:(?P<gap>T| |\n +)(?P<time>\d\d:\d\d)(?P<seconds>:\d\d(?P<fraction>\.\d+)?)?)?"
)
_RUN_ID = re.compile(r"rb1-([0-9a-f]{8})-|\b[Rr]un ([0-9a-f]{8})\b")
_EXECUTION = re.compile(r"\b[0-9a-f]{8}\.[0-9a-f]{8}(?=\.\d\d\.\d\d\b)")
_PAGE = re.compile(r"(?m)^(Page of run )[0-9a-f]{8}(: .*rebalance_)\d{8}T\d{6}Z(?:-\d+)?")
_ORDERS_LINE = re.compile(
    r"^\S+Z [A-Z]+ <module>: (rb1-[0-9a-z]{8}-\d+-\d+)|^  (DU\d+ (?:BUY|SELL) \d+ [^:]+):"
    r"|^(?:\S+Z INFO <module>: )?(DU\d+: (?:sent \d|[A-Z]+: not filled in))"
)

# Of a fixed width where a table may follow; the rest stands at the end of its line.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\d)\d{8}T\d{6}Z(-\d+)?"), "20260102T030405Z"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "0" * 64),
    (re.compile(r"\b\d+ s (old|ago)\b"), r"0 s \1"),
    # A module may move: its log lines say the same.
    (re.compile(r"(?m)^(\S+Z [A-Z]+ )rebalancer_[\w.]+:"), r"\1<module>:"),
    # How far orders are is told the more often, the slower the machine.
    (re.compile(r"(?m)^DU\d+: \d+ of \d+ filled.*\n"), ""),
    # Orders and requests share their numbers, and requests may be tried again.
    (re.compile(r"\border id \d+ of client\b"), "order id 1 of client"),
    (re.compile(r"\bPython 3\.\d+\.\d+"), "Python 3.11.0"),
)


def normalised(
    texts: Mapping[str, str], *, folder: Path, port: int, run_ids: Iterable[str] = ()
) -> dict[str, str]:
    """These texts of one session without what varies from one play to the next.

    `port` is 0 where no gateway listens.
    """
    whole = "\n".join(texts.values())
    runs = dict.fromkeys([*run_ids, *("".join(each) for each in _RUN_ID.findall(whole))])
    executions = sorted(set(_EXECUTION.findall(whole)))
    names = {
        str(folder): _FOLDER,
        **{each: f"run{number:05d}" for number, each in enumerate(runs, start=1)},
        **{each: f"{number:08x}.{number:08x}" for number, each in enumerate(executions, start=1)},
    }
    own_port = re.compile(rf"(?<![\d.]){port}(?![\d.]|,\d)")
    return {
        name: _replaced(own_port.sub(_PORT, text) if port else text, names)
        for name, text in texts.items()
    }


def moved(texts: Mapping[str, str], folder: Path) -> dict[str, str]:
    """These texts with the folder replaced, and the page of a run: nothing else in them varies."""
    return {
        name: _PAGE.sub(r"\1run00001\g<2>20260102T030405Z", text.replace(str(folder), _FOLDER))
        for name, text in texts.items()
    }


def _replaced(text: str, names: Mapping[str, str]) -> str:
    for varying, steady in names.items():
        text = text.replace(varying, steady)
    for pattern, words in _RULES:
        text = pattern.sub(words, text)
    return _by_order(_INSTANT.sub(_steady, text))


def _steady(found: re.Match[str]) -> str:
    """One fixed instant for every one near to now; of others only the seconds."""
    weekday, day, gap, time, fraction = (
        found[name] or "" for name in ("weekday", "date", "gap", "time", "fraction")
    )
    if _is_near(day):
        weekday, day, time = weekday and f"Fri{weekday[3:]}", "2026-01-02", time and "03:04"
    seconds = ":05" if found["seconds"] else ""
    return f"{weekday}{day}{gap}{time}{seconds}{'.678901'[: len(fraction)]}"


def _is_near(day: str) -> bool:
    try:
        return abs(date.fromisoformat(day) - datetime.now(UTC).date()) <= _NEAR
    except ValueError:
        return False


def _by_order(text: str) -> str:
    """Neighbouring lines about several orders, order by order: what is out at once, interleaves."""
    lines: list[str] = []
    block: list[tuple[str, str]] = []
    for line in [*text.splitlines(keepends=True), ""]:
        if about := _ORDERS_LINE.match(line):
            block.append((about[1] or about[2] or about[3], line))
            continue
        lines += [each for _, each in sorted(block, key=lambda pair: pair[0])]
        block = []
        lines.append(line)
    return "".join(lines)
