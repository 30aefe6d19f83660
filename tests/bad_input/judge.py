"""What every bad input must come to: the code of its kind, no traceback, each problem's place."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from click.testing import CliRunner, Result

from rebalancer_cli.exits import Exit
from rebalancer_cli.main import cli

BY_LINE = re.compile(r"(?:warning: )?(?:.+?:[0-9]+(?::[0-9]+)?|environment(?: \S+)?) .+")
"""How problems of settings and portfolios begin: `file:line`, or the environment's variable."""

BY_NAME = re.compile(r"\S+?(?:\.json|\.toml)[ :].+")
"""How problems of JSON and TOML files begin: the file's name, mostly with a path of keys."""

ANYWHERE = re.compile(r".+")
"""For files that are no files: the name that was given, whatever it is."""


def told(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Result:
    """What the program says to these arguments, in this process."""
    return CliRunner().invoke(cli, list(arguments), env=dict(environment or {}))


def wrongs(
    result: Result, codes: Collection[int], places: re.Pattern[str] = BY_LINE
) -> Iterator[str]:
    """Everything that must not be, empty when all is well."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        yield f"raised {result.exception!r}"
    if result.exit_code not in codes:
        yield f"exit code {result.exit_code}, expected {sorted(codes)}"
    if "Traceback" in result.output:
        yield "a traceback"
    if result.exit_code == Exit.INVALID_INPUT:
        said = result.stderr.split("\n")
        lines = [line for line in said if line and not line.startswith("Next: rebalance ")]
        yield from (f"no place: {line!r}" for line in lines if not places.fullmatch(line))
        if not lines:
            yield "no problem is told"
