"""``flask --app wsgi prepare``: make a database ready for work; every start does it, and a second time changes nothing.

Tables are migrated, ``config/`` is published if no version is, the first users are made if there are none, and the
example's customers and orders go into a CRM that is empty.
"""

import json
import os
import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.commands import crm
from gateway.config.publish import ensure_published
from gateway.core.errors import ConfigError
from gateway.core.provider_templates import submissions_of
from gateway.core.words import Role
from gateway.desk import tokens, users
from gateway.models import migrate
from gateway.models.customer import Customer
from gateway.models.user import User
from gateway.runtime import Runtime, runtime_of

FIRST_USERS = (
    ("agent@example.com", "Amna Agent", Role.AGENT),
    ("supervisor@example.com", "Saad Supervisor", Role.SUPERVISOR),
    ("admin@example.com", "Adila Admin", Role.ADMIN),
)


@click.command("prepare")
@with_appcontext
def command() -> None:
    """Migrate, publish config/, make the first users, load the example's orders: whatever of it is still to do."""
    try:
        _prepare(runtime_of(current_app))
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def _prepare(runtime: Runtime) -> None:
    migrate.upgrade(runtime.database)
    ensure_published(runtime.database, runtime.settings.care_config)
    with runtime.work() as session:
        made = first_users(session, runtime.config().business.timezone)
        if runtime.settings.bootstrap_api_token:
            tokens.ensure(session, runtime.settings.bootstrap_api_token)
    for told in first_customers(runtime):
        click.echo(told)
    if made:
        keep_privately(runtime.settings.var_dir / "logins.json", {"users": made})
        click.echo(f"First users made; their passwords stand in {runtime.settings.var_dir / 'logins.json'}")
    if runtime.settings.simulated:
        tell_simulator(runtime)


def first_users(session: Session, timezone: str) -> list[dict[str, str]]:
    """Users with fresh passwords, if there is nobody yet."""
    if session.scalar(select(func.count()).select_from(User)):
        return []
    made = []
    for email, name, role in FIRST_USERS:
        password = secrets.token_urlsafe(9)
        users.create(session, email=email, name=name, role=role, password=password, timezone=timezone)
        made.append({"email": email, "password": password, "role": str(role)})
    return made


def first_customers(runtime: Runtime) -> list[str]:
    """The customers and orders of ``crm/*.csv``, if the built-in CRM knows nobody yet; their dates count from today."""
    files = crm.ours(runtime.settings.care_config / "crm")
    with runtime.database.read() as session:
        known = session.scalar(select(Customer.id).limit(1))
    if known or not files or runtime.config().crm.type != "builtin":
        return []
    bad: list[str] = []
    done = list(
        crm.take(runtime, files, lambda name, row: bad.append(f"{name}:{row.line}: {row.column}: {row.reason}"))
    )
    counts = ", ".join(f"{one.new} {one.table}" for one in done)
    return [f"The CRM has its first rows: {counts}".replace("_", " "), *bad]


def tell_simulator(runtime: Runtime) -> None:
    """Write whose senders the simulator plays, where it finds us, and which templates count as approved."""
    business = runtime.config().business
    path = runtime.settings.var_dir / "simulator.json"
    senders = [
        {
            "address": channel.address,
            "channel_type": str(channel.type),
            "name": business.name,
            "service": channel.service,
        }
        for channel in business.channels
        if channel.provider == "twilio"
    ]
    told = {"public_url": runtime.settings.public_url, "name": business.name, "senders": senders}
    submissions = submissions_of(runtime.config().templates)
    told["templates"] = [asdict(submission) for submission in submissions]
    keep_privately(path, json.loads(path.read_text()) | told)


def keep_privately(path: Path, data: dict[str, Any]) -> None:
    """Write JSON that only this user may read, whole or not at all."""
    partial = path.with_suffix(".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(data, file, indent=2)
    partial.replace(path)
