"""Where media bytes live: any file system fsspec speaks, a folder by default."""

import os
import re
import secrets
from collections.abc import Iterable
from functools import cached_property
from typing import Any, BinaryIO

import fsspec
from fsspec.core import url_to_fs

from gateway.core.errors import ConfigError, NotFound

KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-zA-Z_-]{8,100}")


class MediaStore:
    """Bytes by key. ``url`` is an fsspec URL (``file:///…``, ``s3://bucket/prefix``, ``memory://``)."""

    def __init__(self, url: str) -> None:
        self.url = url

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Store ``chunks`` under ``key``, whole or not at all, replacing what was there.

        Raises:
            OSError: the file system refused; nothing is left under ``key``.
        """
        path = self._path(key)
        self._fs.makedirs(self._fs._parent(path), exist_ok=True)
        if self._is_local:
            _put_locally(path, chunks)
        else:
            self._put_remotely(path, chunks)

    def open(self, key: str) -> BinaryIO:
        """A seekable file to read.

        Raises:
            NotFound: nothing is stored under ``key``.
        """
        try:
            file: BinaryIO = self._fs.open(self._path(key), "rb")
        except FileNotFoundError:
            raise NotFound(f"no stored file {key}") from None
        return file

    def exists(self, key: str) -> bool:
        return bool(self._fs.exists(self._path(key)))

    def size(self, key: str) -> int:
        """Bytes under ``key``.

        Raises:
            NotFound: nothing is stored under ``key``.
        """
        try:
            return int(self._fs.size(self._path(key)))
        except FileNotFoundError:
            raise NotFound(f"no stored file {key}") from None

    def delete(self, key: str) -> None:
        """Remove ``key``; one that is gone already is no error."""
        path = self._path(key)
        if self._fs.exists(path):
            self._fs.rm_file(path)

    def _path(self, key: str) -> str:
        if not KEY.fullmatch(key):
            raise NotFound(f"{key!r} is no key of ours")
        return f"{self._root}/{key}"

    def _put_remotely(self, path: str, chunks: Iterable[bytes]) -> None:
        """An object store shows an upload only when it is closed; after an error it is closed and removed."""
        try:
            with self._fs.open(path, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
        except BaseException:
            if self._fs.exists(path):
                self._fs.rm_file(path)
            raise

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """File system and root, found at first use: a process that never touches media needs no S3 library."""
        try:
            fs, root = url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            protocols = "file, memory and whatever fsspec's installed libraries add"
            raise ConfigError(f"MEDIA_URL: {self.url!r} cannot be opened ({error}); known: {protocols}") from error
        return fs, root.rstrip("/")

    @property
    def _fs(self) -> Any:
        return self._opened[0]

    @property
    def _root(self) -> str:
        return self._opened[1]

    @property
    def _is_local(self) -> bool:
        return isinstance(self._fs, fsspec.get_filesystem_class("file"))


def new_key() -> str:
    """A fresh key, spread over 65,536 folders."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name[2:4]}/{name[4:]}"


def _put_locally(path: str, chunks: Iterable[bytes]) -> None:
    """Write beside the goal, flush to disk, rename: a reader never sees half a file, a crash leaves none."""
    beside = f"{path}.{secrets.token_hex(4)}.part"
    try:
        with open(beside, "xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        if os.path.exists(beside):
            os.unlink(beside)
