"""A journal that remembers one run, written once and copied for each test."""

from pathlib import Path

import pytest

from tests.adapters.journal.made_up import opened, tell


@pytest.fixture(scope="session")
def told_content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("told") / "journal.sqlite"
    with opened(path) as journal:
        tell(journal)
    return path.read_bytes()


@pytest.fixture
def told(tmp_path: Path, told_content: bytes) -> Path:
    """A journal that remembers one run."""
    path = tmp_path / "journal.sqlite"
    path.write_bytes(told_content)
    return path
