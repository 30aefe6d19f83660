"""Command lines and environments that are wrong, each with the code it must end with.

`{name}` in an argument stands for the path of that thing on the shelf.
"""

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from rebalancer_adapters.settings.keys import KEYS
from rebalancer_adapters.settings.sources import environment_name
from rebalancer_cli.exits import Exit
from tests.bad_input.sample_files import UNREADABLE

_CONFIG = ("--config", "{settings}")
_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "run": ("--dry-run",),
    "plan": (),
    "snapshot": (),
    "explain": ("SPY",),
    "price": ("SPY",),
    "validate-config": (),
    "validate-portfolios": ("--offline",),
    "status": (),
    "recover": (),
    "resolve": ("R-1", "--filled", "1", "--reason", "seen"),
    "report": ("abc", "--offline"),
}
_WITH_CSV = ("run", "plan", "snapshot", "explain", "validate-portfolios")
_WITH_ACCOUNT = ("run", "plan", "snapshot", "explain", "validate-config")
_ODD_ACCOUNTS = (
    *("DU999999", "", " ", "all", "*", "DU111111,DU222222", "du111111 ", "../DU111111", "--yes"),
    *("DU1\n11111", "U\uff11111111", "\udcff", "x" * 5000, "'; DROP TABLE runs", "%s", "{}"),
)
# Any text is a name of a host or of a path.
_FREE = frozenset({"host", "path", "report_dir", "state_dir"})
_WRONG_VALUES = ("nonsense", "", "-1e999", "\u2212\uff11", "\x1b[2J")


@frozen(kw_only=True)
class Line:
    """One wrong command line: `names` must be told on stderr."""

    arguments: tuple[str, ...]
    code: int
    environment: Mapping[str, str] = field(factory=dict)
    names: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """For the test's name."""
        words = [*(f"{k}={v}" for k, v in self.environment.items()), *self.arguments]
        return " ".join(words).encode("ascii", "backslashreplace").decode()[:80]


def bad_lines() -> tuple[Line, ...]:
    """All of them."""
    return (
        *_files(),
        *_flags(),
        *_accounts(),
        *_values(),
        *_contradictions(),
        *_variables(),
        *_of_the_gateway(),
    )


def _files() -> Iterator[Line]:
    for thing in UNREADABLE:
        bad = f"{{{thing}}}"
        for command, needed in _COMMANDS.items():
            yield _invalid(command, *needed, "--config", bad)
        for command in _WITH_CSV:
            yield _invalid(command, *_COMMANDS[command], *_CONFIG, "--csv", bad)
        for command in ("show", "apply"):
            yield _invalid(command, bad, *_CONFIG)
        for command in ("run", "explain"):
            yield _invalid(command, *_COMMANDS[command], *_CONFIG, "--snapshot", bad)


def _flags() -> Iterator[Line]:
    for command, needed in _COMMANDS.items():
        for flag in ("--nonsense", "-Z", "--dryrun", "--configs=x"):
            name = flag.partition("=")[0]
            yield _usage(command, *needed, flag, names=("No such option", name))
        yield _usage(command, *needed, "--config", names=("--config", "requires an argument"))
        if command != "price":  # it takes any number of symbols
            yield _usage(command, *needed, "surplus", "words", names=("words",))
    for command in ("explain", "price", "resolve", "show", "apply"):
        yield _usage(command, *_CONFIG, names=("Missing argument",))
    for word in ("trade", "RUN", "run ", "--run", "", "\udcff", "apply-all", "-"):
        yield _usage(word, names=("No such",))


def _accounts() -> Iterator[Line]:
    for command in _WITH_ACCOUNT:
        for account in _ODD_ACCOUNTS:
            line = (command, *_COMMANDS[command], *_CONFIG, "--account", account)
            yield _usage(*line, names=("--account",))
        both = ("--account", "DU111111", "--account", "DU999999")
        line = (command, *_COMMANDS[command], *_CONFIG, *both)
        yield _usage(*line, names=("--account DU999999",))


def _values() -> Iterator[Line]:
    for value in ("", "both", "PER-ACCOUNT ", "per_account,global", "1", "\udcff"):
        yield _usage("run", *_CONFIG, "--confirm-mode", value, names=("--confirm-mode",))
    for value in ("0", "-1", "x", "1.5", "", "nan", "\uff11x", "1e3"):
        yield _usage("status", *_CONFIG, "--recent", value, names=("--recent",))
    for value in ("0", "-1", "10081", "x", "", "1.5"):
        yield _usage("plan", *_CONFIG, "--valid-for", value, names=("--valid-for",))
    for thing in ("settings", "folder", "long"):
        yield _usage("plan", *_CONFIG, "-o", f"{{{thing}}}", names=("-o",))
    yield _usage("plan", *_CONFIG, "-o", "{missing}/plan.json", names=("directory does not exist",))
    for value in ("-1", "65536", "99999999999999999999", "x", "", "4002.0", "0x10"):
        yield _usage("gateway", "--market", "{market}", "--port", value, names=("--port",))
    for value in ("-1", "x", "", "1.5"):
        line = ("gateway", "--market", "{market}", "--scenario", "{market}", "--seed", value)
        yield _usage(*line, names=("--seed",))
    for flag in ("--dry-run=1", "--yes=no", "--strict=", "--json=maybe"):
        yield _usage("run", *_CONFIG, flag, names=(flag.partition("=")[0],))
    for shell in ("", "pwsh", "BASH "):
        yield _usage("completion", shell, names=("bash",))
    for thing in ("settings", "empty"):
        yield _usage("demo", "--reports", f"{{{thing}}}", names=("--reports",))


def _contradictions() -> Iterator[Line]:
    yield _usage("run", *_CONFIG, "--yes", "--confirm", names=("--confirm and --yes",))
    for reference in ("R-1", "", "\udcff", "x" * 3000, "R\n1"):
        line = ("resolve", reference, *_CONFIG, "--filled", "1", "--reason", "seen")
        yield _usage(*line, names=("open order",))
    for reason in ("", "   ", "\t"):
        line = ("resolve", "R-1", *_CONFIG, "--filled", "1", "--reason", reason)
        yield _usage(*line, names=("--reason",))
    yield _usage("resolve", "R-1", *_CONFIG, "--reason", "seen", names=("--filled",))
    yield _usage("report", "--offline", *_CONFIG, names=("no run in the journal yet",))
    for run in ("abc", "", "../..", "\udcff", "*"):
        yield _usage("report", "--offline", *_CONFIG, "--", run, names=("no run",))


def _variables() -> Iterator[Line]:
    for key in KEYS:
        if key.name in _FREE:
            continue
        variable = environment_name(key.section, key.name)
        for value in _WRONG_VALUES:
            yield _invalid(
                "validate-config", *_CONFIG, environment={variable: value}, names=(variable,)
            )
        near = variable[:-3] + variable[-2:]
        yield _invalid("validate-config", *_CONFIG, environment={near: "1"}, names=(near,))
    for ids in ("", ",", "UXXXXXX", "DU1 11111", "DU111111;DU222222", "\uff24U111111"):
        environment = {"REBALANCE_ACCOUNTS_IDS": ids}
        yield _invalid("validate-config", *_CONFIG, environment=environment, names=("IDS",))
    for share in ("", "2", "-1", "0.5", "1/2", "nan"):
        environment = {"REBALANCE_MODELS_MAIN": share}
        yield _invalid("validate-config", *_CONFIG, environment=environment, names=("models",))


def _of_the_gateway() -> Iterator[Line]:
    for thing in UNREADABLE:
        bad = f"{{{thing}}}"
        yield _invalid("gateway", "--port", "0", "--market", bad)
        yield _invalid("gateway", "--port", "0", "--market", "{market}", "--scenario", bad)
    for host in ("\udcff", "x" * 100 + ".invalid"):
        line = ("gateway", "--market", "{market}", "--port", "0", "--host", host)
        yield _usage(*line, names=("--host", "--allow-remote"))
        yield _usage(*line, "--allow-remote", names=("--host",))
    yield _usage("gateway", "--market", "{market}", "--seed", "1", names=("--scenario",))
    yield _usage("gateway", names=("--market",))


def _usage(*arguments: str, names: tuple[str, ...]) -> Line:
    return Line(arguments=arguments, code=Exit.USAGE, names=names)


def _invalid(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    names: tuple[str, ...] = (),
) -> Line:
    return Line(
        arguments=arguments,
        code=Exit.INVALID_INPUT,
        environment=environment or {},
        names=names,
    )
