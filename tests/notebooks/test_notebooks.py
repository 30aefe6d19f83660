"""The notebooks: their cells run in order, and say what the committed outputs say."""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import inspect
import json
import warnings
from pathlib import Path
from types import FunctionType

import pytest
from attrs import frozen

from rebalancer_adapters.saved.snapshot_json import load_snapshot, snapshot_to_json

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = tuple(sorted(path.name for path in FOLDER.glob("*.ipynb")))
HAS_PLOTS = importlib.util.find_spec("matplotlib") is not None


@frozen(kw_only=True)
class Cell:
    """A code cell: its text, whether it draws, what it printed, the kinds of its other outputs."""

    source: str
    draws: bool
    printed: str
    shown: tuple[str, ...]


def _cells(name: str) -> tuple[Cell, ...]:
    notebook = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return tuple(
        Cell(
            source="".join(cell["source"]),
            draws="plot" in cell["metadata"].get("tags", ()),
            printed="".join(text for out in cell["outputs"] for text in out.get("text", ())),
            shown=tuple(kind for out in cell["outputs"] for kind in out.get("data", ())),
        )
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    )


def _run(source: str, title: str, names: dict[str, object], runner: asyncio.Runner) -> None:
    """A cell may await, as in Jupyter: one loop for the whole notebook."""
    code = compile(source, title, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    waiting: object = FunctionType(code, names)()
    if inspect.iscoroutine(waiting):
        runner.run(waiting)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_cell_prints_what_the_committed_notebook_shows(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names: dict[str, object] = {}
    with asyncio.Runner() as runner:
        for number, cell in enumerate(_cells(name)):
            if cell.draws and not HAS_PLOTS:
                continue
            with warnings.catch_warnings():
                # The back end that draws into memory says that it opens no window.
                warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive", UserWarning)
                _run(cell.source, f"{name}, code cell {number}", names, runner)
            assert capsys.readouterr().out == cell.printed


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_committed_with_all_its_outputs(name: str) -> None:
    cells = _cells(name)
    assert all(cell.printed for cell in cells if not cell.draws)
    assert all(cell.shown[0] == "image/png" for cell in cells if cell.draws)


def test_what_there_is_to_run() -> None:
    assert NOTEBOOKS == ("execution.ipynb", "run.ipynb", "what_if.ipynb")
    assert [cell.draws for cell in _cells("what_if.ipynb")].count(True) == 1


def test_the_notebooks_snapshot_is_as_the_program_writes_it() -> None:
    path = FOLDER / "snapshot.json"
    snapshot = load_snapshot(path).unwrap()
    assert snapshot_to_json(snapshot) == path.read_text(encoding="utf-8")
