"""A harvest against its folder of golden files, with the difference when there is one."""

import difflib
import os
from collections.abc import Mapping

import pytest

from tests.support.environment import ROOT

GOLDENS = ROOT / "fixtures" / "goldens"
_REFRESH = "REFRESH_GOLDENS"


def expect(session: str, texts: Mapping[str, str]) -> None:
    """The golden files of a session are these texts, none more; else the test shows what differs.

    With REFRESH_GOLDENS set the files are written first.
    """
    folder = GOLDENS / session
    if os.environ.get(_REFRESH):
        _write(session, texts)
    kept = {path.name: _read(session, path.name) for path in folder.glob("*")}
    changed = "".join(
        _diff(f"{session}/{name}", kept.get(name), texts.get(name))
        for name in sorted(kept.keys() | texts.keys())
        if kept.get(name) != texts.get(name)
    )
    if changed:
        pytest.fail(f"{changed}\n{_REFRESH}=1 accepts this", pytrace=False)


def _write(session: str, texts: Mapping[str, str]) -> None:
    folder = GOLDENS / session
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*"):
        path.unlink()
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8"))


def _read(session: str, name: str) -> str:
    return (GOLDENS / session / name).read_bytes().decode("utf-8")


def _diff(name: str, golden: str | None, now: str | None) -> str:
    lines = difflib.unified_diff(
        (golden or "").splitlines(keepends=True),
        (now or "").splitlines(keepends=True),
        fromfile="/dev/null" if golden is None else f"golden/{name}",
        tofile="/dev/null" if now is None else f"now/{name}",
        n=1,
    )
    return "".join(lines) or f"{name}: empty, and only on one of the two sides\n"
