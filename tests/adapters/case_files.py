"""The index of a folder of case files: what each file must say, and where."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from attrs import Factory, frozen

from rebalancer_adapters.ground.problems import Problem, sentence

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@frozen(kw_only=True)
class Expected:
    """One problem as the index tells it."""

    at: str
    about: str
    says: str
    warning: bool = False

    def fits(self, problem: Problem, file: str) -> bool:
        """Whether `problem` is this one; a place that is no line stands for itself."""
        place = f"{file}:{self.at}" if self.at[0].isdigit() else self.at
        return (
            problem.place == place
            and problem.key == self.about
            and problem.is_warning is self.warning
            and self.says in sentence(problem)
        )


@frozen(kw_only=True)
class Case:
    """One bad file with all its problems."""

    path: Path
    problems: tuple[Expected, ...]
    strict: bool = False
    environment: Mapping[str, str] = Factory(dict)


def bad_files(folder: str) -> list[Case]:
    """Every case of `fixtures/bad/<folder>`, by name."""
    directory = FIXTURES / "bad" / folder
    index = tomllib.loads((directory / "index.toml").read_text(encoding="utf-8"))
    return [
        Case(
            path=directory / name,
            problems=tuple(Expected(**each) for each in case["problems"]),
            strict=case.get("strict", False),
            environment=case.get("environment", {}),
        )
        for name, case in index.items()
    ]


def unlisted_files(folder: str) -> set[str]:
    """Files that the index does not name, and names that are no file."""
    directory = FIXTURES / "bad" / folder
    there = {path.name for path in directory.iterdir()} - {"index.toml"}
    return there ^ {case.path.name for case in bad_files(folder)}


def differences(case: Case, problems: tuple[Problem, ...], file: str) -> list[str]:
    """Problems that were not expected, and expected ones that nobody named."""
    left = list(problems)
    missing: list[str] = []
    for expected in case.problems:
        found = next((each for each in left if expected.fits(each, file)), None)
        if found is None:
            missing.append(f"missing: {expected.at} {expected.about}: {expected.says}")
        else:
            left.remove(found)
    return missing + [f"extra: {sentence(problem)}" for problem in left]
