"""The operator's files are written whole or not at all."""

from pathlib import Path

import pytest

from artelier.domain.errors import StoreError
from artelier.stores.operator_files import write_whole


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "artelier.toml"
    file.write_text("old")
    file.chmod(0o640)
    write_whole(file, "new ё")
    assert file.read_text(encoding="utf-8") == "new ё"
    assert file.stat().st_mode & 0o777 == 0o640
    assert names_in(tmp_path) == ["artelier.toml"]


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    write_whole(tmp_path / "new.md", "text")
    assert (tmp_path / "new.md").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="could not be written"):
        write_whole(tmp_path / "folder", "text")
    assert names_in(tmp_path) == ["folder"]
