"""``flask --app wsgi config …``: publish the config folder, fetch it back, see what changed."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from gateway.config import publish as publishing
from gateway.config.files import read_folder
from gateway.core.errors import RabtaError
from gateway.runtime import Runtime, runtime_of

group = AppGroup("config", help="The business's folder: published as numbered versions that all hosts run.")

VERSION = click.option("--version", type=int, help="A version's number; default: the newest.")


@group.command("publish")
@click.option("--author", default="", help="Who publishes, for the record.")
@click.option("--note", default="", help="Why.")
def publish(author: str, note: str) -> None:
    """Check the folder (CARE_CONFIG) and make it the version that runs, on all hosts within seconds."""
    runtime = _runtime()
    try:
        files = read_folder(runtime.settings.care_config)
        version = publishing.publish(runtime.database, files, author, note)
    except RabtaError as error:
        raise click.ClickException(f"nothing was published\n{error}") from error
    click.echo(f"version {version} runs")


@group.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@VERSION
def export(folder: Path, version: int | None) -> None:
    """Write a published version's files into FOLDER."""
    try:
        written = publishing.export(_runtime().database, folder, version)
    except RabtaError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(written)} files written into {folder}")


@group.command("diff")
@VERSION
def diff(version: int | None) -> None:
    """Show what publishing the folder would change; ends with 1 if anything would."""
    runtime = _runtime()
    try:
        before = publishing.version_files(runtime.database, version)
        after = read_folder(runtime.settings.care_config)
    except RabtaError as error:
        raise click.ClickException(str(error)) from error
    changes = publishing.diff(before, after)
    click.echo(changes or "no difference", nl=not changes)
    raise SystemExit(1 if changes else 0)


def _runtime() -> Runtime:
    return runtime_of(current_app)
