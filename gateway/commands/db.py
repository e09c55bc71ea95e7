"""``flask --app wsgi db …``: bring the database to a shape."""

import click
from flask import current_app
from flask.cli import AppGroup

from gateway.models import migrate
from gateway.runtime import runtime_of

group = AppGroup("db", help="Migrate the database.")


@group.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION (default: the newest)."""
    migrate.upgrade(runtime_of(current_app).database, revision)
    click.echo(f"database at {revision}")


@group.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="Migrating down drops tables and their rows. Go on?")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION ("base": empty)."""
    migrate.downgrade(runtime_of(current_app).database, revision)
    click.echo(f"database at {revision}")
