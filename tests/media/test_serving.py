"""Handing files out: to people with permission, to the provider by a signed link; safely either way."""

import io
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.core import clock
from gateway.core.errors import NotFound
from gateway.core.words import Role
from gateway.desk import media, tokens
from gateway.runtime import Runtime
from gateway.settings import Settings
from gateway.storage import links
from gateway.storage.serve import disposition
from tests.apps import app_of
from tests.media.conftest import MediaHost, image


@pytest.fixture
def app(settings: Settings, runtime: Runtime) -> Flask:
    return app_of(settings, runtime)


@pytest.fixture
def client(app: Flask, runtime: Runtime) -> FlaskClient:
    """A client with an agent's token."""
    with runtime.work() as session:
        _, secret = tokens.create(session, name="x", role=Role.AGENT)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


@pytest.fixture
def upload(client: FlaskClient) -> Callable[..., dict[str, object]]:
    def make(body: bytes, filename: str = "a.png", content_type: str = "image/png") -> dict[str, object]:
        response = client.post("/api/v1/media", data={"file": (io.BytesIO(body), filename, content_type)})
        assert response.status_code == 201, response.data
        return response.json

    return make


def test_an_uploaded_picture_comes_back(client: FlaskClient, upload: Callable[..., dict[str, object]]) -> None:
    picture = image()
    made = upload(picture, "بوٹ boot.png")
    assert (made["content_type"], made["size"], made["state"]) == ("image/png", len(picture), "stored")
    assert client.get(f"/api/v1/media/{made['id']}").json == made
    path = f"/gate/api/v1/media/{made['id']}/content"
    assert urlsplit(str(made["url"])).path == path
    response = client.get(path.removeprefix("/gate"))
    assert (response.status_code, response.data) == (200, picture)
    assert response.mimetype == "image/png"
    assert response.headers["Content-Disposition"] == (
        "inline; filename=\"___ boot.png\"; filename*=UTF-8''%D8%A8%D9%88%D9%B9%20boot.png"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "private, max-age=3600"
    small = client.get(f"/api/v1/media/{made['id']}/thumbnail")
    assert (small.mimetype, small.data[:4]) == ("image/webp", b"RIFF")


def test_parts_and_repeats(client: FlaskClient, upload: Callable[..., dict[str, object]]) -> None:
    path = f"/api/v1/media/{upload(b'0123456789', 'a.txt', 'text/plain')['id']}/content"
    whole = client.get(path)
    assert (whole.headers["Accept-Ranges"], whole.headers["Content-Length"]) == ("bytes", "10")
    assert whole.headers["Content-Disposition"].startswith("attachment;")
    part = client.get(path, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert client.get(path, headers={"Range": "bytes=-3"}).data == b"789"
    beyond = client.get(path, headers={"Range": "bytes=20-30"})
    assert (beyond.status_code, beyond.mimetype) == (416, "application/problem+json")
    assert client.get(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    head = client.head(path)
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", "10")
    assert client.get(path.replace("content", "thumbnail")).status_code == 404


def test_what_might_run_is_only_ever_downloaded(client: FlaskClient, upload: Callable[..., dict[str, object]]) -> None:
    made = upload(b"<html><script>alert(1)</script>", "a.html", "text/html")
    response = client.get(f"/api/v1/media/{made['id']}/content")
    assert response.mimetype == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("content_type", "filename", "expected"),
    [
        ("image/png", "a.png", "inline; filename=\"a.png\"; filename*=UTF-8''a.png"),
        ("application/pdf", "a b.pdf", "inline; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf"),
        ("text/html", "a.html", "attachment; filename=\"a.html\"; filename*=UTF-8''a.html"),
        ("image/svg+xml", "a.svg", "attachment; filename=\"a.svg\"; filename*=UTF-8''a.svg"),
        ("text/plain", 'a"b\r\nX: y;', "attachment; filename=\"a_b__X: y_\"; filename*=UTF-8''a%22b%0D%0AX%3A%20y%3B"),
    ],
)
def test_disposition(content_type: str, filename: str, expected: str) -> None:
    assert disposition(content_type, filename) == expected


@pytest.mark.parametrize(("size", "status"), [(999_000, 201), (1_000_001, 422), (1_200_000, 413), (0, 422)])
def test_uploads_are_bounded(client: FlaskClient, size: int, status: int) -> None:
    edge = b"--edge"
    head = b'Content-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    body = edge + b"\r\n" + head + b"x" * size + b"\r\n" + edge + b"--\r\n"
    response = client.post("/api/v1/media", data=body, content_type="multipart/form-data; boundary=edge")
    assert response.status_code == status, response.data


def test_a_failed_file_is_fetched_again_when_asked(
    client: FlaskClient, runtime: Runtime, host: MediaHost, pending: Callable[..., int]
) -> None:
    item = pending(host.base + "/not/ours")
    media_id = f"/api/v1/media/{item}"
    assert client.get(f"{media_id}/content").status_code == 404
    assert client.post(f"{media_id}/retry").status_code == 409
    with runtime.work() as session:
        claimed = media.claim(session, item)
        assert claimed is not None
        media.settle_failed(session, claimed, "404: gone", final=True)
    assert client.get(media_id).json["error"] == "404: gone"
    again = client.post(f"{media_id}/retry")
    assert (again.status_code, again.json["state"], again.json["error"]) == (202, "pending", None)
    assert client.post("/api/v1/media/99/retry").status_code == 404


def test_the_provider_fetches_by_a_link_that_expires(
    app: Flask, settings: Settings, upload: Callable[..., dict[str, object]]
) -> None:
    picture = image()
    made = upload(picture, "my boot/1.png")
    url = links.public_url(settings, int(str(made["id"])), "my boot/1.png")
    assert url.startswith("https://care.example.com/gate/media/")
    assert url.endswith("/my%20boot_1.png")
    path = urlsplit(url).path.removeprefix("/gate")
    anyone = app.test_client()
    response = anyone.get(path)
    assert (response.status_code, response.data, response.mimetype) == (200, picture, "image/png")
    assert anyone.head(path).headers["Content-Length"] == str(len(picture))
    now = clock.now()
    for hours, status in ((23, 200), (25, 410)):
        with clock.frozen(now + timedelta(hours=hours)):
            assert anyone.get(path).status_code == status


@pytest.mark.parametrize("token", ["x", "WzEsMTcwMDAwMDAwMF0.AAAA", "..", "%00", "WyJhIiwiYiJd.x"])
def test_a_link_of_somebody_elses_making_leads_nowhere(app: Flask, settings: Settings, token: str) -> None:
    assert app.test_client().get(f"/media/{token}/a.png").status_code == 404
    other = Settings.from_env({"VAR_DIR": str(settings.var_dir), "SECRET_KEY": "another"})
    foreign = urlsplit(links.public_url(other, 1)).path
    assert app.test_client().get(foreign).status_code == 404
    with pytest.raises(NotFound):
        links.read_token(settings, token)


def test_a_link_to_nothing_is_not_found(app: Flask, settings: Settings) -> None:
    path = urlsplit(links.public_url(settings, 77)).path.removeprefix("/gate")
    assert app.test_client().get(path).status_code == 404
