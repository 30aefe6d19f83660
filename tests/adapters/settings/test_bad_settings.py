"""Each bad settings file: every problem named at its place, none more, nothing loaded."""

import pytest

from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_adapters.settings.settings import Flags
from rebalancer_adapters.settings.settings_ini import load_settings
from tests.adapters.case_files import Case, bad_files, differences, unlisted_files


@pytest.mark.parametrize("case", bad_files("settings"), ids=lambda case: case.path.name)
def test_a_bad_settings_file_has_every_problem_named_and_loads_nothing(case: Case) -> None:
    loaded = load_settings(case.path, case.environment, Flags(strict=case.strict))
    assert not differences(case, loaded.failure(), shown_path(case.path))


def test_every_bad_settings_file_is_in_the_index() -> None:
    assert not unlisted_files("settings")
