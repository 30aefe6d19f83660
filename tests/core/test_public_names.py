"""The core as a library: its names are stated for types and for run time, and agree."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import rebalancer_core

STATED = Path(rebalancer_core.__file__)


def test_every_public_name_is_there_and_comes_from_where_its_types_come_from() -> None:
    imported = {
        (node.module, alias.name)
        for node in ast.walk(ast.parse(STATED.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("rebal")
        for alias in node.names
    }
    assert sorted(name for _, name in imported) == sorted(rebalancer_core.__all__)
    for module, name in imported:
        value = getattr(rebalancer_core, name)
        assert value is getattr(sys.modules[str(module)], name)


def test_a_name_that_is_not_public_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'plan_acount'"):
        _ = rebalancer_core.plan_acount  # type: ignore[attr-defined]  # that is the point


def test_importing_the_core_loads_nothing_of_it_yet() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, rebalancer_core; print([m for m in sys.modules if 'core.' in m])",
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd=STATED.parent.parent,
    ).stdout
    assert said.strip() == "[]"
