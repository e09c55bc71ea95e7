"""Which files may be sent."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from gateway.core.errors import InvalidPayload
from gateway.desk import media
from gateway.models.message import Media, Message
from gateway.runtime import Runtime


def uploaded(runtime: Runtime, content_type: str, size: int) -> int:
    values = {"content_type": content_type, "size": size, "sha256": "0" * 64, "storage_key": "ab/cd/12345678"}
    with runtime.work() as session:
        return media.add_upload(session, values, filename="a", claimed=content_type)


def test_files_keep_their_order_and_size(runtime: Runtime) -> None:
    items = [uploaded(runtime, "image/jpeg", 5), uploaded(runtime, "video/mp4", 7)]
    with runtime.database.read() as session:
        chosen = media.to_send(session, list(reversed(items)))
    assert [(file.media_id, file.size) for file in chosen] == [(items[1], 7), (items[0], 5)]


def test_a_customers_file_is_not_sent_to_another(runtime: Runtime, pending: Callable[..., int]) -> None:
    item = pending("https://api.twilio.com/x")
    with runtime.work() as session:
        session.execute(update(Media).values(state="stored", content_type="image/png", size=1))
    with runtime.database.read() as session, pytest.raises(InvalidPayload, match=f"no upload {item}"):
        media.to_send(session, [item])
    with runtime.work() as session:
        session.execute(update(Message).values(direction="outbound"))
    with runtime.database.read() as session:
        assert media.to_send(session, [item])[0].media_id == item
