"""The user's folder: settings.ini and portfolios.csv written, runs started, reports read back."""

import csv
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from rebalancer_adapters.settings.keys import KEYS
from tests.support.page_reader import ReadPage, read_page
from tests.support.processes import Finished, Running, rebalance
from tests.support.screen import Screen
from tests.support.simulated_gateway import SimulatedGateway
from tests.support.timing import TIMING

_SECTION_OF = {key.name: key.section for key in KEYS}
_MODEL = "MAIN"

Row = dict[str, str]


@frozen(kw_only=True)
class Workspace:
    """One user's folder."""

    folder: Path

    @property
    def settings(self) -> Path:
        """settings.ini."""
        return self.folder / "settings.ini"

    @property
    def portfolios(self) -> Path:
        """portfolios.csv."""
        return self.folder / "portfolios.csv"

    @property
    def report_dir(self) -> Path:
        """Where the runs keep their records."""
        return self.folder / "reports"

    def run(self, *flags: str | Path, env: Mapping[str, str] | None = None) -> Finished:
        """`rebalance run FLAGS` on this folder, without a keyboard."""
        return self.command("run", *flags, env=env)

    def command(
        self, name: str, *flags: str | Path, env: Mapping[str, str] | None = None
    ) -> Finished:
        """Any command that takes `--config`."""
        return rebalance(name, "--config", self.settings, *flags, env=env)

    def close_silent(
        self, account: str, words: str, env: Mapping[str, str] | None = None
    ) -> Finished:
        """`rebalance resolve` of every order that was never acknowledged, with these words."""
        flags = ("--account", account, "--all-silent", "--reason", words, "--yes")
        return self.command("resolve", *flags, env=env)

    def start(self, *flags: str | Path, env: Mapping[str, str] | None = None) -> Running:
        """`rebalance run FLAGS` beside the test, without a keyboard."""
        return Running("run", "--config", self.settings, *flags, env=env)

    def screen(
        self, *flags: str | Path, env: Mapping[str, str] | None = None, columns: int = 120
    ) -> Screen:
        """`rebalance run FLAGS` on a terminal."""
        return Screen("run", "--config", self.settings, *flags, env=env, columns=columns)

    def files(self, pattern: str) -> list[Path]:
        """Reports whose name matches, by name."""
        return sorted(self.report_dir.glob(pattern))

    def pre(self, account: str) -> list[Row]:
        """The rows of the newest preview of an account."""
        return rows_of(self._newest(f"rebalance_pre_{account}_*.csv"))

    def post(self, account: str) -> list[Row]:
        """The rows of the newest result of an account."""
        return rows_of(self._newest(f"rebalance_post_{account}_*.csv"))

    def all_post(self, account: str) -> list[list[Row]]:
        """The rows of every result of an account, the oldest first."""
        found = self.report_dir.glob(f"rebalance_post_{account}_*.csv")
        return [rows_of(path) for path in sorted(found, key=lambda path: path.stat().st_mtime_ns)]

    def summary(self) -> dict[str, Row]:
        """The newest summary's row of each account."""
        return {row["account_id"]: row for row in rows_of(self._newest("run_summary_*.csv"))}

    def page(self) -> ReadPage:
        """The newest page, strictly read."""
        return read_page(self._newest("rebalance_*.html").read_text(encoding="utf-8"))

    def log(self) -> str:
        """The newest log."""
        return self._newest("rebalance_*.log").read_text(encoding="utf-8")

    def _newest(self, pattern: str) -> Path:
        found = sorted(self.report_dir.glob(pattern), key=lambda path: path.stat().st_mtime_ns)
        assert found, f"no {pattern} in {sorted(p.name for p in self.report_dir.glob('*'))}"
        return found[-1]


def workspace(  # every keyword that is not named here is a key of settings.ini
    folder: Path,
    gateway: SimulatedGateway | int,
    targets: Mapping[str, str],
    *,
    accounts: tuple[str, ...] = ("DU111111",),
    own: Mapping[str, Mapping[str, str]] | None = None,
    keys: Mapping[str, str] | None = None,
    **more_keys: str,
) -> Workspace:
    """A folder that trades `accounts` at this gateway (or port) towards `targets`, in percent.

    Settings come by name, as keywords (`max_orders="2"`) or as `keys`; `own` are the overrides of
    single accounts. Unless they say otherwise: trading allowed, no pause, a turnover limit that a
    deposit does not hit, and no what-if questions, so that every order message is an order.
    """
    port = gateway if isinstance(gateway, int) else gateway.port
    usual = {
        "port": str(port),
        "read_only": "false",
        "ids": ", ".join(accounts),
        **TIMING.settings,
        "max_turnover_pct": "200",
        "what_if": "false",
        "report_dir": "reports",
        "state_dir": "state",
    }
    space = Workspace(folder=folder)
    space.settings.write_text(
        _settings(usual | dict(keys or {}) | more_keys, own or {}), encoding="utf-8"
    )
    lines = [f"ETF,{_MODEL}", *(f"{symbol},{percent}" for symbol, percent in targets.items())]
    space.portfolios.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return space


def _settings(keys: Mapping[str, str], own: Mapping[str, Mapping[str, str]]) -> str:
    sections: dict[str, list[str]] = {"models": [f"{_MODEL} = 1"]}
    for name, value in keys.items():
        section = "accounts" if name == "ids" else _SECTION_OF[name]
        sections.setdefault(section, []).append(f"{name} = {value}")
    for account, overrides in own.items():
        lines = [f"{name} = {value}" for name, value in overrides.items()]
        sections[f"account:{account}"] = lines
    return "\n".join(
        f"[{section}]\n" + "\n".join(lines) + "\n" for section, lines in sections.items()
    )


def rows_of(path: Path) -> list[Row]:
    """The rows of a report."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
