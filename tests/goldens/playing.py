"""Commands are played inside of one process, as a shell would start them, and harvested."""

import contextlib
import importlib
import shlex
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from click.testing import CliRunner

from tests.goldens.journal_rows import journal_rows, run_ids
from tests.goldens.normalising import FOLDER_WIDTH, moved, normalised
from tests.support import SimulatedGateway, workspace
from tests.support.timing import TIMING

_NARROW = 60
_WIDE = 120


class Player:
    """One user's folder and what the commands in it showed and wrote, by the golden's name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts: dict[str, str] = {}

    def play(
        self,
        name: str,
        line: str,
        *,
        narrow: bool = False,
        records: bool = False,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Run `rebalance LINE`; a second screen of one name follows the first.

        With `narrow` the screen has 60 columns, and a golden of its own. With `records` the
        reports and the log that it wrote are goldens, too.
        """
        before = self._reports()
        golden = f"{name}.60.txt" if narrow else f"{name}.txt"
        columns = _NARROW if narrow else _WIDE
        own = {"HOME": str(self.folder), "XDG_STATE_HOME": None, "COLUMNS": str(columns)}
        screen = _screen(self.folder, line, {**TIMING.environment, **own, **(env or {})})
        self.texts[golden] = self.texts.get(golden, "") + screen
        if records:
            for path in sorted(self._reports() - before):
                kind = path.stem.replace(path.stem.split("_")[-1], "").strip("_")
                self.texts[f"{name}.{kind}{path.suffix}"] = path.read_bytes().decode("utf-8")

    def harvest(self, name: str, file: str) -> None:
        """Take a file of the folder for a golden."""
        self.texts[name] = (self.folder / file).read_bytes().decode("utf-8")

    @property
    def journal(self) -> Path:
        """Where the runs write down what they do."""
        return self.folder / "state" / "journal.sqlite"

    def order(self, con_id: int) -> str:
        """The reference of the first order of a contract."""
        with contextlib.closing(sqlite3.connect(self.journal)) as journal:
            (ref,) = journal.execute(
                "SELECT order_ref FROM entry WHERE kind = 'intent' AND con_id = ? ORDER BY id",
                (con_id,),
            ).fetchone()
        return str(ref)

    def goldens_of_the_past(self) -> dict[str, str]:
        """All that was harvested from a journal that never changes."""
        return moved(self.texts, self.folder)

    def goldens(self, port: int) -> dict[str, str]:
        """All that was harvested and the journal's rows, without what varies."""
        ids: tuple[str, ...] = ()
        if self.journal.exists():
            self.texts["journal.txt"] = journal_rows(self.journal)
            ids = run_ids(self.journal)
        return normalised(self.texts, folder=self.folder, port=port, run_ids=ids)

    def _reports(self) -> set[Path]:
        return set((self.folder / "reports").glob("*"))


@contextlib.contextmanager
def player() -> Iterator[Player]:
    """A player in a folder of its own; its name is as long at each play, for the line breaks."""
    with tempfile.TemporaryDirectory(prefix="goldens-", dir="/tmp") as name:
        assert len(name) == FOLDER_WIDTH
        yield Player(Path(name))


def trader(
    folder: Path,
    gateway: SimulatedGateway | int,
    targets: Mapping[str, str],
    accounts: tuple[str, ...],
    **keys: str,
) -> None:
    """Write the two input files of a folder."""
    workspace(folder, gateway, targets, accounts=accounts, keys=keys)


def _screen(folder: Path, line: str, env: Mapping[str, str | None]) -> str:
    main = importlib.import_module("rebalancer_cli.main").main
    with (
        _typed(line),
        contextlib.chdir(folder),
        CliRunner().isolation(env=env) as (out, err, _),
    ):
        code: object = main()
        stdout, stderr = out.getvalue().decode("utf-8"), err.getvalue().decode("utf-8")
    return f"$ rebalance {line}\n{stdout}--- stderr\n{stderr}--- exit {code or 0}\n"


@contextlib.contextmanager
def _typed(line: str) -> Iterator[None]:
    before, sys.argv = sys.argv, ["rebalance", *shlex.split(line)]
    try:
        yield
    finally:
        sys.argv = before
