"""``flask --app wsgi campaigns …``: from a list to its results, with progress while it runs."""

import csv
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import RabtaError
from gateway.desk.campaigns import drafts, intake, lists, moves, queries, results
from gateway.desk.campaigns.drafts import Draft, Options
from gateway.desk.campaigns.moves import ENDED, Move, State
from gateway.models.campaign import Campaign
from gateway.runtime import Runtime, runtime_of

group = AppGroup("campaigns", help="One message to many: from a list to its results.")
LOOK_SECONDS = 0.5


@group.command("create")
@click.option("--csv", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The list.")
@click.option("--segment", help='Instead of a list: {"attributes": {"city": "Lahore"}, "languages": ["ur"], …}')
@click.option("--template", required=True, help="Name in config/templates.yaml.")
@click.option("--channel", "channel_id", help="The sender to begin with; default: the first WhatsApp one.")
@click.option("--name", help="What people call it; default: the list's name.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="For rows without their own value.")
@click.option("--purpose", type=click.Choice(["notice", "marketing"]), help="Default: by the template's category.")
@click.option("--urgent", is_flag=True, help="Do not wait for the morning (notices only).")
@click.option("--rate", "rate_per_second", type=float, help="Messages a second, below the sender's own.")
@click.option("--daily-limit", type=int, help="Messages of this campaign a day.")
@click.option("--key", "client_key", help="The same key twice is one campaign.")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]), help="Begin then, business time.")
@click.option("--start", is_flag=True, help="Begin as soon as the rows are checked.")
@click.option("--dry-run", is_flag=True, help="Check the rows, show what would happen, send nothing.")
def create(
    file: Path | None, segment: str | None, at: datetime | None, start: bool, dry_run: bool, **more: Any
) -> None:
    """Make a campaign of a CSV list or a segment. Its rows are checked; without --start or --at nothing goes out."""
    if (file is None) == (segment is None):
        raise click.UsageError("name a list with --csv, or a segment")
    if sum((start, dry_run, at is not None)) > 1:
        raise click.UsageError("--start, --at and --dry-run exclude each other")
    runtime = _runtime()
    try:
        starts_at = intake.moment(at, runtime.config().business) if at else clock.now() if start else None
        source = {"csv": file.name} if file else {"segment": intake.segment_of(segment or "")}
        campaign_id, is_new = _make(runtime, _draft(source, starts_at, more, file), file)
    except RabtaError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"campaign {campaign_id}" + ("" if is_new else " (made before with this key)"))
    if dry_run or start:
        _watch(runtime, campaign_id, until_checked=dry_run)


@group.command("list")
def show_list() -> None:
    """The newest campaigns."""
    with _runtime().database.read() as session:
        for campaign in queries.newest(session, 50):
            at = campaign.created_at.strftime("%Y-%m-%d %H:%M")
            click.echo(f"{campaign.id:>6}  {at}  {campaign.state:<10} {campaign.total:>9,}  {campaign.name}")


@group.command("watch")
@click.argument("campaign_id", type=int)
def watch(campaign_id: int) -> None:
    """Follow CAMPAIGN_ID until it ends, with a progress bar; Ctrl-C stops watching alone."""
    _watch(_runtime(), campaign_id)


@group.command("results")
@click.argument("campaign_id", type=int)
def show_results(campaign_id: int) -> None:
    """Rows by state, refusals by reason, messages by status."""
    with _runtime().database.read() as session:
        _show(session, _known(session, campaign_id))


@group.command("refused")
@click.argument("campaign_id", type=int)
def refused(campaign_id: int) -> None:
    """The refused rows as CSV, ready to be put right: campaigns refused 7 > bad.csv"""
    out = csv.writer(sys.stdout, lineterminator="\n")
    with _runtime().database.read() as session:
        _known(session, campaign_id)
        out.writerows(queries.refused(session, campaign_id))


def _moving(move: Move, summary: str) -> None:
    @group.command(move.value, help=summary)
    @click.argument("campaign_id", type=int)
    @click.option("--reason", default="", help="Shown with the campaign.")
    def _command(campaign_id: int, reason: str) -> None:
        try:
            with _runtime().work() as session:
                state = moves.make(session, campaign_id, move, reason=reason)
        except RabtaError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"campaign {campaign_id} is {state}")


_moving(Move.START, "Begin CAMPAIGN_ID, now or as soon as its rows are checked.")
_moving(Move.PAUSE, "Stop CAMPAIGN_ID; what was handed to its sender within the last second still goes.")
_moving(Move.RESUME, "Go on with CAMPAIGN_ID.")
_moving(Move.CANCEL, "End CAMPAIGN_ID for good; what was handed to its sender still goes.")


def _draft(source: dict[str, Any], starts_at: datetime | None, more: dict[str, Any], file: Path | None) -> Draft:
    runtime = _runtime()
    variables = dict(intake.pair(text) for text in more["variables"])
    names = ("urgent", "rate_per_second", "daily_limit")
    options = Options(more["purpose"] or "", variables, **{name: more[name] for name in names})
    name = more["name"] or (file.stem if file else "Segment")
    channel = more["channel_id"] or intake.usual_channel(runtime.config().business)
    intake.check_template(runtime.config().templates, more["template"])
    return Draft(name, more["template"], channel, options, source, more["client_key"], starts_at)


def _make(runtime: Runtime, draft: Draft, file: Path | None) -> tuple[int, bool]:
    with runtime.work() as session:
        campaign_id, is_new = drafts.create(session, draft, runtime.config().business)
        is_open = not queries.campaign(session, campaign_id).source["complete"]
    if file and is_open:  # a list whose upload broke off is handed in anew; lines that are there stay
        with file.open("rb") as opened:
            intake.take_list(runtime.work, campaign_id, lists.read_csv(opened))
    return campaign_id, is_new


def _watch(runtime: Runtime, campaign_id: int, until_checked: bool = False) -> None:
    """Two bars, one for checking and one for sending, and the results at the end."""
    with runtime.database.read() as session:
        campaign = _known(session, campaign_id)
    if campaign.state == State.PREPARING:
        _bar(runtime, campaign_id, "checking", lambda now, _: now.state != State.PREPARING)
    if not until_checked:
        _bar(runtime, campaign_id, "sending ", lambda now, _: now.state in (*ENDED, State.PAUSED))
    with runtime.database.read() as session:
        _show(session, _known(session, campaign_id))


def _bar(runtime: Runtime, campaign_id: int, label: str, is_over: Any) -> None:
    with click.progressbar(length=1_000, label=label, show_pos=False, file=sys.stderr) as bar:
        while True:
            with runtime.database.read() as session:
                campaign = _known(session, campaign_id)
                share = queries.share(session, campaign)
            bar.update(int(share * 1_000) - bar.pos)
            if is_over(campaign, share):
                return
            time.sleep(LOOK_SECONDS)


def _show(session: Session, campaign: Campaign) -> None:
    found = results.of(session, campaign.id)
    reason = f" ({campaign.state_reason})" if campaign.state_reason else ""
    click.echo(f"{campaign.name}: {campaign.state}{reason}, {campaign.total:,} rows")
    for title, counts in (("rows", found.rows), ("refused", found.refused), ("messages", found.messages)):
        for word, number in sorted(counts.items(), key=lambda pair: -pair[1]):
            click.echo(f"  {title:<9} {word:<22} {number:>9,}")
    for way in found.ways:
        units = f", {way['segments']:,} SMS segments" if way["segments"] else ""
        where = f"{way['channel_type']} {way['how']} {way['language'] or ''}"
        click.echo(f"  {'by':<9} {where:<22} {way['rows']:>9,}  cost {way['cost_class'] or 'unknown'}{units}")


def _known(session: Session, campaign_id: int) -> Campaign:
    try:
        return queries.campaign(session, campaign_id)
    except RabtaError as error:
        raise click.ClickException(str(error)) from error


def _runtime() -> Runtime:
    return runtime_of(current_app)
