"""Each good settings file: it loads, and says what the index says."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import Factory, frozen

from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import load_settings
from tests.adapters.case_files import FIXTURES

FOLDER = FIXTURES / "good" / "settings"


@frozen(kw_only=True)
class Good:
    values: Mapping[str, str]
    environment: Mapping[str, str] = Factory(dict)
    warnings: tuple[str, ...] = ()


INDEX = {
    name: Good(**case)
    for name, case in tomllib.loads((FOLDER / "index.toml").read_text(encoding="utf-8")).items()
}


@pytest.mark.parametrize("name", INDEX)
def test_a_good_settings_file_says_what_the_index_says(name: str) -> None:
    good, path = INDEX[name], FOLDER / name
    settings = load_settings(path, good.environment, Flags()).unwrap()
    effective = {f"{scope}{key}": value for scope, key, value in _effective(settings)}
    assert {key: effective[key] for key in good.values} == dict(good.values)
    warned = [f"{shown_path(path)}:{place}" for place in good.warnings]
    assert [problem.place for problem in settings.warnings] == warned


def test_every_good_settings_file_is_in_the_index() -> None:
    assert {path.name for path in FOLDER.glob("*.ini")} == set(INDEX)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("percent_sign_needs_no_doubling.ini", "100%(sure)s"),
        ("comment_glued_to_a_value_is_part_of_it.ini", "a;b#c"),
    ],
)
def test_a_path_is_taken_as_written_from_the_settings_own_folder(name: str, folder: str) -> None:
    settings = load_settings(Path(FOLDER / name), {}, Flags()).unwrap()
    assert settings.io.report_dir == FOLDER / folder


def _effective(settings: Settings) -> list[tuple[str, str, str]]:
    return [
        (f"{each.scope} " if each.scope else "", f"{each.section}.{each.key}", each.value)
        for each in settings.effective
    ]
