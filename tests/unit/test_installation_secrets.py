"""Keys and other secrets that an installation makes on its first run."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runtime.keys import KeysUnreadable, load_or_make
from runtime.secret_file import publish


def test_a_secret_is_readable_by_its_owner_only_and_leaves_no_draft(tmp_path: Path):
    file = tmp_path / "new" / "secret"
    publish(file, b"one")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_the_first_secret_stays(tmp_path: Path):
    file = tmp_path / "secret"
    publish(file, b"first")
    publish(file, b"second")
    assert file.read_bytes() == b"first"


def test_all_who_start_at_once_get_the_same_keys(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(load_or_make, [tmp_path / "keys"] * 8))
    assert {ring.index_key for ring in rings} == {load_or_make(tmp_path / "keys").index_key}


@pytest.mark.parametrize("content", ["", "{}", '{"active": "k1", "keys": {"k1": "c2hvcnQ="}, "index": "c2hvcnQ="}'])
def test_damaged_keys_are_refused_and_never_overwritten(tmp_path: Path, content: str):
    file = tmp_path / "keys.json"
    file.write_text(content)
    with pytest.raises(KeysUnreadable):
        load_or_make(tmp_path)
    assert file.read_text() == content
