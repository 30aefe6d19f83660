"""A folder for one pair of eyes, however generous the umask."""

import sys
from pathlib import Path

import pytest

from rebalancer_adapters.ground.private_folders import is_open_to_others, make_private_folder
from tests.support.disks import open_umask

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")


def test_every_folder_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    with open_umask():
        make_private_folder(tmp_path / "a" / "b" / "c")
    made = [tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "c"]
    assert [path.stat().st_mode & 0o777 for path in made] == [0o700] * 3
    assert not any(map(is_open_to_others, made))


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    make_private_folder(shared / "own")
    make_private_folder(shared)
    assert is_open_to_others(shared)
    assert not is_open_to_others(shared / "own")


def test_a_link_to_a_folder_is_as_good_as_the_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    make_private_folder(tmp_path / "link" / "own")
    assert (tmp_path / "real" / "own").is_dir()


@pytest.mark.parametrize("below", [(), ("own",)])
def test_a_file_in_the_way_is_an_error(below: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((FileExistsError, NotADirectoryError)):
        make_private_folder(tmp_path.joinpath("file", *below))


def test_what_is_not_there_is_open_to_nobody(tmp_path: Path) -> None:
    assert not is_open_to_others(tmp_path / "nowhere")
