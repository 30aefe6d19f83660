"""What surrounds the code: ignored files, the hooks of a commit, and the steps of CI."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOOKS = ROOT / ".pre-commit-config.yaml"
CI = ROOT / ".github" / "workflows" / "ci.yml"
_GATE = ("ruff format", "ruff check", "lint-imports", "deptry", "mypy")


def _git(*arguments: str, within: tuple[int, ...] = (0,)) -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing is ignored")
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True)
    assert done.returncode in within, done.stderr
    return done.stdout.decode().splitlines()


def _is_ignored(name: str) -> bool:
    """Whether git leaves out a new file of that name; git ends with 1 where it would not."""
    return _git("check-ignore", "--no-index", name, within=(0, 1)) == [name]


@pytest.mark.parametrize(
    "name",
    [".env", "paper/.env", "settings.ini", "paper/settings.ini", "my-settings.ini", "reports/a"],
)
def test_what_a_person_keeps_is_ignored(name: str) -> None:
    assert _is_ignored(name)


@pytest.mark.parametrize(
    "name",
    ["config/settings.ini", "fixtures/demo/settings.ini", "fixtures/goldens/new/x.settings.ini"],
)
def test_the_samples_are_not_ignored(name: str) -> None:
    assert not _is_ignored(name)


def test_no_tracked_file_is_ignored() -> None:
    assert _git("ls-files", "--cached", "--ignored", "--exclude-standard") == []


@pytest.mark.parametrize("step", _GATE)
def test_a_commit_and_ci_run_every_step_of_the_gate(step: str) -> None:
    for page in (HOOKS, CI, ROOT / "Makefile"):
        assert step in page.read_text(encoding="utf-8"), page


def test_the_hooks_need_neither_make_nor_an_index() -> None:
    hooks = HOOKS.read_text(encoding="utf-8")
    entries = re.findall(r"^ +entry: (.+)$", hooks, re.MULTILINE)
    assert len(entries) == len(_GATE)
    assert [entry for entry in entries if entry.startswith("make")] == []
    assert re.findall(r"repo: (\S+)", hooks) == ["local"]
    assert set(re.findall(r"language: (\S+)", hooks)) == {"system"}


def test_ci_runs_every_python_of_the_package() -> None:
    package = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    classifiers = tomllib.loads(package)["project"]["classifiers"]
    named = [each.rpartition(" ")[2] for each in classifiers if "Python :: 3." in each]
    in_ci = re.search(r"python: \[(.+)\]", CI.read_text(encoding="utf-8"))
    assert in_ci
    assert re.findall(r'"([\d.]+)"', in_ci[1]) == named


def test_ci_keeps_what_failed_tests_left_where_they_left_it() -> None:
    workflow = CI.read_text(encoding="utf-8")
    folders = re.findall(r"--basetemp='(\$\{\{ runner\.temp \}\}/\w+)'", workflow)
    assert len(folders) == 2, "on Linux and on Windows"
    for ending in ("csv", "html", "log", "sqlite*"):
        assert f" {folders[0]}/**/*.{ending}\n" in workflow
    assert len(set(folders)) == 1


def test_ci_caches_packages_by_the_locks() -> None:
    workflow = CI.read_text(encoding="utf-8")
    assert workflow.count("cache: pip\n") == workflow.count("actions/setup-python@")
    named = {name for name in re.findall(r"requirements[\w.-]*", workflow) if name.endswith("lock")}
    assert [name for name in named if not (ROOT / name).exists()] == []
