"""``flask --app wsgi tokens …``: keys for programs that use the REST API."""

import click
from flask import current_app
from flask.cli import AppGroup

from gateway.core.errors import RabtaError
from gateway.core.words import Role
from gateway.desk import tokens
from gateway.runtime import runtime_of

group = AppGroup("tokens", help="Bearer tokens for the REST API.")


@group.command("create")
@click.option("--name", required=True, help="What the token is for.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.AGENT.value, show_default=True)
@click.option("--user", "email", help="E-mail of the user it acts for ('me' in the API).")
def create(name: str, role: str, email: str | None) -> None:
    """Make a token and print it, once."""
    try:
        with runtime_of(current_app).work() as session:
            token_id, secret = tokens.create(session, name=name, role=Role(role), email=email)
    except RabtaError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"token {token_id} ({role}), shown only now:", err=True)
    click.echo(secret)


@group.command("list")
def show() -> None:
    """List all tokens, without their secrets."""
    with runtime_of(current_app).database.read() as session:
        rows = tokens.all_of(session)
    for row in rows:
        state = f"revoked {row.revoked_at:%F}" if row.revoked_at else "active"
        used = f"{row.last_used_at:%F %H:%M}" if row.last_used_at else "never"
        click.echo(f"{row.id:>4}  {row.role:<10}  {row.email or '-':<28}  {state:<18}  used {used}  {row.name}")
    if not rows:
        click.echo("no tokens yet: flask --app wsgi tokens create --name …")


@group.command("revoke")
@click.argument("token_id", type=int)
def revoke(token_id: int) -> None:
    """End TOKEN_ID for good."""
    try:
        with runtime_of(current_app).work() as session:
            tokens.revoke(session, token_id)
    except RabtaError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"token {token_id} is revoked")
