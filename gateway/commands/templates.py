"""``flask --app wsgi templates …``: what the provider approved, what it lacks, and asking for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import click
from flask import current_app
from flask.cli import AppGroup

from gateway.channels.base import Adapter
from gateway.commands.check import check_folder, show
from gateway.core.errors import RabtaError, SendError
from gateway.core.provider_templates import Named, ProviderTemplate
from gateway.core.template_check import plan, remarks
from gateway.core.templates import Templates
from gateway.desk import templates
from gateway.jobs.sync_templates import sync
from gateway.runtime import Runtime, runtime_of

group = AppGroup("templates", help="Texts that the provider approves before their first use.")


@group.command("sync")
def sync_now() -> None:
    """Ask the provider now what is approved; the clock does so hourly."""
    with _said():
        _sync(_runtime())


@group.command("list")
def show_list() -> None:
    """Show what the provider had at the last synchronisation."""
    with _runtime().database.read() as session:
        rows = templates.listed(session)
    for row in rows:
        synced = f"{row.synced_at:%F %H:%M}"
        click.echo(f"{row.name:24} {row.language:8} {row.category:14} {row.approval:12} {row.external_id}  {synced}")
        if row.rejection:
            click.echo(f"{'':33} {row.rejection}")
    if not rows:
        click.echo("none yet: flask --app wsgi templates sync, or submit NAME")


@group.command("check")
def check() -> None:
    """Compare config/templates.yaml with what the provider has; ends with 1 if a text cannot be sent as it stands."""
    runtime, ours = _runtime(), _of_folder()
    problems = 0
    with _said():
        for adapter in _adapters(runtime):
            problems += show(f"Templates at {adapter.provider}", remarks(ours, adapter.list_templates()))
    raise SystemExit(1 if problems else 0)


@group.command("submit")
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every template of the folder.")
@click.option("--language", "languages", multiple=True, help="Only this language (may be repeated).")
def submit(names: Sequence[str], everything: bool, languages: Sequence[str]) -> None:
    """Make NAMES of config/templates.yaml at the provider and ask for their approval; what is there already stays."""
    runtime, ours = _runtime(), _of_folder()
    chosen = _chosen(ours, names, everything, languages)
    refused = 0
    with _said():
        for adapter in _adapters(runtime):
            found = adapter.list_templates()
            for named in chosen:
                done, words = _submit(adapter, named, ours, found)
                refused += not done
                click.echo(f"{named.spec.name:24} {named.language:8} {words}")
        _sync(runtime)
    raise SystemExit(1 if refused else 0)


def _chosen(ours: Templates, names: Sequence[str], everything: bool, languages: Sequence[str]) -> list[Named]:
    unknown = [name for name in names if ours.get(name) is None]
    if unknown or not (names or everything):
        known = ", ".join(spec.name for spec in ours) or "none"
        raise click.UsageError(f"there is no template {', '.join(unknown)}" if unknown else f"name some of: {known}")
    return [
        Named(spec, language)
        for spec in ours
        for language in spec.languages
        if (everything or spec.name in names) and (not languages or language in languages)
    ]


def _submit(adapter: Adapter, named: Named, ours: Templates, found: Sequence[ProviderTemplate]) -> tuple[bool, str]:
    """Do what it takes; whether the text is on its way, and what was done."""
    planned, submission = plan(named, ours, found), named.submission
    if not planned.create and not planned.external_id:
        return not planned.refused, planned.words
    try:
        external_id = adapter.create_template(submission) if planned.create else planned.external_id
        adapter.request_approval(external_id, replace(submission, name=planned.approval_name))
    except SendError as error:
        return False, f"NOT submitted: {error}"
    return True, f"submitted as {planned.approval_name} ({external_id})"


def _sync(runtime: Runtime) -> None:
    _adapters(runtime)
    for synced in sync(runtime):
        for name, language, was, became in synced.changed:
            click.echo(f"{name:24} {language:8} {was or 'new'} -> {became}")
        click.echo(f"{synced.found} templates, {len(synced.changed)} changed")


def _of_folder() -> Templates:
    """The folder's templates: what is to be approved comes before it is published."""
    checked = check_folder(_runtime().settings)
    if checked.config is None:
        raise click.ClickException("\n".join(said.text for said in checked.said))
    return checked.config.templates


def _adapters(runtime: Runtime) -> Sequence[Adapter]:
    adapters = list(runtime.registry.connected())
    if not adapters:
        raise click.ClickException("no provider's account is set (TWILIO_ACCOUNT_SID)")
    return adapters


def _runtime() -> Runtime:
    return runtime_of(current_app)


@contextmanager
def _said() -> Iterator[None]:
    """Our errors as a sentence and exit code 1 instead of a trace."""
    try:
        yield
    except RabtaError as error:
        raise click.ClickException(str(error)) from error
