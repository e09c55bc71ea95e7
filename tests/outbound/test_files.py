"""Files on their way out: converted or linked before they may go, and linked when the provider refuses them."""

import io
import threading
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from gateway.channels.twilio.errors import verdict_on
from gateway.core import clock
from gateway.core.events import StatusChanged
from gateway.core.replies import OutMedia, Reply
from gateway.core.words import Author
from gateway.desk import deliveries, media, outbox, parked, preparing, statuses
from gateway.jobs import prepare_files
from gateway.jobs.prepare_files import prepare
from gateway.jobs.sweep import sweep
from gateway.models.message import Media
from gateway.storage.convert import Conversion
from gateway.storage.keep import keep
from gateway.storage.links import read_token
from gateway.storage.store import MediaStore
from gateway.webhooks.media import blueprint
from tests.media import makers
from tests.outbound.conftest import Desk
from tests.outbound.sink import Lever

PHOTO = makers.picture("PNG", (1500, 1200), noise=True)
"""5.4 MB."""


@pytest.fixture(autouse=True)
def storage(desk: Desk, tmp_path: Path) -> MediaStore:
    desk.runtime.storage = MediaStore(f"file://{tmp_path}/media")
    return desk.runtime.storage


def upload(desk: Desk, data: bytes, content_type: str, filename: str) -> OutMedia:
    kept = keep(desk.runtime.storage, [data], claimed=content_type, max_bytes=20_000_000)
    with desk.runtime.work() as session:
        item = media.add_upload(session, asdict(kept), filename=filename, claimed=content_type)
        return media.to_send(session, [item])[0]


def fetched(desk: Desk, url: str) -> tuple[str, str, bytes]:
    """What the provider gets: content type, disposition, bytes."""
    app = Flask(__name__)
    app.extensions["rabta"] = desk.runtime
    app.register_blueprint(blueprint)
    answer = app.test_client().get(url.removeprefix("https://care.example"))
    assert answer.status_code == 200
    return answer.headers["Content-Type"], answer.headers["Content-Disposition"], answer.data


def notes(desk: Desk) -> list[str | None]:
    with desk.runtime.database.read() as session:
        return list(session.scalars(select(Media.note).order_by(Media.message_id, Media.position)))


def fail(desk: Desk, code: str) -> None:
    """The provider says by callback that the newest delivery failed."""
    newest = desk.deliveries()[-1]
    change = StatusChanged("AC1", newest.provider_id or "", "failed", newest.token, code, verdict=verdict_on(code))
    with desk.runtime.work() as session:
        statuses.advance(session, change)


def test_a_picture_too_large_is_converted_before_it_goes(desk: Desk) -> None:
    photo = upload(desk, PHOTO, "image/png", "wall.png")
    message = desk.say("", reply=Reply("Your wall", media=(photo,)))
    desk.say("and now?")
    desk.send()
    assert desk.sink.messages == []  # neither the file nor what follows it
    prepare(desk.runtime, message)
    desk.send()
    (sent,) = desk.sink.messages
    assert sent["body"] == "Your wall"
    kind, disposition, data = fetched(desk, sent["form"]["MediaUrl"][0])
    assert (kind, disposition.partition(";")[0]) == ("image/jpeg", "inline")
    assert 'filename="wall.jpg"' in disposition
    assert Image.open(io.BytesIO(data)).format == "JPEG"
    assert len(data) <= 5_000_000 < len(PHOTO)
    assert notes(desk) == ["Converted to JPEG: it is too large for WhatsApp."]


def test_what_was_made_once_is_used_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        prepare(desk.runtime, desk.say("", reply=Reply(media=(upload(desk, PHOTO, "image/png", "a.png"),))))
        monkeypatch.setattr(prepare_files, "convert", lambda *_: pytest.fail("converted twice"))
    desk.send()
    desk.change(created_at=clock.now() - timedelta(minutes=4), holds_until=None)
    desk.send()
    files = [fetched(desk, sent["form"]["MediaUrl"][0])[2] for sent in desk.sink.messages]
    assert len(files) == 2
    assert files[0] == files[1]


def test_a_recording_becomes_a_voice_note(desk: Desk, tmp_path: Path) -> None:
    recording = makers.sound(tmp_path / "x", "webm", "libopus").read_bytes()
    message = desk.say("", reply=Reply(media=(upload(desk, recording, "audio/webm", "recording"),)))
    prepare(desk.runtime, message)
    desk.send()
    kind, disposition, data = fetched(desk, desk.sink.messages[0]["form"]["MediaUrl"][0])
    assert kind == "audio/ogg; codecs=opus"
    assert 'filename="recording.ogg"' in disposition
    assert data.startswith(b"OggS")


def test_a_file_that_is_right_inside_goes_as_it_is(desk: Desk, tmp_path: Path) -> None:
    film = makers.film(tmp_path / "x", "mp4", "libx264", audio="aac").read_bytes()
    prepare(desk.runtime, desk.say("", reply=Reply("Look", media=(upload(desk, film, "video/mp4", "a.mp4"),))))
    desk.send()
    assert fetched(desk, desk.sink.messages[0]["form"]["MediaUrl"][0])[2] == film
    assert notes(desk) == [None]


@pytest.mark.parametrize(
    ("content_type", "language", "words", "note"),
    [
        ("application/zip", "en", "You can open the file here: https", "WhatsApp does not take ZIP files."),
        ("image/tiff", "ur", "آپ فائل یہاں کھول سکتے ہیں: https", "it cannot be read to be converted for WhatsApp."),
    ],
)
def test_what_cannot_be_sent_goes_as_a_link(
    desk: Desk, content_type: str, language: str, words: str, note: str
) -> None:
    head = {"image/tiff": b"II*\0", "application/zip": b"PK\3\4"}[content_type]
    file = upload(desk, head + b"\0" * 300, content_type, "a b.zip")
    assert file.content_type == content_type
    prepare(desk.runtime, desk.say("", reply=Reply("Here", media=(file,), language=language)))
    desk.send()
    (sent,) = desk.sink.messages
    assert "MediaUrl" not in sent["form"]
    assert sent["body"].startswith(f"Here\n\n{words}")
    assert fetched(desk, sent["body"].rpartition(" ")[2])[2] == head + b"\0" * 300
    assert notes(desk) == [f"Sent as a link: {note}"]


def test_a_public_file_on_sms_is_its_own_link(desk: Desk) -> None:
    file = OutMedia("image/png", url="https://shop.example/rates.png")
    prepare(desk.runtime, desk.say("", sms=True, reply=Reply("Our rates", media=(file,))))
    desk.send()
    assert desk.sink.bodies == ["Our rates\n\nYou can open the file here: https://shop.example/rates.png"]
    assert notes(desk) == ["Sent as a link: SMS carries no files here."]


def test_the_sweep_finds_what_nobody_prepared(desk: Desk) -> None:
    message = desk.say("", reply=Reply(media=(upload(desk, PHOTO, "image/png", "a.png"),)))
    assert sweep(desk.runtime).files == {message}
    with desk.runtime.work() as session:
        assert preparing.take(session, message)
    assert not sweep(desk.runtime).files  # somebody is at it
    desk.change(prepare_at=clock.now() - timedelta(seconds=1))
    assert sweep(desk.runtime).files == {message}


def test_what_is_not_ready_in_two_minutes_goes_as_a_link(desk: Desk) -> None:
    message = desk.say("", reply=Reply("Here", media=(upload(desk, PHOTO, "image/png", "a.png"),)))
    desk.change(due_at=clock.now())
    desk.send()
    assert desk.sink.bodies[0].startswith("Here\n\nYou can open the file here: https://care.example/media/")
    prepare(desk.runtime, message)
    assert desk.states() == ["accepted"]


def test_two_at_the_same_file_make_one_variant(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2)
    file = upload(desk, PHOTO, "image/png", "a.png")
    said = [desk.say("", number, reply=Reply(media=(file,))) for number in ("+923001234567", "+923007654321")]
    monkeypatch.setattr(prepare_files, "convert", lambda *_: (both.wait(120), Conversion(b"small"))[1])
    threads = [threading.Thread(target=prepare, args=(desk.runtime, message)) for message in said]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.send()
    tokens = [sent["form"]["MediaUrl"][0].rsplit("/", 2)[1] for sent in desk.sink.messages]
    assert len({read_token(desk.runtime.settings, token).variant_id for token in tokens}) == 1
    assert fetched(desk, desk.sink.messages[1]["form"]["MediaUrl"][0])[2] == b"small"
    stored = [path for path in Path(desk.runtime.storage.url.removeprefix("file://")).rglob("*") if path.is_file()]
    assert len([path for path in stored if path.read_bytes() == b"small"]) == 1


@pytest.mark.parametrize("code", ["63034", "11751", "30019", "63021"])
def test_a_file_that_the_provider_refuses_later_goes_as_a_link(desk: Desk, code: str) -> None:
    file = upload(desk, makers.picture(), "image/png", "a.png")
    message = desk.say("", reply=Reply("Look", media=(file,)))
    desk.send()
    fail(desk, code)
    prepare(desk.runtime, message)
    desk.send()
    assert desk.sink.bodies[1].startswith("Look\n\nYou can open the file here: https://care.example/media/")
    assert "MediaUrl" not in desk.sink.messages[1]["form"]
    assert notes(desk) == ["Sent as a link: WhatsApp did not take it."]
    assert desk.message(message).status == "accepted"
    fail(desk, code)
    assert desk.states() == ["failed", "failed"]  # there is no file left to link
    assert desk.message(message).status == "failed"


def test_a_download_that_failed_is_tried_once_more_and_then_linked(desk: Desk) -> None:
    file = upload(desk, makers.picture(), "image/png", "a.png")
    message = desk.say("", reply=Reply(media=(file,)))
    desk.send()
    fail(desk, "63019")
    desk.change(due_at=clock.now())
    desk.send()
    assert "MediaUrl" in desk.sink.messages[1]["form"]
    fail(desk, "63019")
    prepare(desk.runtime, message)
    desk.send()
    assert desk.sink.bodies[2].startswith("You can open the file here: ")


def test_a_file_refused_at_once_goes_as_a_link(desk: Desk) -> None:
    desk.sink.levers.append(Lever(status=400, code=11751))
    message = desk.say("", reply=Reply(media=(upload(desk, makers.picture(), "image/png", "a.png"),)))
    desk.send()
    assert desk.message(message).status == "queued"
    prepare(desk.runtime, message)
    desk.send()
    assert desk.message(message).status == "accepted"
    assert desk.sink.bodies[-1].startswith("You can open the file here: ")


def test_a_reply_that_waits_for_the_window_after_all_keeps_its_files_as_handed_in(desk: Desk) -> None:
    files = (upload(desk, PHOTO, "image/png", "a.png"), OutMedia("application/zip", url="https://shop.example/a.zip"))
    message = desk.say("", reply=Reply("Look", media=files), author=Author.AGENT)
    prepare(desk.runtime, message)
    with desk.runtime.work() as session:
        assert parked.park_late(session, message)
    again = outbox.said({"payload": desk.message(message).payload, "text": "Look", "language": "en"})
    assert [(file.content_type, file.url, file.size, file.why) for file in again.media] == [
        ("image/png", None, len(PHOTO), ""),
        ("application/zip", "https://shop.example/a.zip", None, ""),
    ]
    assert again.media[0].media_id is not None


def test_what_was_called_off_before_it_was_ready_is_made_ready_when_sent_again(desk: Desk) -> None:
    message = desk.say("", reply=Reply("Look", media=(upload(desk, PHOTO, "image/png", "a.png"),)))
    desk.change(state="canceled")
    with desk.runtime.work() as session:
        deliveries.retry(session, message, None)
    desk.send()
    assert desk.sink.messages == []
    prepare(desk.runtime, message)
    desk.send()
    assert "MediaUrl" in desk.sink.messages[0]["form"]
