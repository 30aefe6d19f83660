"""A saved snapshot is planned from its file, or every problem of the file is told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from rebalancer_adapters.saved.snapshot_json import load_snapshot, snapshot_to_json
from rebalancer_adapters.saved.snapshot_plans import plan_snapshot_file
from rebalancer_core.planning.snapshots import plan_snapshot
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.policy import RebalancePolicy
from rebalancer_core.values.portfolios import Blend, ModelPortfolio, ModelShare, Weight

SAVED = Path(__file__).resolve().parents[3] / "notebooks" / "snapshot.json"
BLEND = Blend(shares=(ModelShare(name="core", fraction=Decimal(1)),))
CORE = ModelPortfolio(
    name="core",
    weights=(Weight(symbol=Symbol("SPY"), fraction=Decimal("0.9")),),
    cash=Decimal("0.1"),
)
WIDE = RebalancePolicy(per_holding_band_bps=Decimal(1_000))


def test_a_file_is_planned_as_its_snapshot_is() -> None:
    snapshot = load_snapshot(SAVED).unwrap()
    planned = plan_snapshot_file(SAVED, portfolios=(CORE,), blend=BLEND, policy=WIDE).unwrap()
    assert planned == plan_snapshot(snapshot=snapshot, portfolios=(CORE,), blend=BLEND, policy=WIDE)
    assert len(planned) == 3


def test_every_problem_of_the_file_comes_back(tmp_path: Path) -> None:
    snapshot = load_snapshot(SAVED).unwrap()
    text = snapshot_to_json(snapshot)
    wrong = tmp_path / "snapshot.json"
    wrong.write_text(text.replace('"USD": "', '"USD": "x'), encoding="utf-8")
    problems = plan_snapshot_file(wrong, portfolios=(CORE,), blend=BLEND, policy=WIDE).failure()
    assert problems == load_snapshot(wrong).failure()
    assert len(problems) == text.count('"USD": "') > 1


def test_a_file_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    missing = tmp_path / "snapshot.json"
    (problem,) = plan_snapshot_file(missing, portfolios=(CORE,), blend=BLEND, policy=WIDE).failure()
    assert "snapshot.json" in problem.place
