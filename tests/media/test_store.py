"""The media store: whole files or none, keys that cannot leave the folder, any file system."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.core.errors import ConfigError, NotFound
from gateway.storage.store import MediaStore, new_key


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    return MediaStore(f"file://{tmp_path}/media" if request.param == "file" else f"memory://{tmp_path.name}")


def test_put_open_size_delete(store: MediaStore) -> None:
    key = new_key()
    assert not store.exists(key)
    store.put(key, [b"one ", b"two"])
    with store.open(key) as file:
        assert file.read() == b"one two"
        file.seek(4)
        assert file.read(3) == b"two"
    assert (store.exists(key), store.size(key)) == (True, 7)
    store.put(key, [b"three"])
    assert store.size(key) == 5
    store.delete(key)
    store.delete(key)
    assert not store.exists(key)
    with pytest.raises(NotFound):
        store.open(key)
    with pytest.raises(NotFound):
        store.size(key)


def test_a_broken_upload_leaves_nothing(store: MediaStore, tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the line went dead")

    key = new_key()
    with pytest.raises(OSError, match="dead"):
        store.put(key, broken())
    assert not store.exists(key)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "key", ["", "../../etc/passwd", "ab/cd/../../../x", "/etc/passwd", "ab/cd", "AB/CD/12345678", "ab/cd/a\x00bbbbbbb"]
)
def test_a_strange_key_is_not_found(store: MediaStore, key: str) -> None:
    with pytest.raises(NotFound):
        store.open(key)


def test_an_unknown_file_system_is_told() -> None:
    with pytest.raises(ConfigError, match="MEDIA_URL"):
        MediaStore("nosuch://bucket").exists(new_key())
