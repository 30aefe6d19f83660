"""`python -m tests.faults.guards`: take one guard away at a time; its fault case must turn red.

Works on a copy of the checkout. A green case without its guard means that nothing tests the guard.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from attrs import frozen

_ROOT = Path(__file__).resolve().parents[2]
_COPIED = ("rebalancer_core", "rebalancer_adapters", "rebalancer_cli", "tests", "pyproject.toml")
_BROKEN = 1


@frozen(kw_only=True)
class Guard:
    """What it keeps from happening, the code of it, the code without it, and the case."""

    what: str
    file: str
    code: str
    without: str
    case: int


GUARDS = (
    Guard(
        what="positions and ledger must agree",
        file="rebalancer_core/application/draft.py",
        code="if mismatch is not None else None",
        without="if False else None",
        case=501,
    ),
    Guard(
        what="an account that is not ready is not read",
        file="rebalancer_adapters/ib/account_rows.py",
        code='if values.get(("AccountReady", ""), "true").lower() == "false":',
        without="if False:",
        case=509,
    ),
    Guard(
        what="an answer without its end marker is not an answer",
        file="rebalancer_adapters/ib/requests.py",
        code="fault = BrokerSilent(request=self._name, seconds=seconds)",
        without="fault = None",
        case=43,
    ),
    Guard(
        what="open orders that never end are no empty list",
        file="rebalancer_adapters/ib/attempt.py",
        code="    return rows",
        without="    return None",
        case=25,
    ),
    Guard(
        what="nothing is sized on a wide spread",
        file="rebalancer_core/market/collar.py",
        code="    if width:",
        without="    if False:",
        case=523,
    ),
    Guard(
        what="nothing is sized on a halted stock",
        file="rebalancer_core/market/collar.py",
        code="if seen.halted:",
        without="if False:",
        case=528,
    ),
    Guard(
        what="nothing is sized on frozen prices",
        file="rebalancer_core/market/pricing.py",
        code="block=priced.block or (QuoteBlock.FROZEN if is_frozen else None),",
        without="block=priced.block,",
        case=525,
    ),
    Guard(
        what="one process an account",
        file="rebalancer_adapters/journal/account_lock.py",
        code="            if why_not:",
        without="            if False:",
        case=606,
    ),
    Guard(
        what="a code that nobody listed proves nothing",
        file="rebalancer_core/orders/broker_codes.py",
        code="else CodePolicy.UNLISTED",
        without="else CodePolicy.REJECT",
        case=459,
    ),
    Guard(
        what="an unknown outcome is exit 7",
        file="rebalancer_cli/exits.py",
        code="    if AccountStatus.UNKNOWN in statuses:",
        without="    if False:",
        case=73,
    ),
    Guard(
        what="after Ctrl+C nothing more is sent",
        file="rebalancer_core/follow/halting.py",
        code="    if state.around.stop_requested:\n",
        without="    if False:\n",
        case=779,
    ),
    Guard(
        what="a run settles what an earlier one left open",
        file="rebalancer_core/application/reconcile.py",
        code="orders = unfinished(runs, account_id)",
        without="orders: tuple[JournaledOrder, ...] = ()",
        case=771,
    ),
    Guard(
        what="an order that nobody knows may wait in a dialog",
        file="rebalancer_core/reconcile/findings.py",
        code="    if not order.was_never_handed:\n        return None\n",
        without="",
        case=901,
    ),
    Guard(
        what="the first order of a connection goes alone",
        file="rebalancer_core/follow/connection.py",
        code="    if not is_proven:\n        return not waiting_seconds\n",
        without="",
        case=901,
    ),
    Guard(
        what="what a dialog declined is not sent again that day",
        file="rebalancer_core/safety/limits.py",
        code="if (order.con_id, order.side) in declined",
        without="if False",
        case=907,
    ),
    Guard(
        what="an order that was declared dead stays watched",
        file="rebalancer_core/application/reconcile.py",
        code="doubted = watched(runs, account_id, self.clock.now())",
        without="doubted: tuple[JournaledOrder, ...] = ()",
        case=913,
    ),
    Guard(
        what="no order leaves while market data are broken",
        file="rebalancer_adapters/ib/inbox.py",
        code="(GateClosed(detail=closed) if closed else None)",
        without="None",
        case=936,
    ),
    Guard(
        what="swept cash is not counted twice",
        file="rebalancer_adapters/ib/ledger.py",
        code="return min(cash + max(ledger.amount(_DEPOSIT, currency), ZERO), total)",
        without="return cash",
        case=961,
    ),
    Guard(
        what="net liquidation is the sum of its rows",
        file="rebalancer_adapters/ib/ledger.py",
        code="if any(reading.makes(stated.amount) for reading in readings):",
        without="if True:",
        case=967,
    ),
    Guard(
        what="a price is confirmed by another source",
        file="rebalancer_core/market/collar.py",
        code='return _blocked(priced, QuoteBlock.NO_REFERENCE, "no other price to compare with")',
        without="return priced",
        case=990,
    ),
    Guard(
        what="cash that others need is left to them",
        file="rebalancer_core/safety/free_cash.py",
        code="- bought - reserved",
        without="- bought",
        case=1013,
    ),
    Guard(
        what="nothing is sold to pay for a buy that IBKR refuses",
        file="rebalancer_core/application/what_ifs.py",
        code="if not found:",
        without="if True:",
        case=1051,
    ),
)


def main() -> int:
    """0 when each case turns red without its guard."""
    idle = [guard for guard in GUARDS if not _turns_red(guard)]
    _say(f"{len(GUARDS) - len(idle)} of {len(GUARDS)} guards are missed when they are gone")
    return 1 if idle else 0


def _turns_red(guard: Guard) -> bool:
    with tempfile.TemporaryDirectory(prefix="guard-") as folder:
        _copy(Path(folder))
        file = Path(folder, guard.file)
        text = file.read_text(encoding="utf-8")
        if text.count(guard.code) != 1:
            _say(f"{guard.what}: its code is not there once any more -> fix the table")
            return False
        file.write_text(text.replace(guard.code, guard.without), encoding="utf-8")
        played = subprocess.run(
            [sys.executable, "-m", "tests.faults", str(guard.case)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": folder},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    seen = next(iter(played.stdout.splitlines()), "nothing was said")
    is_red = played.returncode == _BROKEN and " BROKEN " in seen
    _say(f"{'red' if is_red else 'GREEN'} without '{guard.what}': case {seen}")
    return is_red


def _copy(folder: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    for name in _COPIED:
        source = _ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
