"""What the doctor makes of the versions that run here."""

import tomllib
from pathlib import Path

from attrs import evolve

from rebalancer_core.application.doctor.computer import (
    TESTED_IB_ASYNC,
    TESTED_PYTHONS,
    Versions,
    judge_versions,
)
from rebalancer_core.application.doctor.findings import Level

ROOT = Path(__file__).resolve().parents[4]
VERSIONS = Versions(program="1", python="3.12.1", ib_async="2.1.0")


def test_the_tested_versions_are_those_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for each in TESTED_PYTHONS:
        assert f"Programming Language :: Python :: {each}" in project["classifiers"]
    assert any(each.startswith(f"ib_async>={TESTED_IB_ASYNC},") for each in project["dependencies"])


def test_an_untested_version_is_a_warning() -> None:
    assert judge_versions(VERSIONS).level is Level.OK
    assert judge_versions(evolve(VERSIONS, python="3.14.0")).level is Level.WARNING
    assert judge_versions(evolve(VERSIONS, python="3.1.5")).level is Level.WARNING
    assert judge_versions(evolve(VERSIONS, ib_async="2.2.0")).level is Level.WARNING
