"""``flask --app wsgi users …``: who may sign in at the desk."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import AppGroup

from gateway.core.errors import RabtaError
from gateway.core.words import Role
from gateway.desk import users
from gateway.runtime import Runtime, runtime_of

group = AppGroup("users", help="People who sign in at the desk.")

PASSWORD = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out."
)


@group.command("add")
@click.argument("email")
@click.option("--name", help="As colleagues see it; default: the first part of EMAIL.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.AGENT.value, show_default=True)
@click.option("--timezone", default="UTC", show_default=True, help="Times on the pages are shown in it.")
@PASSWORD
def add(email: str, name: str | None, role: str, timezone: str, password: str) -> None:
    """Add a user who signs in as EMAIL."""
    with _said(), _runtime().work() as session:
        name = name or email.partition("@")[0].title()
        users.create(session, email=email, name=name, role=Role(role), password=password, timezone=timezone)
    click.echo(f"{email} can sign in ({role})")


@group.command("list")
def list_users() -> None:
    """Show all users."""
    with _runtime().database.read() as session:
        for account in users.listed(session):
            state = "" if account.active else "  (deactivated)"
            click.echo(f"{account.email:32} {account.role.value:11} {account.name}{state}")


@group.command("password")
@click.argument("email")
@PASSWORD
def password(email: str, password: str) -> None:
    """Set a new password for EMAIL; ends all sessions."""
    with _said(), _runtime().work() as session:
        users.set_password(session, users.by_email(session, email).id, password)
    click.echo(f"{email} has a new password and is signed out everywhere")


@group.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """EMAIL can no longer sign in; ends all sessions."""
    with _said(), _runtime().work() as session:
        users.deactivate(session, users.by_email(session, email).id)
    click.echo(f"{email} is deactivated and signed out everywhere")


@group.command("activate")
@click.argument("email")
def activate(email: str) -> None:
    """EMAIL can sign in again."""
    with _said(), _runtime().work() as session:
        users.activate(session, users.by_email(session, email).id)
    click.echo(f"{email} can sign in again")


def _runtime() -> Runtime:
    return runtime_of(current_app)


@contextmanager
def _said() -> Iterator[None]:
    """Our errors as a sentence and exit code 1 instead of a trace."""
    try:
        yield
    except RabtaError as error:
        raise click.ClickException(str(error)) from error
