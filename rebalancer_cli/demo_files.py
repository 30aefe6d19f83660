"""Where the demo's files lie: inside of the installed package, or in the checkout's fixtures."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

_PACKAGE = Path(__file__).parent


@frozen(kw_only=True)
class DemoFiles:
    """The market that the demo simulates and the two files its user would keep."""

    market: Path
    settings: Path


def demo_files() -> DemoFiles:
    """The demo's files; the wheel carries copies of those in `fixtures/`."""
    installed = _PACKAGE / "demo_data"
    if installed.is_dir():
        return DemoFiles(market=installed / "market.toml", settings=installed / "settings.ini")
    fixtures = _PACKAGE.parent / "fixtures"
    return DemoFiles(
        market=fixtures / "markets" / "demo.toml", settings=fixtures / "demo" / "settings.ini"
    )
