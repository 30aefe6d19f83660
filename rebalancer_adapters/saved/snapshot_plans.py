"""A saved snapshot planned in one call: read the file, plan each of its accounts."""

from __future__ import annotations

from pathlib import Path

from returns.result import Result

from rebalancer_adapters.ground.problems import Problem
from rebalancer_adapters.saved.snapshot_json import load_snapshot
from rebalancer_core.planning.snapshots import Plans, plan_snapshot
from rebalancer_core.values.account import Snapshot
from rebalancer_core.values.policy import RebalancePolicy
from rebalancer_core.values.portfolios import Blend, ModelPortfolio


def plan_snapshot_file(
    path: Path,
    *,
    portfolios: tuple[ModelPortfolio, ...],
    blend: Blend,
    policy: RebalancePolicy,
) -> Result[Plans, tuple[Problem, ...]]:
    """One result an account of the file, as of `plan_snapshot`, or everything wrong with the file.

    `path` is a file that `rebalance snapshot --json` wrote. Raises KeyError where `blend` names a
    model that is not among the `portfolios`.
    """

    def planned(snapshot: Snapshot) -> Plans:
        return plan_snapshot(snapshot=snapshot, portfolios=portfolios, blend=blend, policy=policy)

    return load_snapshot(path).map(planned)
