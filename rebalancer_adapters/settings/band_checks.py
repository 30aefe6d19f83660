"""Bands and destinations that contradict each other, in the rules of each account."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rebalancer_adapters.ground.problems import Kind, Problem, Wrong
from rebalancer_adapters.settings.accounts import AccountIds
from rebalancer_adapters.settings.key import Key
from rebalancer_adapters.settings.keys import filled, key_of
from rebalancer_adapters.settings.sources import Said, Sources
from rebalancer_adapters.settings.symbols import own_bands
from rebalancer_core.values.money import plain
from rebalancer_core.values.policy import BandRule, Destination, RebalancePolicy, TriggerMode

_PORTFOLIO = "total_drift measures the portfolio as a whole"


def check_bands(sources: Sources, accounts: AccountIds) -> Iterable[Problem]:
    """Problems of the accounts' rules, of every account for itself."""
    unused: dict[Said, Destination] = {}
    used: set[Said] = set()
    for account in accounts.ids:

        def own(key: Key, account: str = account) -> object:
            return sources.value_for(account, key)

        def said(name: str, account: str = account) -> Said | None:
            return sources.said_for(account, key_of("rebalance", name))

        policy = filled(RebalancePolicy, own)
        is_inside = policy.destination is Destination.INSIDE
        if policy.trigger_mode is TriggerMode.TOTAL_DRIFT:
            yield from _of_the_portfolio(policy, said, sources)
        elif is_inside:
            yield from _inside(policy, said, sources)
        spoken = said("destination_bps")
        if spoken and is_inside:
            used.add(spoken)
        elif spoken and policy.destination_bps:
            unused.setdefault(spoken, policy.destination)
    for spoken, destination in unused.items():
        if spoken not in used:
            yield _does_not_count(spoken, destination)


def _of_the_portfolio(
    policy: RebalancePolicy, said: Callable[[str], Said | None], sources: Sources
) -> Iterable[Problem]:
    fix = "trigger_mode = per_holding, or leave the key out"
    if policy.band_rule is not BandRule.ABSOLUTE and (spoken := said("band_rule")):
        yield spoken.problem(Wrong(problem=f"{_PORTFOLIO}: holdings have no bands", fix=fix))
    if policy.destination is not Destination.TARGET and (spoken := said("destination")):
        problem = f"{_PORTFOLIO}: what it trades goes to its target"
        yield spoken.problem(Wrong(problem=problem, fix=fix))
    for _, spoken in own_bands(sources):
        yield spoken.problem(Wrong(problem=f"{_PORTFOLIO}: holdings have no bands", fix=fix))


def _inside(
    policy: RebalancePolicy, said: Callable[[str], Said | None], sources: Sources
) -> Iterable[Problem]:
    """Only where the band does not depend on a target."""
    goal, band = policy.destination_bps, policy.per_holding_band_bps
    is_at_most = policy.band_rule in {BandRule.ABSOLUTE, BandRule.NARROWER}
    spoken = said("destination_bps") or said("destination")
    if is_at_most and goal >= band and spoken:
        yield spoken.problem(_not_inside(goal_text=plain(goal), band_text=plain(band)))
    for rule, own in own_bands(sources):
        if rule.band_bps is not None and goal >= rule.band_bps:
            texts = {"goal_text": plain(goal), "band_text": plain(rule.band_bps)}
            yield own.problem(_not_inside(**texts))


def _not_inside(*, goal_text: str, band_text: str) -> Wrong:
    problem = f"destination_bps {goal_text} is not inside a band of {band_text} bps"
    return Wrong(problem=problem, fix="a destination_bps below the band, or destination = edge")


def _does_not_count(said: Said, destination: Destination) -> Problem:
    return Problem(
        place=said.place,
        key=f"{said.section}.{said.key}",
        problem=f"it does not count: destination is {destination.value}",
        fix="destination = inside, or leave the key out",
        kind=Kind.WARNING,
    )
