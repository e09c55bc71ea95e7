"""``flask --app wsgi check``: everything that is wrong with settings, config and the provider's side, at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from gateway.channels.twilio.self_test import self_test
from gateway.commands.check_crm import crm
from gateway.commands.check_model import language_model
from gateway.config.compile import compile_files
from gateway.config.files import read_folder
from gateway.config.publish import version_files
from gateway.config.remarks import remarks
from gateway.config.running import RunningConfig
from gateway.core.errors import ConfigError, NotFound
from gateway.core.remarks import Level, Said
from gateway.desk import templates
from gateway.models.config_version import ConfigVersion
from gateway.models.database import Database
from gateway.runtime import runtime_of
from gateway.settings import Settings

COLOURS = {Level.OK: "green", Level.NOTE: "yellow", Level.PROBLEM: "red"}


@dataclass(frozen=True, slots=True)
class Checked:
    """The config folder as it was found: its lines, and what it compiles to (None: problems)."""

    said: list[Said]
    files: Mapping[str, str]
    config: RunningConfig | None


@click.command("check")
@click.option("--offline", is_flag=True, help="Ask nobody on the network.")
@with_appcontext
def command(offline: bool) -> None:
    """Check settings, config and the provider's set-up; ends with 1 if anything is wrong."""
    runtime = runtime_of(current_app)
    settings, folder = runtime.settings, check_folder(runtime.settings)
    channels = folder.config.business.channels if folder.config else ()
    problems = show("Settings", [Said(Level.OK, "all variables are usable"), _models(settings)])
    config = [*folder.said, *_published(runtime.database, folder), *_secrets(settings, folder)]
    problems += show(f"Config ({settings.care_config})", config)
    show("Templates", _templates(runtime.database, folder))
    problems += show("CRM", crm(settings, runtime.database, folder.config, ask=not offline))
    problems += show("Language model", language_model(settings, folder.config, ask=not offline))
    problems += show("Twilio", self_test(settings, channels, ask=not offline))
    click.echo("")
    if problems:
        click.secho(f"{problems} problem{'s' if problems > 1 else ''}", fg="red", bold=True)
        raise SystemExit(1)
    click.secho("No problems", fg="green")


def _models(settings: Settings) -> Said:
    """Which embedding models the matcher can use here."""
    if settings.embeddings == "off":
        return Said(Level.OK, "the matcher judges by words alone (EMBEDDINGS=off)")
    embedding = import_module("automation.faq.embedding")  # and numpy, which web processes do without
    found = embedding.known_here(settings.embeddings)
    if embedding.ALL not in found:
        return Said(Level.NOTE, "no embedding model for all languages runs here (it needs Linux, x86-64 and AVX2)")
    return Said(Level.OK, f"embedding models: {', '.join(found)}")


def unusable_settings(settings: Settings, problems: Iterable[str]) -> int:
    """Show what is wrong with the environment, and with the config folder as far as that can be told."""
    count = show("Settings", [Said(Level.PROBLEM, problem) for problem in problems])
    return count + show(f"Config ({settings.care_config})", check_folder(settings).said)


def check_folder(settings: Settings) -> Checked:
    try:
        files = read_folder(settings.care_config)
    except ConfigError as error:
        return Checked([Said(Level.PROBLEM, str(error))], {}, None)
    compiled = compile_files(files)
    if isinstance(compiled, list):
        return Checked([Said(Level.PROBLEM, f"{settings.care_config.name}/{p}") for p in compiled], files, None)
    flows, answers = len(compiled.flows.flows), len(compiled.flows.answers)
    text = f"{len(compiled.business.channels)} channels, {flows} flows, {answers} answers"
    notes = [Said(Level.NOTE, f"{settings.care_config.name}/{remark}") for remark in remarks(files)]
    return Checked([Said(Level.OK, text), *notes], files, compiled)


def _published(database: Database, folder: Checked) -> Iterator[Said]:
    try:
        if not inspect(database.engine).has_table(ConfigVersion.__tablename__):
            yield Said(Level.NOTE, "the database is empty: make run or flask --app wsgi db upgrade fills it")
            return
        published = version_files(database)
    except NotFound:
        yield Said(Level.NOTE, "nothing is published yet: make run does it, or flask --app wsgi config publish")
    except SQLAlchemyError as error:
        yield Said(Level.PROBLEM, f"the database does not answer: {type(error).__name__} (DATABASE_URL)")
    else:
        if published != dict(folder.files):
            yield Said(Level.NOTE, "what runs differs from this folder: see flask --app wsgi config diff")


def _secrets(settings: Settings, folder: Checked) -> Iterator[Said]:
    """Headers of the business's own services whose values this machine does not know."""
    known = dict(settings.call_secrets)
    for service in folder.config.services if folder.config else ():
        for header, name in service.secrets.items():
            if name not in known:
                yield Said(Level.PROBLEM, f"CALL_SECRET_{name} is not set: {header} of {service.name} (calls.hosts)")


def _templates(database: Database, folder: Checked) -> Iterator[Said]:
    """How many texts may be sent, as far as it was known at the last synchronisation."""
    specs = folder.config.templates if folder.config else ()
    wanted = {(spec.name, language) for spec in specs for language in spec.languages}
    try:
        with database.read() as session:
            approved = templates.approved(session, {name for name, _ in wanted})
    except SQLAlchemyError:
        return  # said above
    lacking = {(name, language) for name, language in wanted if language not in approved.get(name, {})}
    if not wanted:
        yield Said(Level.NOTE, "none: nothing can be said outside WhatsApp's 24 hours")
    elif lacking:
        yield Said(
            Level.NOTE, f"{len(lacking)} of {len(wanted)} texts cannot be sent: see flask --app wsgi templates check"
        )
    else:
        yield Said(Level.OK, f"all {len(wanted)} texts are approved")


def show(title: str, lines: Iterable[Said]) -> int:
    """Print a part; returns how many problems it has."""
    click.secho(f"\n{title}", bold=True)
    problems = 0
    for said in lines:
        problems += said.level is Level.PROBLEM
        click.echo(f"  {click.style(f'{said.level:8}', fg=COLOURS[said.level])} {said.text}")
    return problems
