"""The notebook: its cells run in order, and say what the committed outputs say."""

from __future__ import annotations

import importlib.util
import json
import warnings
from pathlib import Path

import pytest
from attrs import frozen

from rebalancer_adapters.saved.snapshot_json import load_snapshot, snapshot_to_json

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
HAS_PLOTS = importlib.util.find_spec("matplotlib") is not None


@frozen(kw_only=True)
class Cell:
    """A code cell: its text, whether it draws, what it printed, the kinds of its other outputs."""

    source: str
    draws: bool
    printed: str
    shown: tuple[str, ...]


def _cells() -> tuple[Cell, ...]:
    notebook = json.loads((FOLDER / "what_if.ipynb").read_text(encoding="utf-8"))
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


def test_every_cell_prints_what_the_committed_notebook_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names: dict[str, object] = {}
    for number, cell in enumerate(_cells()):
        if cell.draws and not HAS_PLOTS:
            continue
        with warnings.catch_warnings():
            # The back end that draws into memory says that it opens no window.
            warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive", UserWarning)
            exec(compile(cell.source, f"what_if.ipynb, code cell {number}", "exec"), names)
        assert capsys.readouterr().out == cell.printed


def test_the_notebook_is_committed_with_all_its_outputs() -> None:
    cells = _cells()
    assert all(cell.printed for cell in cells if not cell.draws)
    assert [cell.shown[0] for cell in cells if cell.draws] == ["image/png"]


def test_the_notebook_s_snapshot_is_as_the_program_writes_it() -> None:
    path = FOLDER / "snapshot.json"
    loaded = load_snapshot(path)
    assert loaded.problems == ()
    assert loaded.snapshot is not None
    assert snapshot_to_json(loaded.snapshot) == path.read_text(encoding="utf-8")
