"""``flask --app wsgi events …``: what came in and could not be done, and another try at it."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Select, select

from gateway.core.words import EventState
from gateway.desk import lanes
from gateway.models.inbound import InboundEvent
from gateway.runtime import Runtime, runtime_of

group = AppGroup("events", help="Events that came in: those set aside, and another try at them.")


@group.command("list")
@click.option("--failed", "state", flag_value=EventState.FAILED.value, help="Only those set aside (default).")
@click.option("--pending", "state", flag_value=EventState.PENDING.value, help="Only those still to do.")
@click.option("--all", "state", flag_value="all", help="All of them.")
@click.option("--kind", help="Only this kind: message, status, call, call_status.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_events(state: str | None, kind: str | None, limit: int) -> None:
    """Show events, newest first, with the reason of their last failure."""
    statement = _chosen(state or EventState.FAILED.value, kind).order_by(InboundEvent.id.desc()).limit(limit)
    with _runtime().database.read() as session:
        found = list(session.execute(statement).scalars())
        for event in found:
            click.echo(_line(event))
    if not found:
        click.echo("nothing")


@group.command("replay")
@click.argument("ids", nargs=-1, type=int)
@click.option("--all-failed", is_flag=True, help="All that were set aside.")
def replay(ids: tuple[int, ...], all_failed: bool) -> None:
    """Do events again: those with these IDS, or all that were set aside. A message is never answered twice."""
    if bool(ids) == all_failed:
        raise click.UsageError("name events by their ids, or say --all-failed")
    with _runtime().work() as session:
        again = lanes.replay(session, None if all_failed else ids)
    click.echo(f"{len(again)} to do again" + (": " + " ".join(map(str, again)) if again else ""))
    if missing := sorted(set(ids) - set(again)):
        raise click.ClickException("not there, or still to do: " + " ".join(map(str, missing)))


def _chosen(state: str, kind: str | None) -> Select[InboundEvent]:
    statement = select(InboundEvent)
    if state != "all":
        statement = statement.where(InboundEvent.state == state)
    return statement.where(InboundEvent.kind == kind) if kind else statement


def _line(event: InboundEvent) -> str:
    received = event.received_at.strftime("%Y-%m-%d %H:%M:%S")
    shown = f"{event.id:>8}  {received}  {event.state:8} {event.kind:12} {event.key}"
    return f"{shown}\n          {event.attempts} tries: {event.error}" if event.error else shown


def _runtime() -> Runtime:
    return runtime_of(current_app)
