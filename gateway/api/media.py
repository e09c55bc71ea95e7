"""``/api/v1/media``: files of messages, and files to send."""

from dataclasses import asdict
from typing import Any

from flask import Response, current_app, request
from flask_smorest.fields import Upload
from werkzeug.datastructures import FileStorage

from gateway.api import shapes
from gateway.api.blueprint import Blueprint
from gateway.api.fields import ID_PATH, Strict
from gateway.api.problems import MEDIA_TYPE, ProblemSchema
from gateway.api.schemas import MediaSchema
from gateway.desk import media, queries
from gateway.runtime import runtime_of
from gateway.storage.keep import keep, read_in_chunks
from gateway.storage.serve import serve

blueprint = Blueprint("media", "Files in and out.")

BINARY = {"type": "string", "format": "binary"}
FORM_BYTES = 10_000
"""What a multipart body may hold beside its file."""


class UploadRequest(Strict):
    file = Upload(required=True)


def _bound_body() -> None:
    request.max_content_length = runtime_of(current_app).settings.media_max_mb * 1_000_000 + FORM_BYTES


blueprint.before_request(_bound_body)


@blueprint.route("/media", methods=["POST"])
@blueprint.arguments(UploadRequest, location="files")
@blueprint.response(201, MediaSchema)
def upload(files: dict[str, FileStorage]) -> dict[str, Any]:
    """Store a file, to be sent by its id (`media_ids` of a reply)."""
    file, runtime = files["file"], runtime_of(current_app)
    kept = keep(
        runtime.storage,
        read_in_chunks(file.stream),
        claimed=file.mimetype,
        max_bytes=runtime.settings.media_max_mb * 1_000_000,
    )
    with runtime.work() as session:
        media_id = media.add_upload(session, asdict(kept), filename=file.filename or "file", claimed=file.mimetype)
        return shapes.media(queries.media(session, media_id), runtime.settings.public_url)


@blueprint.route(f"/media/{ID_PATH}")
@blueprint.response(200, MediaSchema)
def get_media(item_id: int) -> dict[str, Any]:
    """What is known of a file."""
    runtime = runtime_of(current_app)
    with runtime.database.read() as session:
        return shapes.media(queries.media(session, item_id), runtime.settings.public_url)


@blueprint.route(f"/media/{ID_PATH}/content")
@blueprint.response(200, BINARY, content_type="*/*")
@blueprint.alt_response(206, schema=BINARY, content_type="*/*", success=True)
@blueprint.alt_response(416, schema=ProblemSchema, content_type=MEDIA_TYPE, description="No such part")
def get_content(item_id: int) -> Response:
    """The file itself, or the part that `Range` names."""
    return _serve(item_id, thumbnail=False)


@blueprint.route(f"/media/{ID_PATH}/thumbnail")
@blueprint.response(200, BINARY, content_type="image/webp")
def get_thumbnail(item_id: int) -> Response:
    """A small picture of an image."""
    return _serve(item_id, thumbnail=True)


@blueprint.route(f"/media/{ID_PATH}/retry", methods=["POST"])
@blueprint.response(202, MediaSchema)
def retry(item_id: int) -> dict[str, Any]:
    """Fetch a failed file again."""
    runtime = runtime_of(current_app)
    with runtime.work() as session:
        media.retry(session, item_id)
        return shapes.media(queries.media(session, item_id), runtime.settings.public_url)


def _serve(media_id: int, *, thumbnail: bool) -> Response:
    runtime = runtime_of(current_app)
    with runtime.database.read() as session:
        file = media.get(session, media_id)
    return serve(runtime.storage, file, thumbnail=thumbnail)
