"""What the repository must never hold, whoever wrote it."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support import source_gates
from tests.support.source_gates import Gate

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("rebalancer_core", "rebalancer_adapters", "rebalancer_cli")

# In pieces, or this file would name them itself.
_HOSTS = tuple(
    ".".join(pieces)
    for pieces in (("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org"), ("pypi", "io"))
)
_MACHINE_PATHS = tuple(
    "/".join(pieces)
    for pieces in (
        ("", "opt", "pypi"),
        ("", "opt", "wheels"),
        ("", "work", "main"),
        ("", "work", "shared"),
        ("..", "shared"),
        ("", "tmp", "venv"),
        ("", "tmp", "brief"),
        ("", "root", ""),
        ("", "home", "runner"),
    )
)
# A live account's id: U and digits. Ids that nobody holds are one digit repeated, or 1234567.
_LIVE_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])[UF](?!(\d)\1+\b)(?!1234567\b)\d{6,8}(?![0-9A-Za-z])")

# Seconds to wait are floats; they meet no money.
_WAITING = ("rebalancer_core/application/", "rebalancer_core/follow/")
_AWAITING = ("rebalancer_core/application/", "rebalancer_core/ports/")

FORBIDDEN: dict[str, tuple[Gate, str]] = {
    "a broad except": (
        source_gates.broad_excepts,
        "try:\n    x()\nexcept (ValueError, Exception):\n    pass",
    ),
    "a bare except": (source_gates.broad_excepts, "try:\n    x()\nexcept:\n    pass"),
    "a float": (source_gates.floats, "x = float('0.1')"),
    "a coroutine": (source_gates.coroutines, "async def f():\n    pass"),
    "an await": (source_gates.coroutines, "async def f():\n    await g()"),
    "a handed on float": (source_gates.floats, "x = map(float, ['0.1'])"),
    "a float literal": (source_gates.floats, "x = 0.1"),
    "unfinished work": (source_gates.unfinished, "raise NotImplementedError"),
    "an unwrapped result": (source_gates.unwraps, "x = result.unwrap()"),
    "a match on a result": (
        source_gates.matches_on_results,
        "match x:\n    case Success(value):\n        pass",
    ),
    "a silenced rule without a reason": (
        source_gates.unexplained_silence,
        "x = 1  # noqa: E501",
    ),
    "a silenced type error without a code": (
        source_gates.unexplained_silence,
        "x = 1  # type: ignore  # because",
    ),
    "a silenced file": (source_gates.unexplained_silence, "# ruff: noqa"),
    "a name": (source_gates.lines_naming("placeOrder"), "ib.placeOrder(contract, order)"),
    "an import": (source_gates.imports_of("unittest.mock"), "import unittest.mock as m"),
    "an import by halves": (source_gates.imports_of("unittest.mock"), "from unittest import mock"),
    "an import from below": (source_gates.imports_of("mock"), "from mock.mock import patch"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_each_gate_sees_what_it_forbids(what: str) -> None:
    gate, sample = FORBIDDEN[what]
    assert gate(sample)


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # noqa: S311 - lots are drawn for a market that does not exist",
        "x = 1  # type: ignore[arg-type]  # the stub of the library is older than it",
        "x = 1  # the rule of this line",
    ],
)
def test_a_silenced_rule_with_its_reason_is_fine(line: str) -> None:
    assert not source_gates.unexplained_silence(line)


def test_no_exception_is_caught_but_by_name_save_where_orders_are_out() -> None:
    catching = {
        breach.split(":")[0]
        for breach in _breaches(_sources(*PACKAGES, "tests"), source_gates.broad_excepts)
    }
    assert catching == {"rebalancer_core/application/broken_off.py"}


def test_no_float_enters_where_money_is_counted() -> None:
    sources = _sources("rebalancer_core")
    counting = [path for path in sources if not path.as_posix().startswith(_WAITING)]
    assert len(counting) < len(sources)
    assert not _breaches(counting, source_gates.floats)


def test_only_use_cases_and_ports_await() -> None:
    sources = _sources("rebalancer_core")
    pure = [path for path in sources if not path.as_posix().startswith(_AWAITING)]
    assert len(pure) < len(sources)
    assert not _breaches(pure, source_gates.coroutines)


def test_nothing_is_left_unfinished() -> None:
    assert not _breaches(_sources(*PACKAGES), source_gates.unfinished)


def test_results_are_left_in_one_module_only() -> None:
    leaving = {
        breach.split(":")[0] for breach in _breaches(_sources(*PACKAGES), source_gates.unwraps)
    }
    assert leaving == {"rebalancer_core/values/results.py"}


def test_nothing_matches_on_success_or_failure() -> None:
    assert not _breaches(_sources(*PACKAGES), source_gates.matches_on_results)


def test_every_silenced_rule_has_its_code_and_its_reason() -> None:
    assert not _breaches(_sources(*PACKAGES, "tests"), source_gates.unexplained_silence)


def test_our_own_code_is_never_mocked() -> None:
    gate = source_gates.imports_of("unittest.mock", "mock", "pytest_mock")
    assert not _breaches(_sources("tests"), gate)


def test_no_order_of_another_program_can_be_cancelled_by_a_global_cancel() -> None:
    outside = [path for path in _sources(*PACKAGES) if "gateway" not in path.parts]
    assert not _breaches(outside, source_gates.lines_naming("reqGlobalCancel"))


def test_orders_leave_through_one_file() -> None:
    gate = source_gates.lines_naming("placeOrder")
    outside = [path for path in _sources(*PACKAGES) if "gateway" not in path.parts]
    sending = {breach.split(":")[0] for breach in _breaches(outside, gate)}
    assert len(sending) <= 1
    assert all(path.startswith("rebalancer_adapters/ib/") for path in sending)


def test_commands_parse_call_and_exit() -> None:
    commands = [_length(path) for path in _sources("rebalancer_cli/commands")]
    names = ("bootstrap", "options", "exits", "main")
    around = [_length(Path("rebalancer_cli") / f"{name}.py") for name in names]
    assert max(commands) <= 80
    assert sum(commands) + sum(around) <= 2000


def test_use_cases_take_their_sentences_from_messages() -> None:
    assert not _breaches(_sources("rebalancer_core/application"), source_gates.sentences_made)


def test_screens_render_values_and_ask_nobody() -> None:
    gate = source_gates.imports_of("rebalancer_adapters", "rebalancer_core.ports", "asyncio")
    assert not _breaches(_sources("rebalancer_cli/screen"), gate)


def test_no_tracked_file_names_an_index_of_packages() -> None:
    assert not _mentions(_HOSTS)


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    assert not _mentions(_MACHINE_PATHS)


def test_no_tracked_file_holds_a_live_account() -> None:
    assert _LIVE_ACCOUNT.search("account " + "U" + "7654321")
    assert not _LIVE_ACCOUNT.search("account DU7654321, U1111111, U1234567")
    found = [
        f"{name}: {match.group()}"
        for name, text in _tracked_texts()
        if not name.endswith(".lock")
        for match in _LIVE_ACCOUNT.finditer(text)
    ]
    assert not found


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_is_one_version_with_its_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    requirement = re.compile(
        r"[a-z0-9.-]+==[0-9][0-9a-z.]*(?: ; [A-Za-z0-9_.'<>=! ]+)?"
        r"(?:\s+--hash=sha256:[0-9a-f]{64})+"
    )
    lines = text.splitlines()
    assert lines
    assert [line for line in lines if not requirement.fullmatch(line.strip())] == []


def test_the_program_installs_the_versions_it_is_tested_with() -> None:
    runtime, tested = (
        (ROOT / name).read_text(encoding="utf-8")
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    pins = [line for line in runtime.splitlines() if "==" in line]
    assert [pin for pin in pins if pin.split(" ;")[0].split(" ")[0] not in tested] == []


def _sources(*folders: str) -> list[Path]:
    return sorted(
        path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py")
    )


def _length(path: Path) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def _breaches(paths: Iterable[Path], gate: Gate) -> list[str]:
    return [
        f"{path.as_posix()}:{line}"
        for path in paths
        for line in gate((ROOT / path).read_text(encoding="utf-8"))
    ]


def _mentions(forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{name}: {word}" for name, text in _tracked_texts() for word in forbidden if word in text
    ]


def _tracked_texts() -> list[tuple[str, str]]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing is tracked")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [
        (name, (ROOT / name).read_text(encoding="utf-8", errors="replace"))
        for name in listed.split("\0")
        if name and (ROOT / name).is_file()
    ]
