"""What a computer has for a run: program, files, folders, journal, locks."""

from __future__ import annotations

import shlex

from attrs import frozen

from rebalancer_core.messages.counting import counted
from rebalancer_core.messages.doctor.fact import Fact
from rebalancer_core.values.instruments import AccountId


@frozen(kw_only=True)
class KnownVersions(Fact):
    """What runs here is what the build tests."""

    program: str
    python: str
    ib_async: str

    @property
    def words(self) -> str:
        return f"rebalance {self.program}, Python {self.python}, ib_async {self.ib_async}"


@frozen(kw_only=True)
class UntestedPython(Fact):
    """The Python that runs here is none of the `tested` ones."""

    versions: KnownVersions
    tested: tuple[str, ...]

    @property
    def words(self) -> str:
        return self.versions.words

    @property
    def fix(self) -> str:
        return f"this Python is untested; tested are {', '.join(self.tested)}"


@frozen(kw_only=True)
class UntestedIbAsync(Fact):
    """The ib_async that runs here is not the `tested` one."""

    versions: KnownVersions
    tested: str

    @property
    def words(self) -> str:
        return self.versions.words

    @property
    def fix(self) -> str:
        return f"this ib_async is untested; install {self.tested}, as the lock file has it"


@frozen(kw_only=True)
class NoSettings(Fact):
    """The settings file is not there."""

    name: str

    @property
    def words(self) -> str:
        return f"{self.name} is not there"

    @property
    def fix(self) -> str:
        return "rebalance init writes one to start from; --config names another"


@frozen(kw_only=True)
class SettingsInvalid(Fact):
    """Nobody could look: the settings file cannot be used."""

    @property
    def words(self) -> str:
        return "settings.ini is not valid"


@frozen(kw_only=True)
class ValidSettings(Fact):
    """The settings file can be used."""

    name: str
    accounts: int

    @property
    def words(self) -> str:
        return f"{self.name}: valid, {counted(self.accounts, 'account')}"


@frozen(kw_only=True)
class ValidPortfolios(Fact):
    """A portfolios file can be used."""

    name: str
    symbols: int
    models: int

    @property
    def words(self) -> str:
        symbols, models = counted(self.symbols, "symbol"), counted(self.models, "model")
        return f"{self.name}: valid, {symbols}, {models}"


@frozen(kw_only=True)
class WrongInFile(Fact):
    """One thing wrong in a file, in the words of its reader."""

    said: str
    helps: str

    @property
    def words(self) -> str:
        return self.said

    @property
    def fix(self) -> str:
        return self.helps or "fix the file"


@frozen(kw_only=True)
class FolderWritable(Fact):
    """Files can be written there."""

    directory: str

    @property
    def words(self) -> str:
        return f"{self.directory} can be written"


@frozen(kw_only=True)
class FolderUnwritable(Fact):
    """No file can be written there; `key` of [io] names the folder."""

    directory: str
    detail: str
    key: str

    @property
    def words(self) -> str:
        return f"{self.directory} cannot be written: {self.detail}"

    @property
    def fix(self) -> str:
        return f"fix it or set [io] {self.key}"


@frozen(kw_only=True)
class Exposed(Fact):
    """Others than the owner have a right to `path`; `mode` takes it from them."""

    path: str
    mode: str

    @property
    def words(self) -> str:
        return f"{self.path} is accessible to other users, and it holds your orders"

    @property
    def fix(self) -> str:
        return (
            f"chmod {self.mode} {shlex.quote(self.path)}"
            " (on a disk without permissions: set [io] state_dir to a folder elsewhere)"
        )


@frozen(kw_only=True)
class NoJournalYet(Fact):
    """No run has traded yet."""

    @property
    def words(self) -> str:
        return "none yet; the first trading run creates it"


@frozen(kw_only=True)
class OrdersOpen(Fact):
    """The fate of so many orders is not known."""

    orders: int
    accounts: tuple[AccountId, ...]

    @property
    def words(self) -> str:
        return f"{counted(self.orders, 'order')} with unknown outcome in {', '.join(self.accounts)}"

    @property
    def fix(self) -> str:
        return "rebalance recover"


@frozen(kw_only=True)
class NoOrderOpen(Fact):
    """The fate of every order of so many runs is known."""

    runs: int

    @property
    def words(self) -> str:
        return f"{counted(self.runs, 'run')}, all order outcomes known"


@frozen(kw_only=True)
class LocksFree(Fact):
    """Nobody else trades these accounts."""

    held: tuple[AccountId, ...]

    @property
    def words(self) -> str:
        return f"no other process trades {', '.join(self.held)}"


@frozen(kw_only=True)
class LockTaken(Fact):
    """Another process trades an account; `why` is a sentence."""

    why: str

    @property
    def words(self) -> str:
        return self.why

    @property
    def fix(self) -> str:
        return "wait for that process to end, or fix [io] state_dir"


@frozen(kw_only=True)
class ModeFits(Fact):
    """The accounts fit the mode; `live` are those with real money."""

    live: tuple[AccountId, ...]
    read_only: bool

    @property
    def words(self) -> str:
        kind = f"LIVE, real money: {', '.join(self.live)}" if self.live else "PAPER"
        sending = "a run only previews" if self.read_only else "a run may trade, after a yes"
        state = "true" if self.read_only else "false"
        return f"{kind}; [ibkr] read_only = {state}: {sending}"
