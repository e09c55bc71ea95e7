"""``flask --app wsgi users …``: who may sign in at the desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from gateway.core.errors import RabtaError
from gateway.core.words import Role
from gateway.desk import users
from gateway.runtime import Runtime, runtime_of

group = AppGroup("users", help="People who sign in at the desk.")

SKILLS = click.option("--skills", help="Of queues, like `orders,complaints`; empty: all.")
LANGUAGES = click.option("--languages", help="Written to customers, like `en,ur,ur-Latn`; empty: all.")
CAPACITY = click.option("--capacity", type=int, help="Conversations at once; 0: as the queue says.")
PASSWORD = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out."
)


@group.command("add")
@click.argument("email")
@click.option("--name", help="As colleagues see it; default: the first part of EMAIL.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.AGENT.value, show_default=True)
@click.option("--timezone", default="UTC", show_default=True, help="Times on the pages are shown in it.")
@SKILLS
@LANGUAGES
@CAPACITY
@PASSWORD
def add(email: str, name: str | None, role: str, timezone: str, password: str, **work: Any) -> None:
    """Add a user who signs in as EMAIL."""
    with _said(), _runtime().work() as session:
        name = name or email.partition("@")[0].title()
        made = users.create(session, email=email, name=name, role=Role(role), password=password, timezone=timezone)
        users.set_work(session, made, **_split(work))
    click.echo(f"{email} can sign in ({role})")


@group.command("work")
@click.argument("email")
@SKILLS
@LANGUAGES
@CAPACITY
def work(email: str, **work: Any) -> None:
    """Say what EMAIL can do, and how much at once."""
    with _said(), _runtime().work() as session:
        user_id = users.by_email(session, email).id
        users.set_work(session, user_id, **_split(work))
        account = users.by_email(session, email)
    click.echo(f"{email}: {_abilities(account)}")


@group.command("list")
def list_users() -> None:
    """Show all users."""
    with _runtime().database.read() as session:
        for account in users.listed(session):
            state = "" if account.active else "  (deactivated)"
            click.echo(f"{account.email:32} {account.role.value:11} {account.name}  [{_abilities(account)}]{state}")


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


def _split(work: dict[str, Any]) -> dict[str, Any]:
    return {name: value.split(",") if isinstance(value, str) else value for name, value in work.items()}


def _abilities(account: users.Account) -> str:
    skills, languages = ",".join(account.skills) or "all skills", ",".join(account.languages) or "all languages"
    return f"{skills}; {languages}; {account.capacity or 'as the queue says'} at once"


def _runtime() -> Runtime:
    return runtime_of(current_app)


@contextmanager
def _said() -> Iterator[None]:
    """Our errors as a sentence and exit code 1 instead of a trace."""
    try:
        yield
    except RabtaError as error:
        raise click.ClickException(str(error)) from error
