"""docs/faults.md, made from the tables of the matrix."""

from collections.abc import Iterator

from tests.faults.case import Case
from tests.faults.guards import GUARDS
from tests.faults.matrix import CASES, TABLES

_HEAD = f"""# Fault cases

{len(CASES)} ways for a rebalance to go wrong. Each runs `rebalance` in a process of its own against
the simulated gateway; `make faults` plays all of them, `make faults CASE=705` one, `make test`
every tenth. Made from the tables in `tests/faults/` by `python -m tests.support.generated_pages`;
a test holds the two together.

Exit codes are those of the [runbook](runbook.md); -9 and -15 are a process that was ended from
outside. Orders are order messages on the wire of the first run, or of both runs of a race.

After every case the gateway's own book is compared with what was approved and with what was
reported (`tests/faults/oracle.py`, `tests/support/promises.py`):

- no order twice; never more shares filled and working than the preview showed, for any stock and
  side; nothing that no preview showed;
- somebody else's resting order is there as before; no global cancel; nothing of ours is in the book
  that no order message asked for;
- the account never ends in debt: its cash in the book is at least -1 dollar;
- exit 0 only when every order that was sent is filled; every run that sent anything and could
  write has a post-trade report that names each order; no traceback;
- after exit 7 `rebalance recover` sends nothing and ends with what the book says, or with 7 again;
  after a stop or a race the same command is run again, a second time when it ends with 7. What is
  unknown then was never acknowledged: the gateway is restarted, `rebalance resolve` closes it on
  the word of its user, and the same command ends with 0, no order is open and every reported fill
  is the book's. The cases of dialogs say step by step what is done instead.

In the last table a command meets a setting of the gateway ([gateway-settings.md](
gateway-settings.md)). Its end is judged against a usual login: the same plan, the same book. What
the program does not do yet is marked.
"""
_COLUMNS = """| case | what goes wrong | orders | exit | what must be true |
|---:|---|---|---|---|
"""


_GUARDS = f"""
## What the cases guard ({len(GUARDS)})
`python -m tests.faults.guards` takes one guard out of a copy of the program at a time and plays its
case, which must then break a promise.

| without the rule that | turns red |
|---|---:|
"""


def faults() -> str:
    """The page: a section for each table, a row for each case; then what they guard."""
    guards = "".join(f"| {guard.what} | {guard.case} |\n" for guard in GUARDS)
    return _HEAD + "".join(_section(first) for first in TABLES) + _GUARDS + guards


def _section(first: int) -> str:
    title, cases = TABLES[first]
    rows = "".join(_row(first + at, case) for at, case in enumerate(cases))
    head = (
        "| case | what goes wrong | orders | exit | what must be true |\n|---:|---|---|---|---|\n"
    )
    return f"\n## {title} ({len(cases)})\n{head}{rows}"


def _row(number: int, case: Case) -> str:
    exits = " or ".join(str(code) for code in sorted(case.exits))
    cells = (str(number), case.name, "".join(_range(case.orders)), exits, case.expects)
    return f"| {' | '.join(cells)} |\n"


def _range(orders: tuple[int, int]) -> Iterator[str]:
    fewest, most = orders
    yield str(fewest)
    if most != fewest:
        yield f" to {most}"
