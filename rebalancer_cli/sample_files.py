"""The commented samples that a user starts from: in the installed package, or in `config/`."""

from __future__ import annotations

from pathlib import Path

SETTINGS = "settings.ini"
PORTFOLIOS = "portfolios.csv"
EXAMPLE_ACCOUNT = "DU111111"

_PACKAGE = Path(__file__).parent
_PLACEHOLDER = "ids = UXXXXXX"
_EXAMPLE = f"ids = {EXAMPLE_ACCOUNT}            ; an example: put your own here"


def starting_files() -> dict[str, str]:
    """Text by name of the two files `rebalance init` writes; both are valid as they stand.

    The account is a paper one that no gateway manages, so that everything but the account can be
    tried at once, and nothing can be traded by accident.
    """
    installed = _PACKAGE / "sample_data"
    folder = installed if installed.is_dir() else _PACKAGE.parent / "config"
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in (SETTINGS, PORTFOLIOS)}
    return texts | {SETTINGS: texts[SETTINGS].replace(_PLACEHOLDER, _EXAMPLE)}
