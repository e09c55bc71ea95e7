"""``flask --app wsgi crm writes …``: conversations that are written back to the CRM, and those that could not be."""

import click
from flask import current_app
from flask.cli import AppGroup

from gateway.core.errors import NotFound
from gateway.desk import crm_writes
from gateway.runtime import runtime_of

group = AppGroup("writes", help="Ended conversations on their way to the CRM.")
STATES = ("waiting", "running", "failed", "written")


@group.command("list")
@click.option("--state", type=click.Choice(STATES), multiple=True, help="Without it: all that are not written.")
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True)
def list_writes(state: tuple[str, ...], most: int) -> None:
    """List them, the newest first, with what the CRM said."""
    with runtime_of(current_app).database.read() as session:
        rows = crm_writes.listed(session, state or STATES[:-1], most)
        counted = crm_writes.counts(session)
    for row in rows:
        said = row.error or row.reference
        ended = f"conversation {row.conversation_id} ended {row.created_at:%Y-%m-%d %H:%M}"
        click.echo(f"{row.id}  {row.state}  {ended}  tried {row.attempts}×" + (f"  {said}" if said else ""))
    click.echo(", ".join(f"{counted.get(one, 0)} {one}" for one in STATES))


@group.command("replay")
@click.argument("ids", nargs=-1, type=int)
@click.option("--failed", is_flag=True, help="All that failed.")
def replay(ids: tuple[int, ...], failed: bool) -> None:
    """Try rows IDS again, or all that failed; what the CRM has already it keeps once."""
    if bool(ids) == failed:
        raise click.UsageError("say which: IDS, or --failed")
    try:
        with runtime_of(current_app).work() as session:
            count = crm_writes.replay(session, ids)
    except NotFound as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} to be written again")
