"""Real conversions of tiny files, and of some in the process that does them."""

import io
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import av
import pytest
from PIL import Image

from gateway.core.files import Why
from gateway.storage import convert as converting
from gateway.storage import converting as program
from gateway.storage.convert import Conversion, convert
from tests.media import makers

MB = 1_000_000
Made = Callable[[Path], Path]


def ran(path: Path, content_type: str, to: str, most_bytes: int = 16 * MB) -> Conversion:
    """In this process, which knows the libraries already."""
    made = path.with_name("made")
    said = program.main(content_type, to, most_bytes, path, made)
    return converting._read(CompletedProcess([], 0, said.encode(), b""), made)


def ran_apart(path: Path, content_type: str, to: str, most_bytes: int = 16 * MB) -> Conversion:
    """In a process of its own, as in earnest."""
    with path.open("rb") as file:
        return convert(file, content_type, to, most_bytes)


def streams(data: bytes | None) -> list[tuple[str, str]]:
    assert data is not None
    with av.open(io.BytesIO(data)) as container:
        return [(stream.type, stream.codec_context.name) for stream in container.streams]


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("form", "content_type", "mode"),
    [
        ("GIF", "image/gif", "P"),
        ("BMP", "image/bmp", "RGB"),
        ("TIFF", "image/tiff", "CMYK"),
        ("PNG", "image/png", "RGBA"),
        ("PNG", "image/png", "LA"),
        ("PNG", "image/png", "I;16"),
        ("WEBP", "image/webp", "RGBA"),
        ("AVIF", "image/avif", "RGB"),
    ],
)
def test_pictures_become_jpeg(tmp_path: Path, form: str, content_type: str, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (40, 20)).save(out, form)
    done = ran(written(tmp_path / "x", out.getvalue()), content_type, "image/jpeg")
    picture = Image.open(io.BytesIO(done.data or b""))
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (40, 20), "RGB")


def test_a_large_picture_is_made_small_enough_and_upright_and_forgets_where_it_was_taken(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    photo = makers.picture("JPEG", (1200, 800), noise=True, quality=95, exif=exif)
    done = ran(written(tmp_path / "x", photo), "image/jpeg", "image/jpeg", 200_000)
    assert len(photo) > 200_000 >= len(done.data or b"")
    picture = Image.open(io.BytesIO(done.data or b""))
    assert picture.height > picture.width
    assert not picture.getexif()


def test_transparency_becomes_white(tmp_path: Path) -> None:
    done = ran(written(tmp_path / "x", makers.picture("PNG", mode="RGBA")), "image/png", "image/jpeg")
    assert Image.open(io.BytesIO(done.data or b"")).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("form", "codec", "content_type", "to", "found"),
    [
        ("webm", "libopus", "audio/webm", "audio/ogg", "opus"),
        ("wav", "pcm_s16le", "audio/x-wav", "audio/ogg", "opus"),
        ("mp3", "libmp3lame", "audio/mpeg", "audio/ogg", "opus"),
        ("mp4", "aac", "audio/mp4", "audio/ogg", "opus"),
        ("aiff", "pcm_s16be", "audio/aiff", "audio/ogg", "opus"),
        ("ogg", "libopus", "audio/ogg", "audio/mpeg", "mp3float"),
    ],
)
def test_sounds(tmp_path: Path, form: str, codec: str, content_type: str, to: str, found: str) -> None:
    given = makers.sound(tmp_path / "x", form, codec)
    assert streams(ran(given, content_type, to).data) == [("audio", found)]


def test_a_voice_note_stays_as_it_is(tmp_path: Path) -> None:
    given = makers.sound(tmp_path / "x", "ogg", "libopus")
    assert ran(given, "audio/ogg", "audio/ogg") == ran_apart(given, "audio/ogg", "audio/ogg") == Conversion()


@pytest.mark.parametrize(
    ("form", "codec", "audio", "content_type", "found"),
    [
        ("webm", "libvpx", "libopus", "video/webm", [("video", "h264"), ("audio", "aac")]),
        ("mp4", "mpeg4", "aac", "video/mp4", [("video", "h264"), ("audio", "aac")]),
        ("mov", "libx264", "aac", "video/quicktime", [("video", "h264"), ("audio", "aac")]),
        ("matroska", "libx264", "", "video/x-matroska", [("video", "h264")]),
    ],
)
def test_films(
    tmp_path: Path, form: str, codec: str, audio: str, content_type: str, found: list[tuple[str, str]]
) -> None:
    done = ran(makers.film(tmp_path / "x", form, codec, audio=audio), content_type, "video/mp4")
    assert streams(done.data) == found
    with av.open(io.BytesIO(done.data or b"")) as container:
        assert 700_000 < (container.duration or 0) < 1_200_000


def test_a_film_that_every_phone_plays_stays_as_it_is(tmp_path: Path) -> None:
    assert ran(makers.film(tmp_path / "x", "mp4", "libx264", audio="aac"), "video/mp4", "video/mp4") == Conversion()


def test_a_film_that_was_taken_lying_down_stands_up(tmp_path: Path) -> None:
    path = makers.film(tmp_path / "x", "mov", "mpeg4", size=(64, 32))
    data, turned = path.read_bytes(), struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    at = data.index(b"tkhd") + 4 + 40
    path.write_bytes(data[:at] + turned + data[at + 36 :])
    with av.open(io.BytesIO(ran(path, "video/quicktime", "video/mp4").data or b"")) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (32, 64)


def test_a_large_film_is_made_small_enough(tmp_path: Path) -> None:
    given = makers.film(tmp_path / "x", "mp4", "mpeg4", seconds=2, size=(1920, 1080))
    done = ran(given, "video/mp4", "video/mp4", 100_000)
    with av.open(io.BytesIO(done.data or b"")) as container:
        assert container.streams.video[0].width == 960
    assert len(done.data or b"") <= 100_000


@pytest.mark.parametrize(
    ("make", "content_type", "to", "most_bytes", "why"),
    [
        (lambda path: written(path, b"\xff\xd8 broken"), "image/jpeg", "image/jpeg", MB, Why.UNREADABLE),
        (lambda path: written(path, makers.picture(noise=True)), "image/png", "image/jpeg", 500, Why.TOO_LARGE),
        (lambda path: written(path, b"RIFF" * 99), "audio/wav", "audio/ogg", MB, Why.UNREADABLE),
        (lambda path: written(path, b"#EXTM3U\nfile:///etc/passwd\n"), "video/mp4", "video/mp4", MB, Why.UNREADABLE),
        (lambda path: makers.sound(path, "wav", "pcm_s16le", 9), "audio/wav", "audio/ogg", 10_000, Why.TOO_LONG),
        (lambda path: makers.sound(path, "mp4", "aac"), "video/mp4", "video/mp4", MB, Why.UNREADABLE),
        (lambda path: makers.film(path, "mp4", "mpeg4", 3), "video/mp4", "video/mp4", 5_000, Why.TOO_LONG),
        (lambda path: makers.film(path, "mp4", "mpeg4"), "audio/mp4", "audio/ogg", MB, Why.UNREADABLE),
    ],
)  # fmt: skip
def test_what_cannot_be_made(tmp_path: Path, make: Made, content_type: str, to: str, most_bytes: int, why: Why) -> None:
    assert ran(make(tmp_path / "x"), content_type, to, most_bytes) == Conversion(why=why)


@pytest.mark.parametrize(("content", "why"), [(makers.picture("BMP"), None), (b"BM broken", Why.UNREADABLE)])
def test_a_process_of_its_own_says_how_it_went(tmp_path: Path, content: bytes, why: Why | None) -> None:
    done = ran_apart(written(tmp_path / "x", content), "image/bmp", "image/jpeg")
    assert (done.why, done.data is not None) == (why, why is None)


def test_one_that_takes_for_ever_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting, "SECONDS", 0.01)
    given = makers.film(tmp_path / "x", "mp4", "mpeg4")
    assert ran_apart(given, "video/mp4", "video/mp4") == Conversion(why=Why.TOO_LONG)


def test_a_crash_is_no_more_than_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting, "PROGRAM", "gateway.no_such_program")
    given = shutil.copy(makers.sound(tmp_path / "y", "wav", "pcm_s16le"), tmp_path / "x")
    assert ran_apart(Path(given), "audio/wav", "audio/ogg") == Conversion(why=Why.UNREADABLE)
