"""Publishes a config folder as a version in the database: all hosts run the same one, and any older one can be seen."""

import difflib
import hashlib
from collections.abc import Mapping
from pathlib import Path

import orjson
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gateway.config.compile import check_files
from gateway.config.files import read_folder
from gateway.config.problems import listing
from gateway.core import clock
from gateway.core.errors import ConfigError, Conflict, NotFound
from gateway.models.config_version import ConfigVersion
from gateway.models.database import Database

NEWEST = select(ConfigVersion.id, ConfigVersion.checksum).order_by(ConfigVersion.id.desc()).limit(1)


def publish(database: Database, files: Mapping[str, str], author: str, note: str = "", after: int | None = None) -> int:
    """Make ``files`` the newest version; the same files twice in a row stay one version. Returns its number.

    Raises:
        ConfigError: the files have problems; the message lists all of them.
        Conflict: the newest version is not ``after``, from which these files were made.
    """
    problems = check_files(files)
    if problems:
        raise ConfigError(listing(problems))
    with database.begin() as session:
        newest = session.execute(NEWEST.with_for_update()).first() if after is not None else None
        if newest is not None and newest.id != after:
            raise Conflict("another version was published meanwhile; look at it and try again")
        return _insert(session, files, author, note)


def ensure_published(database: Database, folder: Path) -> int:
    """Publish ``folder`` if nothing has been published yet; returns the newest version's number.

    Raises:
        ConfigError: the folder is missing or has problems.
    """
    with database.read() as session:
        newest = newest_version(session)
    return newest or publish(database, read_folder(folder), "first start")


def newest_version(session: Session) -> int | None:
    """The newest version's number; None: nothing is published yet."""
    newest = session.execute(NEWEST).first()
    return newest.id if newest else None


def version_files(database: Database, version: int | None = None) -> dict[str, str]:
    """The files of a version, of the newest one without a number.

    Raises:
        NotFound: there is no such version.
    """
    query = select(ConfigVersion.files).order_by(ConfigVersion.id.desc()).limit(1)
    with database.read() as session:
        files = session.scalar(query if version is None else query.where(ConfigVersion.id == version))
    if files is None:
        raise NotFound("nothing is published yet" if version is None else f"there is no version {version}")
    return {str(name): str(text) for name, text in files.items()}


def export(database: Database, folder: Path, version: int | None = None) -> list[Path]:
    """Write a version's files below ``folder``, over what stands there; returns what was written.

    Raises:
        NotFound: there is no such version.
    """
    written = []
    for name, text in version_files(database, version).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def diff(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What changed from ``before`` to ``after``, as a unified diff; empty when nothing did."""
    lines: list[str] = []
    for name in sorted({*before, *after}):
        old, new = (side.get(name, "").splitlines(keepends=True) for side in (before, after))
        lines += difflib.unified_diff(old, new, f"published/{name}", f"folder/{name}")
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def _insert(session: Session, files: Mapping[str, str], author: str, note: str) -> int:
    checksum = hashlib.sha256(orjson.dumps(dict(files), option=orjson.OPT_SORT_KEYS)).hexdigest()
    newest = session.execute(NEWEST).first()
    if newest is not None and newest.checksum == checksum:
        return int(newest.id)
    values = {"files": dict(files), "checksum": checksum, "author": author, "note": note, "created_at": clock.now()}
    return int(session.execute(insert(ConfigVersion).values(values).returning(ConfigVersion.id)).scalar_one())
