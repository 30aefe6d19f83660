"""The verdict on a handshake alone: whether a health check may call the gateway healthy. Pure."""

from __future__ import annotations

from rebalancer_core.application.doctor.findings import (
    Check,
    Consequence,
    Finding,
    ok,
    problem,
)
from rebalancer_core.messages.doctor.connection import NotServing, Serving
from rebalancer_core.values.health import GatewayHealth, Healthy

HEALTHY = "healthy"


def state_of(found: GatewayHealth) -> str:
    """The state in one word, for programs; published names stay."""
    return HEALTHY if isinstance(found, Healthy) else found.cause.value


def judge_health(found: GatewayHealth) -> Finding:
    """The gateway's state as a finding: all is well, or a run would end with 4."""
    if isinstance(found, Healthy):
        return ok(Check.GATEWAY, Serving(found=found))
    return problem(Check.GATEWAY, NotServing(found=found), Consequence.NO_DATA)
