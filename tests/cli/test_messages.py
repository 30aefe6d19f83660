"""What commands say of inputs that changed, and of a file that cannot be made."""

from pathlib import Path

import pytest

from rebalancer_cli.changed_inputs import (
    AccountsGone,
    ChangedInput,
    EnvironmentChanged,
    PortfoliosChanged,
    SettingsChanged,
)
from rebalancer_cli.messages import explain_changed, explain_no_new_file
from rebalancer_cli.new_files import (
    FileTaken,
    FolderMissing,
    PlaceUnusable,
    WhyNoNewFile,
    why_not_new,
)
from rebalancer_core.values.instruments import AccountId


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            AccountsGone(account_ids=(AccountId("DU111111"), AccountId("DU222222"))),
            "DU111111, DU222222 of the plan is no longer in [accounts] ids",
        ),
        (
            SettingsChanged(path=Path("settings.ini")),
            "settings.ini has changed since the plan was saved",
        ),
        (
            EnvironmentChanged(),
            "REBALANCE_* environment variables have changed since the plan was saved",
        ),
        (
            PortfoliosChanged(path="portfolios.csv"),
            "portfolios.csv has changed since the plan was saved",
        ),
    ],
)
def test_a_changed_input_is_named(changed: ChangedInput, words: str) -> None:
    assert explain_changed(changed) == words


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (FileTaken(), "-o plan.json already exists; refusing to overwrite it"),
        (FolderMissing(), "-o plan.json: directory does not exist"),
        (PlaceUnusable(detail="Permission denied"), "-o plan.json: Permission denied"),
    ],
)
def test_a_file_that_cannot_be_made_is_named_with_the_reason(why: WhyNoNewFile, words: str) -> None:
    assert explain_no_new_file("plan.json", why) == words


def test_a_new_file_goes_into_a_folder_where_none_of_its_name_is(tmp_path: Path) -> None:
    assert why_not_new(tmp_path / "plan.json") is None
    assert why_not_new(tmp_path) == FileTaken()
    assert why_not_new(tmp_path / "no" / "plan.json") == FolderMissing()
    assert isinstance(why_not_new(tmp_path / ("x" * 5000)), PlaceUnusable)
