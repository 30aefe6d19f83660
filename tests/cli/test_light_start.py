"""What reads files alone starts without the client library and without numpy."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from rebalancer_cli.demo_files import demo_files
from tests.support.environment import ROOT, environment

_SNAPSHOT = ROOT / "fixtures" / "goldens" / "snapshot.json"
_LINES = (
    "--help",
    "--version",
    "validate-config",
    "status",
    "validate-portfolios --offline",
    f"run --account DU111111 --snapshot {_SNAPSHOT.name}",
)
# Each command in turn: its exit code, and what of the heavy is loaded once it is over.
_PLAY = """
import json, sys
from click.testing import CliRunner
from rebalancer_cli.main import cli
for line in json.loads(sys.argv[1]):
    code = CliRunner().invoke(cli, line).exit_code
    print(json.dumps([line, code, sorted({"ib_async", "numpy"} & sys.modules.keys())]))
"""


def test_what_asks_no_gateway_loads_neither_the_client_library_nor_numpy(tmp_path: Path) -> None:
    for file in (demo_files().settings, demo_files().settings.with_name("portfolios.csv")):
        shutil.copy(file, tmp_path)
    shutil.copy(_SNAPSHOT, tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", _PLAY, json.dumps(_LINES)],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env=environment({"REBALANCE_IO_STATE_DIR": str(tmp_path / "state")}),
        text=True,
    )
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        [line, 0, []] for line in _LINES
    ]
