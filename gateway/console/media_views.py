"""Files that customers and agents sent, for people who are signed in."""

from flask import Response

from gateway.console.blueprint import blueprint, runtime
from gateway.desk import media as files
from gateway.storage.serve import serve


@blueprint.get("/media/<int:media_id>")
def media(media_id: int) -> Response:
    """The file."""
    return _serve(media_id)


@blueprint.get("/media/<int:media_id>/thumbnail")
def thumbnail(media_id: int) -> Response:
    """Its small picture."""
    return _serve(media_id, thumbnail=True)


def _serve(media_id: int, thumbnail: bool = False) -> Response:
    with runtime().database.read() as session:
        file = files.get(session, media_id)
    return serve(runtime().storage, file, thumbnail=thumbnail)
