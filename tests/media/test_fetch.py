"""Fetching what customers send: from a real HTTP server at the provider's edge, into both databases."""

import io
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.channels.twilio import media as downloads
from gateway.core import clock
from gateway.core.errors import Conflict, NotFound, SendError
from gateway.desk import media
from gateway.jobs import fetch_media as fetching
from gateway.jobs.fetch_media import fetch
from gateway.models.log_entry import LogEntry
from gateway.models.message import Media
from gateway.models.wakes import wakes_of
from gateway.runtime import Runtime
from gateway.storage.keep import keep
from gateway.storage.store import MediaStore
from tests.media.conftest import BASIC, CDN, OURS, Answer, MediaHost, image

Pending = Callable[..., int]


def row_of(runtime: Runtime, media_id: int) -> Media:
    with runtime.database.read() as session:
        row = session.scalars(select(Media).where(Media.id == media_id)).one()
        session.expunge(row)
        return row


def told(runtime: Runtime, kind: str) -> list[dict[str, object]]:
    with runtime.database.read() as session:
        return list(session.scalars(select(LogEntry.data).where(LogEntry.kind == kind)))


def test_a_file_is_stored_with_all_that_is_known_of_it(runtime: Runtime, host: MediaHost, pending: Pending) -> None:
    picture = image()
    item = pending(host.file(picture, "image/png", **{"Content-Disposition": 'inline; filename="boot.png"'}))
    fetch(runtime, item)
    row = row_of(runtime, item)
    assert (row.state, row.content_type, row.size, row.error, row.due_at) == (
        "stored", "image/png", len(picture), None, None,
    )  # fmt: skip
    assert row.sha256 == sha256(picture).hexdigest()
    assert (row.width, row.height, row.filename) == (600, 300, "boot.png")
    with runtime.storage.open(row.storage_key or "") as file:
        assert file.read() == picture
    assert runtime.storage.size(row.thumbnail_key or "") > 0
    assert told(runtime, "media_stored") == [{"media_id": item, "content_type": "image/png", "size": len(picture)}]


def test_credentials_go_to_the_provider_alone(
    runtime: Runtime, host: MediaHost, pending: Pending, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login who password what\n")
    monkeypatch.setenv("NETRC", str(netrc))
    fetch(runtime, pending(host.file(image(), "image/png")))
    assert host.asked == [(OURS, BASIC), (CDN, None)]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "{base}/api/2010-04-01/Accounts/AC" + "2" * 32 + "/Messages/MM1/Media/ME1",
        "{base}/other",
        "{base}" + OURS + "/../../../../../secrets",
        "{base}" + OURS + "?a=1",
        "{base}@evil.example.com" + OURS,
        "{base}.evil.example.com" + OURS,
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "",
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_url_that_is_not_ours_is_refused_unasked(
    runtime: Runtime, host: MediaHost, pending: Pending, url: str
) -> None:
    item = pending(url.replace("{base}", host.base))
    fetch(runtime, item)
    row = row_of(runtime, item)
    assert (row.state, row.error) == ("failed", "media_host: not a file of our account at the provider")
    assert host.asked == []
    assert told(runtime, "media_failed") == [{"media_id": item, "attempts": 1}]


def test_twilios_own_url_is_asked_at_our_base(runtime: Runtime, host: MediaHost, pending: Pending) -> None:
    host.file(image(), "image/png")
    item = pending("https://api.twilio.com" + OURS.removeprefix("/api"))
    fetch(runtime, item)
    assert row_of(runtime, item).state == "stored"


@pytest.mark.parametrize(
    ("answers", "state", "error"),
    [
        ([Answer(404)], "pending", "404: the provider did not hand out the file"),
        ([Answer(500)], "pending", "500: the provider did not hand out the file"),
        ([Answer(429, headers={"Retry-After": "120"})], "pending", "429: the provider did not hand out the file"),
        ([Answer(401)], "pending", "401: the provider did not hand out the file"),
        ([Answer(410)], "failed", "410: the provider did not hand out the file"),
        ([Answer(302)], "failed", "302: the provider did not hand out the file"),
        ([Answer(302, headers={"Location": "ftp://127.0.0.1/x"})], "failed",
         "media_redirect: redirected to something that is no web address"),
        ([Answer(302, headers={"Location": OURS})], "failed", "media_redirects: more than 5 redirects"),
        ([Answer(200, b"")], "failed", "media_refused: the file is empty"),
        ([Answer(200, b"x", claimed_length=1_000_001)], "failed", "media_refused: larger than 1 MB"),
        ([Answer(200, b"x", claimed_length=9)], "pending", "media_network: ChunkedEncodingError"),
    ],
)  # fmt: skip
def test_what_can_go_wrong(
    runtime: Runtime, host: MediaHost, pending: Pending, answers: list[Answer], state: str, error: str
) -> None:
    host.put(OURS, *answers)
    item = pending(host.base + OURS)
    fetch(runtime, item)
    row = row_of(runtime, item)
    assert (row.state, row.error) == (state, error)
    assert (row.due_at is None) is (state == "failed")
    if answers[0].status == 429:
        assert row.due_at > clock.now() + timedelta(seconds=100)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_body_longer_than_it_says_is_cut_off(runtime: Runtime, host: MediaHost, pending: Pending) -> None:
    host.put(OURS, Answer(200, b"x" * 1_500_000, headers={"Content-Length": ""}))
    item = pending(host.base + OURS, "text/plain")
    fetch(runtime, item)
    assert row_of(runtime, item).error == "media_refused: larger than 1 MB"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_slow_host_is_given_up(
    runtime: Runtime, host: MediaHost, pending: Pending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "TOTAL_SECONDS", 0.3)
    host.put(OURS, Answer(200, b"x" * 400_000, pause_seconds=0.1))
    item = pending(host.base + OURS)
    fetch(runtime, item)
    row = row_of(runtime, item)
    assert (row.state, row.error) == ("pending", "media_slow: not done in 0.3 s")


def test_a_file_that_follows_its_webhook_late_is_fetched_in_the_end(
    runtime: Runtime, host: MediaHost, pending: Pending
) -> None:
    item = pending(host.file(image(), "image/png"))
    host.answers[OURS] = [Answer(404), Answer(404), *host.answers[OURS]]
    start = clock.now()
    for after in (0, 1, 3, 30):  # at 1 s it is not due yet
        with clock.frozen(start + timedelta(seconds=after)):
            fetch(runtime, item)
    row = row_of(runtime, item)
    assert (row.state, row.attempts, len(host.asked)) == ("stored", 3, 4)


def test_after_six_tries_it_has_failed_and_people_may_try_again(
    runtime: Runtime, host: MediaHost, pending: Pending
) -> None:
    host.put(OURS, Answer(401))
    item = pending(host.base + OURS)
    at = clock.now()
    for number in range(6):
        with clock.frozen(at):
            with runtime.database.read() as session:
                assert media.due(session) == [item], number
            fetch(runtime, item)
        at += timedelta(hours=1)
    assert row_of(runtime, item).state == "failed"
    assert told(runtime, "media_failed") == [{"media_id": item, "attempts": 6}]
    assert told(runtime, "operator_paged") == [{"code": "401"}]
    host.file(image(), "image/png")
    with runtime.database.begin() as session:
        media.retry(session, item)
        assert wakes_of(session).media == {item}
    fetch(runtime, item)
    assert row_of(runtime, item).state == "stored"
    with runtime.database.begin() as session:
        with pytest.raises(Conflict, match="stored"):
            media.retry(session, item)
        with pytest.raises(NotFound):
            media.retry(session, 99)


@pytest.mark.parametrize(
    ("body", "claimed", "kept"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/png",
         "application/octet-stream"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "text/plain", "application/octet-stream"),
        (image(), "audio/ogg", "image/png"),
        (b"%PDF-1.7 ...", "image/jpeg", "application/pdf"),
        (b"MZ" + b"\0" * 300, "image/jpeg", "application/x-msdownload"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_lying_type_is_found_out(
    runtime: Runtime, host: MediaHost, pending: Pending, body: bytes, claimed: str, kept: str
) -> None:
    item = pending(host.file(body, claimed), claimed)
    fetch(runtime, item)
    row = row_of(runtime, item)
    assert (row.state, row.content_type, row.claimed_type) == ("stored", kept, claimed)


def test_two_workers_fetch_one_file_once(runtime: Runtime, host: MediaHost, pending: Pending) -> None:
    item = pending(host.file(image(), "image/png"))
    with runtime.work() as session:
        first = media.claim(session, item)
    assert first is not None
    fetch(runtime, item)  # somebody has it
    assert host.asked == []
    with clock.frozen(clock.now() + media.LEASE + timedelta(seconds=1)):
        fetch(runtime, item)  # its worker died
    assert row_of(runtime, item).state == "stored"
    with runtime.work() as session:  # and came back: its copy is not needed
        assert not media.settle_stored(session, first, {"content_type": "image/png", "size": 1}, None)
    assert row_of(runtime, item).size == len(image())


def test_the_copy_that_comes_second_is_removed(
    runtime: Runtime, host: MediaHost, pending: Pending, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = pending(host.file(image(), "image/png"))

    def slow(*args: object, **kwargs: object) -> object:
        monkeypatch.setattr(fetching, "keep", keep)
        with clock.frozen(clock.now() + media.LEASE + timedelta(seconds=1)):
            fetch(runtime, item)  # another worker, once our claim lapsed
        return keep(*args, **kwargs)

    monkeypatch.setattr(fetching, "keep", slow)
    fetch(runtime, item)
    row = row_of(runtime, item)
    kept = [path for path in (runtime.settings.var_dir / "media").rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert {runtime.storage.exists(key or "") for key in (row.storage_key, row.thumbnail_key)} == {True}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_store_that_is_full_is_tried_again(
    runtime: Runtime, host: MediaHost, pending: Pending, tmp_path: Path
) -> None:
    item = pending(host.file(image(), "image/png"))
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    runtime.storage, kept = MediaStore(f"file://{blocked}"), runtime.storage
    fetch(runtime, item)
    row = row_of(runtime, item)
    assert (row.state, row.error) == ("pending", "media_store: NotADirectoryError")
    runtime.storage = kept
    with clock.frozen(clock.now() + timedelta(seconds=5)):
        fetch(runtime, item)
    assert row_of(runtime, item).state == "stored"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_channel_that_was_removed_is_said(runtime: Runtime, host: MediaHost, pending: Pending) -> None:
    item = pending(host.file(image(), "image/png"), channel_id="gone")
    fetch(runtime, item)
    assert "gone is no longer in the configuration" in (row_of(runtime, item).error or "")


@pytest.mark.parametrize(
    ("location", "fine"),
    [
        ("https://media.example.com/x", True),
        ("http://media.example.com/x", True),
        ("http://internal.example.com/x", False),
        ("http://127.0.0.1/x", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("http://[::1]/x", False),
        ("http://10.1.2.3/x", False),
        ("http://nowhere.example.com/x", False),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_redirect_into_a_private_network_is_refused(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, location: str, fine: bool
) -> None:
    names = {"media.example.com": "93.184.216.34", "internal.example.com": "10.0.0.7", "api.twilio.com": "3.160.1.1"}

    def look_up(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        if host == "nowhere.example.com":
            raise OSError("no such host")
        return [(2, 1, 6, "", (names.get(host, host), 0))]

    monkeypatch.setattr(downloads.socket, "getaddrinfo", look_up)
    asked: list[str] = []

    def once(_: object, url: str, auth: object) -> object:
        asked.append(url)
        response = downloads.requests.Response()
        response.url = url
        response.raw = io.BytesIO()
        response.status_code = 302 if len(asked) == 1 else 200
        response.headers["location"] = location
        return response

    monkeypatch.setattr(downloads, "_once", once)
    downloader = downloads.MediaDownloader(replace(runtime.settings, twilio_api_base=""))
    opened = downloader.open("https://api.twilio.com" + OURS.removeprefix("/api"))
    expected = nullcontext() if fine else pytest.raises(SendError, match="media_redirect")
    with expected, opened:
        pass
    assert len(asked) == 1 + fine
