"""Verdicts: what became of each mutant, read from the files that mutmut leaves."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from difflib import ndiff
from pathlib import Path

from attrs import evolve, frozen

# pytest: a test failed, or broke. A mutant that never ends is stopped after 15 times the time of
# its tests and counts as killed too.
_KILLED = frozenset({1, 3})
_TIMED_OUT = frozenset({-24, 24, 36, 152, 255})


@frozen(kw_only=True)
class Verdict:
    """One mutant: `function` is `module.function`; `was` and `now` are its changed lines."""

    module: str
    function: str
    killed: bool
    timed_out: bool
    tried: bool
    was: str = ""
    now: str = ""


@frozen(kw_only=True)
class Tally:
    """The mutants of one module; of the `tried` ones `killed` counts those `timed_out` too."""

    total: int = 0
    tried: int = 0
    killed: int = 0
    timed_out: int = 0


def read_verdicts(folder: Path) -> tuple[Verdict, ...]:
    """Every mutant below the folder, in the order of the modules and their lines."""
    return tuple(verdict for meta in sorted(folder.glob("*.meta")) for verdict in _of_module(meta))


def tallies(verdicts: Iterable[Verdict]) -> dict[str, Tally]:
    """The counts of each module."""
    counts: dict[str, Tally] = {}
    for verdict in verdicts:
        before = counts.get(verdict.module, Tally())
        counts[verdict.module] = evolve(
            before,
            total=before.total + 1,
            tried=before.tried + verdict.tried,
            killed=before.killed + verdict.killed,
            timed_out=before.timed_out + verdict.timed_out,
        )
    return counts


def _of_module(meta: Path) -> list[Verdict]:
    codes: dict[str, int | None] = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    mutated = meta.with_suffix("")
    module = mutated.stem
    survivors = any(code not in _KILLED for code in codes.values())
    bodies = _bodies(mutated.read_text(encoding="utf-8")) if survivors else {}
    return [_verdict(module, name.rpartition(".")[2], code, bodies) for name, code in codes.items()]


def _verdict(module: str, mutant: str, code: int | None, bodies: dict[str, list[str]]) -> Verdict:
    original = mutant.rpartition("__mutmut_")[0]
    timed_out = code in _TIMED_OUT
    found = Verdict(
        module=module,
        function=f"{module}.{_name(original)}",
        killed=code in _KILLED or timed_out,
        timed_out=timed_out,
        tried=code is not None,
    )
    if found.killed:
        return found
    lines = [*ndiff(bodies[f"{original}__mutmut_orig"], bodies[mutant])]
    return evolve(found, was=_lines(lines, "- "), now=_lines(lines, "+ "))


def _name(mangled: str) -> str:
    """The function's own name: mutmut writes `x_name`, and `xǁClassǁname` for a method."""
    plain = mangled.rsplit("ǁ", maxsplit=1)[-1] if "ǁ" in mangled else mangled.removeprefix("x_")
    return plain.removeprefix("_get_")


def _bodies(source: str) -> dict[str, list[str]]:
    lines = source.splitlines()
    functions = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef))
    return {f.name: lines[f.body[0].lineno - 1 : f.end_lineno] for f in functions}


def _lines(diff: Iterable[str], sign: str) -> str:
    return "\n".join(line[2:].strip() for line in diff if line.startswith(sign))
