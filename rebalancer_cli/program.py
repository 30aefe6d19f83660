"""What this program is called, and which version of it runs."""

from __future__ import annotations

from importlib.metadata import version

_DISTRIBUTION = "ibkr-etf-rebalancer"


def program_version() -> str:
    """The version of the installed distribution."""
    return version(_DISTRIBUTION)
