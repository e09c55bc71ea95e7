"""What a file is taken for, whatever it is said to be; and the small pictures made of it."""

import io
import zipfile

import pytest
from PIL import Image

from gateway.core.errors import InvalidPayload
from gateway.storage import preview as previews
from gateway.storage.keep import keep
from gateway.storage.preview import preview
from gateway.storage.sniff import sniff
from gateway.storage.store import MediaStore
from tests.media.conftest import image

UNKNOWN = "application/octet-stream"
OGG = b"OggS\0\2" + b"\0" * 40
MP4 = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2mp41" + b"\0" * 40
VCARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ali\r\nEND:VCARD\r\n"
PLAIN_ZIP = b"PK\3\4" + b"\0" * 60


@pytest.mark.parametrize(
    ("head", "claimed", "found"),
    [
        (image(kind="JPEG"), "image/jpeg", "image/jpeg"),
        (image(), "IMAGE/PNG; name=a", "image/png"),
        (image(kind="WEBP"), "image/jpeg", "image/webp"),
        (OGG, "audio/ogg; codecs=opus", "audio/ogg"),
        (OGG, "", "audio/ogg"),
        (OGG, "text/html", "audio/ogg"),
        (MP4, "audio/mp4", "audio/mp4"),
        (MP4, "video/mp4", "video/mp4"),
        (MP4, "image/png", "video/mp4"),
        (b"#!AMR\n" + b"\0" * 9, "audio/amr", "audio/amr"),
        (b"%PDF-1.4\n", "application/pdf", "application/pdf"),
        (PLAIN_ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (PLAIN_ZIP, "text/html", "application/zip"),
        (VCARD, "text/x-vcard", "text/vcard"),
        (b"\xef\xbb\xbf" + VCARD, "", "text/vcard"),
        ("سلام دنیا".encode(), "text/plain", "text/plain"),
        (b"a,b\n1,2\n", "text/csv", "text/csv"),
        (b"a,b\n1,2\n", "image/png", UNKNOWN),
        (("x" + "ہ" * 5000).encode()[:8192], "text/plain", "text/plain"),
        (b"\xff\xfe\xfd broken", "text/plain", UNKNOWN),
        (b"nul\0nul", "text/plain", UNKNOWN),
        (b"  <HTML><body>", "text/plain", UNKNOWN),
        (b"hello <script>alert(1)</script>", "text/plain", UNKNOWN),
        (b"<?xml version='1.0'?><svg/>", "image/svg+xml", UNKNOWN),
        (b"<svg onload=alert(1)>", "image/svg+xml", UNKNOWN),
        (b"#!/bin/sh\nrm -rf /", "text/plain", UNKNOWN),
        (b"alert(1)", "text/javascript", UNKNOWN),
        (b"", "image/png", UNKNOWN),
    ],
)  # fmt: skip
def test_sniff(head: bytes, claimed: str, found: str) -> None:
    assert sniff(head, claimed) == found


def test_an_office_document_is_known_by_its_inside() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", "<w:document/>")
    assert sniff(out.getvalue(), "application/zip").endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    ("picture", "size", "small"),
    [
        (image(600, 300), (600, 300), (480, 240)),
        (image(10, 20), (10, 20), (10, 20)),
        (image(900, 900, "JPEG"), (900, 900), (480, 480)),
        (image(600, 300, "PNG", "RGBA"), (600, 300), (480, 240)),
        (image(600, 300, "PNG", "P"), (600, 300), (480, 240)),
        (image(600, 300, "PNG", "LA"), (600, 300), (480, 240)),
        (image(600, 300, "JPEG", "CMYK"), (600, 300), (480, 240)),
        (image(600, 300, "GIF", "P"), (600, 300), (480, 240)),
        (image(600, 300, "WEBP"), (600, 300), (480, 240)),
    ],
)
def test_preview(picture: bytes, size: tuple[int, int], small: tuple[int, int]) -> None:
    made = preview(io.BytesIO(picture))
    assert made is not None
    assert (made.width, made.height) == size
    with Image.open(io.BytesIO(made.thumbnail)) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", small)


def test_a_picture_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = preview(io.BytesIO(image(600, 300, "JPEG", exif=exif)))
    assert made is not None
    assert (made.width, made.height) == (300, 600)
    with Image.open(io.BytesIO(made.thumbnail)) as thumbnail:
        assert thumbnail.size == (240, 480)


@pytest.mark.parametrize(
    "picture", [b"", b"no image", image()[:60], image(kind="JPEG")[:300], b"GIF89a" + b"\xff" * 40]
)
def test_a_broken_picture_has_no_preview(picture: bytes) -> None:
    assert preview(io.BytesIO(picture)) is None


@pytest.mark.parametrize("limit", [600 * 300 - 1, 1])
def test_a_huge_picture_is_never_decoded(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(previews, "MAX_PIXELS", limit)
    assert preview(io.BytesIO(image(600, 300))) is None


def test_a_decompression_bomb_is_no_picture() -> None:
    bomb = bytearray(image(10, 10))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2  # width and height in the header
    assert preview(io.BytesIO(bytes(bomb))) is None


@pytest.mark.parametrize(("size", "fits"), [(99, True), (100, True), (101, False), (0, False)])
def test_keep_counts(size: int, fits: bool) -> None:
    store = MediaStore(f"memory://keep-{size}")
    chunks = [b"x"] * size
    if not fits:
        with pytest.raises(InvalidPayload):
            keep(store, chunks, claimed="", max_bytes=100)
        return
    kept = keep(store, chunks, claimed="", max_bytes=100)
    assert (kept.size, kept.content_type, kept.thumbnail_key) == (size, UNKNOWN, None)
    assert store.size(kept.storage_key) == size
