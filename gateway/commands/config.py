"""``flask --app wsgi config …``: publish the config folder, fetch it back, see what changed."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from gateway.config import publish as publishing
from gateway.config.files import read_folder
from gateway.config.keeping import Kept, with_learned
from gateway.core.errors import RabtaError
from gateway.runtime import Runtime, runtime_of

group = AppGroup("config", help="The business's folder: published as numbered versions that all hosts run.")

VERSION = click.option("--version", type=int, help="A version's number; default: the newest.")


@group.command("publish")
@click.option("--author", default="", help="Who publishes, for the record.")
@click.option("--note", default="", help="Why.")
@click.option("--forget-learned", is_flag=True, help="Publish the folder alone, without what was learned at the desk.")
def publish(author: str, note: str, forget_learned: bool) -> None:
    """Check the folder (CARE_CONFIG) and make it the version that runs, on all hosts within seconds.

    What was learned at the desk since the last export stays.
    """
    runtime = _runtime()
    try:
        files = read_folder(runtime.settings.care_config)
        kept = Kept(files) if forget_learned else with_learned(runtime.database, files)
        version = publishing.publish(runtime.database, kept.files, author, note, kept.after)
    except RabtaError as error:
        raise click.ClickException(f"nothing was published\n{error}") from error
    click.echo(f"version {version} runs")
    if kept.added:
        click.echo(
            f"with what was learned and is not in the folder: {', '.join(kept.added)} (config export fetches it)"
        )


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
        after = with_learned(runtime.database, read_folder(runtime.settings.care_config)).files
    except RabtaError as error:
        raise click.ClickException(str(error)) from error
    changes = publishing.diff(before, after)
    click.echo(changes or "no difference", nl=not changes)
    raise SystemExit(1 if changes else 0)


def _runtime() -> Runtime:
    return runtime_of(current_app)
