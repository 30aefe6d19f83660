"""The work tree: a copy of what is mutated and of its tests, so that nobody meets a mutant.

mutmut leaves decorated functions alone. In the copy a property is therefore a method of its own,
and is made a property on the line below: it is mutated like all others.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree

_COPIED = (
    "pyproject.toml",
    "rebalancer_core",
    "rebalancer_adapters",
    "fixtures/cases",
    "tests/__init__.py",
    "tests/conftest.py",
    "tests/core",
    "tests/laws",
    "tests/support",
)
_LEFT_BEHIND = ignore_patterns("__pycache__", ".*_cache")


def make_work_tree(checkout: Path, work_tree: Path, package: str, *, afresh: bool) -> None:
    """Copies the checkout's files; without `afresh` the verdicts that are there stay."""
    if afresh:
        rmtree(work_tree, ignore_errors=True)
    # Which test reaches which function: found anew, tests and functions may be others.
    (work_tree / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    for name in _COPIED:
        _replace(checkout / name, work_tree / name)
    for path in sorted((work_tree / package).glob("*.py")):
        text = path.read_text(encoding="utf-8")
        path.write_text(with_methods_for_properties(text), encoding="utf-8")


def forget_survivors(verdicts: Path) -> None:
    """Leaves kills only: whatever survived is tried again, by the tests of today."""
    for path in sorted(verdicts.glob("*.meta")):
        text = path.read_text(encoding="utf-8")
        if not text.rstrip().endswith("}"):  # cut off when the run was interrupted
            path.unlink()
            continue
        meta = json.loads(text)
        codes: dict[str, int | None] = meta["exit_code_by_key"]
        meta["exit_code_by_key"] = {
            name: code if code == 1 else None for name, code in codes.items()
        }
        path.write_text(json.dumps(meta), encoding="utf-8")


def with_methods_for_properties(source: str) -> str:
    """The module with each property written as a method and a line that makes it a property.

    >>> print(
    ...     with_methods_for_properties(
    ...         "class A:\\n    @property\\n    def b(self) -> int:\\n        return 1\\n"
    ...     )
    ... )
    class A:
        def _get_b(self) -> int:
            return 1
        b = property(_get_b)
    <BLANKLINE>
    """
    lines = source.splitlines()
    # From the last to the first, so that the numbers of the lines above stay true.
    for function in sorted(_properties(source), key=_line, reverse=True):
        last = function.end_lineno or function.lineno
        lines.insert(last, f"    {function.name} = property(_get_{function.name})")
        head = function.lineno - 1
        lines[head] = lines[head].replace(f"def {function.name}(", f"def _get_{function.name}(")
        del lines[function.decorator_list[0].lineno - 1]
    return "\n".join(lines) + "\n"


def _properties(source: str) -> list[ast.FunctionDef]:
    classes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef))
    methods = (node for each in classes for node in each.body if isinstance(node, ast.FunctionDef))
    return [
        method
        for method in methods
        if [ast.unparse(decorator) for decorator in method.decorator_list] == ["property"]
    ]


def _line(function: ast.FunctionDef) -> int:
    return function.lineno


def _replace(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        target.write_bytes(source.read_bytes())
        return
    rmtree(target, ignore_errors=True)
    copytree(source, target, ignore=_LEFT_BEHIND)
