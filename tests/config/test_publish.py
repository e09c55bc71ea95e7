"""Versions of the config: published, looked up, kept when the next one is broken."""

from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from gateway.config import publish as publishing
from gateway.config import versions as compiled_versions
from gateway.config.versions import Versions
from gateway.core import clock
from gateway.core.errors import ConfigError, NotFound
from gateway.models.config_version import ConfigVersion
from gateway.models.database import Database
from tests.config.test_problems import GOOD

RENAMED = {**GOOD, "care.yaml": GOOD["care.yaml"].replace("name: Shop", "name: Market")}
BROKEN = {"care.yaml": "business: 1"}


def force(database: Database, files: dict[str, str]) -> None:
    """A version that nobody checked, as an older Rabta might have left it."""
    values = {"files": files, "checksum": "x", "author": "", "note": "", "created_at": clock.now()}
    with database.begin() as session:
        session.execute(insert(ConfigVersion).values(values))


def test_publish_numbers_versions_and_keeps_equal_ones_single(database: Database) -> None:
    first = publishing.publish(database, GOOD, "ayesha", "start")
    assert publishing.publish(database, GOOD, "bilal") == first
    assert publishing.publish(database, RENAMED, "bilal") == first + 1
    assert publishing.publish(database, GOOD, "bilal") == first + 2
    assert publishing.version_files(database) == GOOD
    assert publishing.version_files(database, first + 1) == RENAMED


def test_what_has_problems_is_not_published(sqlite: Database) -> None:
    with pytest.raises(ConfigError, match=r"care\.yaml:1:1: business"):
        publishing.publish(sqlite, BROKEN, "x")
    with sqlite.read() as session:
        assert session.scalar(select(func.count()).select_from(ConfigVersion)) == 0


def test_ensure_published_publishes_once(sqlite: Database, tmp_path: Path) -> None:
    for name, text in GOOD.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    first = publishing.ensure_published(sqlite, tmp_path)
    (tmp_path / "care.yaml").write_text("broken")
    assert publishing.ensure_published(sqlite, tmp_path) == first


def test_export_writes_what_was_published(sqlite: Database, tmp_path: Path) -> None:
    publishing.publish(sqlite, GOOD, "x")
    written = publishing.export(sqlite, tmp_path / "out")
    assert {path.relative_to(tmp_path / "out").as_posix(): path.read_text() for path in written} == GOOD


@pytest.mark.parametrize("version", [None, 9])
def test_a_version_that_is_not_there(sqlite: Database, version: int | None) -> None:
    with pytest.raises(NotFound):
        publishing.version_files(sqlite, version)


def test_diff() -> None:
    assert publishing.diff(GOOD, GOOD) == ""
    changes = publishing.diff(GOOD, {**RENAMED, "texts.yaml": "a"})
    assert "-  name: Shop\n+  name: Market\n" in changes
    assert "+++ folder/texts.yaml\n@@ -0,0 +1 @@\n+a\n" in changes


def test_nothing_published(sqlite: Database) -> None:
    with pytest.raises(ConfigError, match="config publish"):
        Versions(sqlite).newest()


def test_newest_follows_what_is_published(database: Database) -> None:
    publishing.publish(database, GOOD, "x")
    versions = Versions(database, look_every_seconds=0)
    first = versions.newest()
    assert versions.newest() is first
    second = publishing.publish(database, RENAMED, "x")
    assert (versions.newest().version, versions.newest().business.name) == (second, "Market")


def test_the_database_is_asked_rarely(sqlite: Database) -> None:
    publishing.publish(sqlite, GOOD, "x")
    versions = Versions(sqlite, look_every_seconds=3600)
    first = versions.newest()
    publishing.publish(sqlite, RENAMED, "x")
    assert versions.newest() is first


def test_a_broken_newest_version_keeps_the_last_good_one(sqlite: Database) -> None:
    good = publishing.publish(sqlite, GOOD, "x")
    running = Versions(sqlite, look_every_seconds=0)
    running.newest()
    force(sqlite, BROKEN)
    assert running.newest().version == good
    assert Versions(sqlite).newest().version == good


def test_only_broken_versions(sqlite: Database) -> None:
    force(sqlite, BROKEN)
    with pytest.raises(ConfigError):
        Versions(sqlite).newest()


def test_a_database_that_goes_down_leaves_the_config(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    publishing.publish(sqlite, GOOD, "x")
    versions = Versions(sqlite, look_every_seconds=0)
    first = versions.newest()
    gone = Database("sqlite:////nowhere/at/all.db")
    monkeypatch.setattr(versions, "_database", gone)
    assert versions.newest() is first


def test_an_older_version_is_there_for_what_began_with_it(database: Database) -> None:
    first = publishing.publish(database, GOOD, "x")
    second = publishing.publish(database, RENAMED, "x")
    versions = Versions(database, look_every_seconds=0)
    newest = versions.newest()
    assert versions.published(second) is newest
    older = versions.published(first)
    assert older is not None
    assert (older.version, older.business.name, older.flows.version) == (first, "Shop", first)
    assert versions.published(first) is older
    assert versions.published(99) is None


def test_only_the_last_few_older_versions_are_kept(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.config.versions.OLDER_KEPT", 1)
    first, second = publishing.publish(sqlite, GOOD, "x"), publishing.publish(sqlite, RENAMED, "x")
    force(sqlite, BROKEN)
    versions = Versions(sqlite)
    one = versions.published(first)
    assert one is not None
    assert versions.published(second) is not None
    assert versions.published(first) is not one
    assert versions.published(second + 1) is None


def test_what_a_parent_compiled_serves_its_children_until_there_is_a_newer_one(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_versions, "_inherited", None)
    publishing.publish(sqlite, GOOD, "x")
    compiled_versions.hand_down(sqlite)
    child, sibling = Versions(sqlite, look_every_seconds=0), Versions(sqlite, look_every_seconds=0)
    assert child.newest() is sibling.newest()
    publishing.publish(sqlite, RENAMED, "x")
    assert [one.newest().business.name for one in (child, Versions(sqlite))] == ["Market", "Market"]


def test_a_parent_without_a_config_hands_nothing_down(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_versions, "_inherited", None)
    with pytest.raises(ConfigError):
        compiled_versions.hand_down(sqlite)
    publishing.publish(sqlite, GOOD, "x")
    assert Versions(sqlite).newest().business.name == "Shop"
