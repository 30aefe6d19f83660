"""`python -m tests.fuzz TARGET FOLDER`: one target under atheris, guided by coverage.

Atheris is no dependency of the project: install it by hand where it runs (Linux, Python 3.11).
"""

import importlib
import sys
from pathlib import Path

import click


@click.command()
@click.argument("name", metavar="TARGET")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--runs", default=100_000, show_default=True, help="How many inputs.")
def fuzz(name: str, folder: Path, runs: int) -> None:
    """Fuzz TARGET; FOLDER keeps the corpus, which grows."""
    atheris = importlib.import_module("atheris")
    # Only what is imported in here is watched: our own parsers.
    with atheris.instrument_imports(include=["rebalancer_adapters", "rebalancer_core"]):
        targets = importlib.import_module("tests.fuzz.targets").TARGETS
        good = importlib.import_module("tests.fuzz.corpus").corpus()
    if name not in targets:
        raise click.UsageError(f"{name} is no target; targets are: {', '.join(targets)}")
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(good[name]):
        (folder / f"good-{number}").write_bytes(content)
    atheris.Setup([sys.argv[0], f"-runs={runs}", str(folder)], targets[name])
    atheris.Fuzz()


fuzz()
