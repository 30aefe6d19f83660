"""Judges every case: what its table expects of it, and every promise of the program."""

from collections.abc import Iterator

from rebalancer_cli.exits import Exit
from tests.faults.case import Case
from tests.faults.switched import unexpected
from tests.support.promises import broken
from tests.support.story import Act, Story

_DONE = frozenset({int(Exit.DONE)})
_SETTLING = frozenset({int(Exit.DONE), int(Exit.UNKNOWN_OUTCOME)})


def violations(case: Case, story: Story) -> tuple[str, ...]:
    """Every expectation that was missed and every promise that was broken; empty when all hold."""
    if case.switched is not None:
        return (*unexpected(case, case.switched, story), *broken(story))
    return (*_unexpected(case, story), *broken(story))


def _unexpected(case: Case, story: Story) -> Iterator[str]:
    first, *later = story.acts
    for ended in first.ended:
        if ended.code not in case.exits:
            yield f"exit {ended.code}, expected one of {sorted(case.exits)}"
    fewest, most = case.orders
    if not fewest <= len(first.sent) <= most:
        yield f"{len(first.sent)} orders on the wire, expected {fewest} to {most}"
    for act in later:
        code = act.ended[0].code
        if code not in _allowed(case, act, is_last=act is later[-1]):
            yield f"{act.command} ended with {code}"


def _allowed(case: Case, act: Act, *, is_last: bool) -> frozenset[int]:
    """The exit codes of what is done after the first run."""
    if act.exits is not None:
        return act.exits
    if act.command == "resolve" or is_last:
        return _DONE
    return case.recovered if act.command == "recover" else _SETTLING
