"""The README word for word: from an empty folder with an installed wheel to a traded account."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.timing import PATIENCE_SECONDS, TIMING

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the lines are those of a POSIX shell"
)

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEMO_ORDERS = 6


def test_an_installed_wheel_and_the_readme_lead_to_a_traded_account(tmp_path: Path) -> None:
    environment = _installed(_wheel(tmp_path / "dist"), tmp_path / "installed")
    folder = tmp_path / "empty"
    folder.mkdir()
    environment["HOME"] = str(tmp_path)
    (serve,) = _lines("ten minutes: gateway")
    steps = _lines("ten minutes")
    assert len(steps) > 4
    with _serving(serve, folder, environment) as gateway:
        # The one word that is not the README's: the usual port may be taken on this computer.
        environment["REBALANCE_IBKR_PORT"] = _port_of(gateway)
        for step in steps:
            done = _sh(step, folder, environment)
            assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"
    traded = [row for path in folder.glob("reports/*_post_DU111111_*.csv") for row in _rows(path)]
    filled = {row["symbol"] for row in traded if row["status"] == "Filled"}
    assert len(filled) == DEMO_ORDERS
    assert f"{DEMO_ORDERS} orders in the book" in gateway.communicate(timeout=PATIENCE_SECONDS)[1]


def _lines(name: str) -> list[str]:
    """The commands of the block of the README that follows this comment."""
    block = re.search(rf"<!-- {re.escape(name)} -->\n```\n(.*?)```", README, re.DOTALL)
    assert block, name
    return block[1].splitlines()


def _wheel(folder: Path) -> Path:
    _checked(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    (wheel,) = folder.glob("*.whl")
    assert f"uvx --from dist/{wheel.name} rebalance demo" in README
    return wheel


def _installed(wheel: Path, folder: Path) -> dict[str, str]:
    """An environment with the wheel and the libraries of this one, but not with this checkout."""
    venv.create(folder, symlinks=True)
    python = str(folder / "bin" / "python")
    pip = (sys.executable, "-m", "pip", "--python", python, "-q", "--disable-pip-version-check")
    _checked(*pip, "install", "--no-deps", "--no-index", "--no-compile", str(wheel))
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "REBALANCE_", "XDG_"))
    }
    environment |= {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    environment |= TIMING.environment
    where = "import rebalancer_cli; print(rebalancer_cli.__file__)"
    found = subprocess.run(
        [python, "-c", where],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(found.stdout).is_relative_to(own), found.stdout
    return environment


def _checked(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@contextmanager
def _serving(
    line: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    gateway = subprocess.Popen(
        ["/bin/sh", "-c", f"exec {line} --port 0"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield gateway
        gateway.send_signal(signal.SIGINT)
    finally:
        if sys.exc_info()[0] is not None:
            gateway.kill()
            gateway.communicate()


def _port_of(gateway: subprocess.Popen[str]) -> str:
    assert gateway.stdout is not None
    line = gateway.stdout.readline()
    port = re.match(r"simulated gateway on 127\.0\.0\.1:(\d+) with DU111111", line)
    assert port, line or gateway.communicate()[1]
    return port[1]


def _sh(
    line: str, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
