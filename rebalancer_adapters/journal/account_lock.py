"""One process an account: a lock of the operating system, which even kill -9 gives back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rebalancer_adapters.ground.private_folders import make_private_folder
from rebalancer_core.ports import AccountLocks, LockRefused
from rebalancer_core.values.instruments import AccountId

_OWNER_ONLY = 0o600


@contextmanager
def locked(state_dir: Path, accounts: tuple[AccountId, ...]) -> Iterator[AccountLocks]:
    """The locks of these accounts while the block runs; those taken already are in `refused`.

    Never waits. All processes take them in one order, so of two that race for several accounts
    at least one gets the first of them.
    """
    held: list[AccountId] = []
    refused: list[LockRefused] = []
    with ExitStack() as stack:
        for account_id in sorted(set(accounts)):
            why_not = _taken(stack, state_dir / "locks", account_id)
            if why_not:
                refused.append(LockRefused(account_id=account_id, why=why_not))
            else:
                held.append(account_id)
        yield AccountLocks(held=tuple(held), refused=tuple(refused))


def _taken(stack: ExitStack, folder: Path, account_id: AccountId) -> str:
    """Why the account cannot be locked; empty when it now is, until the stack unwinds."""
    holder = folder / f"{account_id}.holder"
    try:
        make_private_folder(folder)
        # A marker file in place of a lock of the system would outlive kill -9: no fallback.
        lock = FileLock(
            folder / f"{account_id}.lock", timeout=0, mode=_OWNER_ONLY, fallback_to_soft=False
        )
        stack.enter_context(lock)
        _write_holder(holder)
    except Timeout:
        return f"{account_id} is being traded by another process{_told_by(holder)}"
    # filelock raises NotImplementedError where the file system knows no locks.
    except (OSError, NotImplementedError) as trouble:
        detail = getattr(trouble, "strerror", None) or str(trouble)
        return f"{account_id} cannot be locked in {folder}: {detail}"
    return ""


def _write_holder(holder: Path) -> None:
    """Name this process, beside the lock: Windows lets nobody read a locked file."""
    draft = holder.with_suffix(f".{os.getpid()}.tmp")
    handle = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, _OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    draft.replace(holder)


def _told_by(holder: Path) -> str:
    """The holder's process id where it can be read; the lock itself is what counts."""
    try:
        named = holder.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return f" (process {named})" if named.isdecimal() else ""
