"""`python -m tests.fuzz TARGET`: one target under atheris, guided by coverage, until it finds.

Atheris is no dependency of the project: install it by hand where it runs (Linux, Python 3.11).
"""

import importlib
import sys
from pathlib import Path

import click

from tests.fuzz.corpus import corpus
from tests.fuzz.targets import TARGETS


@click.command()
@click.argument("name", metavar="TARGET", type=click.Choice(sorted(TARGETS)))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--runs", default=100_000, show_default=True, help="How many inputs.")
def fuzz(name: str, folder: Path, runs: int) -> None:
    """Fuzz TARGET; FOLDER keeps the corpus, which grows."""
    atheris = importlib.import_module("atheris")
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(corpus()[name]):
        (folder / f"good-{number}").write_bytes(content)
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-runs={runs}", str(folder)], TARGETS[name])
    atheris.Fuzz()


fuzz()
