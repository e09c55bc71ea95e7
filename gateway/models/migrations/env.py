"""Alembic's entry: one connection, the tables of gateway.models, SQLite by batch."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from gateway.models import search_index
from gateway.models.base import BigId, Json, UtcDateTime
from gateway.models.tables import metadata


def render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our own types by their names, so that a migration reads as the models do."""
    name = None
    if kind == "type" and isinstance(item, UtcDateTime):
        name = "UtcDateTime"
    elif kind == "type" and item is BigId:
        name = "BigId"
    elif kind == "type" and item is Json:
        name = "Json"
    if name is None:
        return False
    autogen.imports.add(f"from gateway.models.base import {name}")
    return f"{name}()" if name == "UtcDateTime" else name


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render,
        include_name=lambda name, *_: not search_index.is_ours(name),
    )
    with context.begin_transaction():
        context.run_migrations()
        search_index.keep_triggers(connection)


run(context.config.attributes["connection"])
