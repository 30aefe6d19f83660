"""Why a symbol trades or does not, for people and for programs."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.json_output import json_output
from rebalancer_core.messages.explanation import sentences
from rebalancer_core.planning.explain import Explanation
from rebalancer_core.values.money import plain

JsonCell = str | bool | int | None | list[dict[str, str]]


def render_explanations(found: tuple[Explanation, ...]) -> str:
    """A block an account; empty where there is none."""
    return "\n".join(
        line
        for entry in found
        for line in (
            f"{entry.account_id} {console_text(entry.symbol)}",
            *(f"  {console_text(sentence)}" for sentence in sentences(entry)),
        )
    )


def explanations_json(found: tuple[Explanation, ...]) -> str:
    """The same as one JSON object; numbers are decimal text."""
    rows = [_object(entry) for entry in found]
    return json_output("explain", {"explanations": rows})


def _object(entry: Explanation) -> dict[str, JsonCell]:
    return {
        "account_id": entry.account_id,
        "symbol": entry.symbol,
        "con_id": entry.con_id,
        "contributions": [
            {
                "model": part.model,
                "share": plain(part.share),
                "weight": plain(part.weight),
                "fraction": plain(part.fraction),
            }
            for part in entry.contributions
        ],
        "target_weight": _number(entry.target_weight),
        "asked_weight": _number(entry.asked_weight),
        "current_weight": _number(entry.current_weight),
        "drift": _number(entry.drift),
        "drift_usd": _number(entry.drift_usd),
        "trigger_mode": entry.trigger_mode.value,
        "measured": _number(entry.measured),
        "band_bps": plain(entry.band_bps),
        "band_source": entry.band_source.value if entry.band_source else None,
        "destination": entry.destination.value if entry.destination else None,
        "destination_bps": _number(entry.destination_bps),
        "is_outside": entry.is_outside,
        "wanted_action": entry.wanted_action.value,
        "wanted": plain(entry.wanted),
        "decided_action": entry.decided_action.value,
        "decided": plain(entry.decided),
        "decided_usd": plain(entry.decided_usd),
        "after_weight": _number(entry.after_weight),
        "reason": entry.reason.value if entry.reason else None,
        "note": entry.note,
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
