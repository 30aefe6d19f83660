"""A gateway's state for people, a line with what helps below, and for programs one JSON object."""

from __future__ import annotations

from rebalancer_cli.run_exits import exit_of_findings
from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.json_output import json_output
from rebalancer_core.application.doctor.connection import judge_health, state_of
from rebalancer_core.messages.doctor.connection import Serving
from rebalancer_core.values.health import GatewayHealth, Healthy


def render_health(found: GatewayHealth) -> str:
    """`state: sentence`, and the fix below where there is one."""
    finding = judge_health(found)
    lines = [f"{state_of(found)}: {console_text(finding.words)}"]
    if finding.fix:
        lines.append(f"-> {console_text(finding.fix)}")
    return "\n".join(lines)


def health_json(found: GatewayHealth) -> str:
    """The same as one object; what only a healthy gateway says is null without one."""
    finding = judge_health(found)
    healthy = found if isinstance(found, Healthy) else None
    tried = found.client_ids if not isinstance(found, Healthy) else (*found.in_use, found.client_id)
    return json_output(
        "doctor",
        {
            "state": state_of(found),
            "exit_code": int(exit_of_findings((finding,))),
            "words": finding.words,
            "fix": finding.fix,
            "host": found.host,
            "port": found.port,
            "client_ids_tried": tried,
            "client_id": healthy and healthy.client_id,
            "server_version": healthy and healthy.server_version,
            "accounts": healthy and healthy.accounts,
            "mode": healthy and Serving(found=healthy).mode,
        },
    )
