"""Public links to our media: the provider fetches what we send from here, by a signed link that expires."""

from flask import Blueprint, Response, current_app
from werkzeug.exceptions import Gone

from gateway.desk import media, variants
from gateway.runtime import runtime_of
from gateway.storage import links
from gateway.storage.serve import serve

blueprint = Blueprint("public_media", __name__)


@blueprint.get("/media/<token>/<path:filename>")
def public_media(token: str, filename: str) -> Response:
    """The file a link of ours names; ``filename`` only reads well. 404: not ours, 410: expired."""
    runtime = runtime_of(current_app)
    try:
        ticket = links.read_token(runtime.settings, token)
    except links.LinkExpired as error:
        raise Gone(str(error)) from error
    with runtime.database.read() as session:
        file = media.get(session, ticket.media_id)
        if ticket.variant_id:
            file = variants.in_place_of(session, file, ticket.variant_id)
    return serve(runtime.storage, file)
