"""One symbol of a plan, explained: target, drift, wish, what bound it, decision."""

from __future__ import annotations

from rebalancer_core.planning.band_words import of_destination, of_source
from rebalancer_core.planning.explain import Explanation
from rebalancer_core.values.money import ZERO, in_bps, in_percent, plain, usd
from rebalancer_core.values.plan import Action
from rebalancer_core.values.policy import TriggerMode


def sentences(explanation: Explanation) -> tuple[str, ...]:
    """The explanation for people: target, drift, wish, what bound it, decision."""
    return (
        _about_target(explanation),
        *_about_drift(explanation),
        *_about_wish(explanation),
        *_about_bound(explanation),
        _about_decision(explanation),
    )


def _about_target(explanation: Explanation) -> str:
    if explanation.target_weight is None:
        return f"{explanation.symbol} has no target: {_why(explanation)}"
    parts = ", ".join(
        f"{part.model} {plain(part.share)} x {in_percent(part.weight)} % "
        f"= {in_percent(part.fraction)} %"
        for part in explanation.contributions
    )
    target = f"target {in_percent(explanation.target_weight)} %"
    if explanation.asked_weight is not None:
        asked = in_percent(explanation.asked_weight)
        return f"{target}, scaled from {asked} % to the leverage cap: {parts}"
    return f"{target}: {parts}"


def _about_drift(explanation: Explanation) -> tuple[str, ...]:
    if explanation.drift is None or explanation.current_weight is None:
        return ()
    now = (
        f"now {in_percent(explanation.current_weight)} %, "
        f"drift {in_bps(explanation.drift)} bps ({usd(explanation.drift_usd or ZERO)})"
    )
    side = "outside" if explanation.is_outside else "inside"
    made_of = of_source(explanation.band_source)
    band = f"{side} the band of {plain(explanation.band_bps)} bps{made_of}"
    match explanation.trigger_mode:
        case TriggerMode.PER_HOLDING:
            stops = of_destination(explanation.destination, explanation.destination_bps)
            return (f"{now}, {band}", stops) if stops else (f"{now}, {band}",)
        case TriggerMode.TOTAL_DRIFT:
            whole = in_bps(explanation.measured or ZERO)
            return (now, f"the portfolio's drift is {whole} bps, {band}")


def _about_wish(explanation: Explanation) -> tuple[str, ...]:
    if explanation.wanted_action is Action.NONE:
        return ()
    wanted = plain(explanation.wanted)
    return (f"{_word(explanation.wanted_action)} {wanted} would bring it closest to its target",)


def _about_bound(explanation: Explanation) -> tuple[str, ...]:
    if explanation.reason is None or explanation.target_weight is None:
        return ()
    return (f"limited by: {_why(explanation)}",)


def _about_decision(explanation: Explanation) -> str:
    if explanation.decided_action is Action.NONE:
        return "decided: no trade"
    after = in_percent(explanation.after_weight or ZERO)
    return (
        f"decided: {_word(explanation.decided_action)} {plain(explanation.decided)} "
        f"(about {usd(explanation.decided_usd)}), then {after} %"
    )


def _word(action: Action) -> str:
    return action.value


def _why(explanation: Explanation) -> str:
    reason = explanation.reason.value if explanation.reason else ""
    return ", ".join(words for words in (reason, explanation.note) if words)
