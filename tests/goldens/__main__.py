"""`python -m tests.goldens [SESSION...]`: play sessions; the goldens of each as one JSON object.

All of them play in a few processes at once, forked when everything is loaded.
"""

import importlib
import json
import multiprocessing
import pkgutil
import sys
from collections.abc import Mapping

from rebalancer_cli import commands
from tests.goldens.sessions import PROCESSES, SESSIONS


def _played(names: tuple[str, ...]) -> dict[str, Mapping[str, str]]:
    return {name: SESSIONS[name]() for name in names}


def _all_played() -> dict[str, Mapping[str, str]]:
    for module in pkgutil.iter_modules(commands.__path__, f"{commands.__name__}."):
        importlib.import_module(module.name)
    with multiprocessing.get_context("fork").Pool(len(PROCESSES)) as pool:
        parts = pool.map(_played, PROCESSES, chunksize=1)
    return {name: goldens for part in parts for name, goldens in part.items()}


if __name__ == "__main__":
    chosen = tuple(sys.argv[1:])
    json.dump(_played(chosen) if chosen else _all_played(), sys.stdout)
