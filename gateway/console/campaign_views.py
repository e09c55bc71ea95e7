"""The campaigns' pages: handed in as a list, checked, started and followed while they run. For supervisors."""

from csv import writer
from io import StringIO
from typing import Any, BinaryIO, cast

from flask import Response, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.console import campaign_words as words
from gateway.console.blueprint import account, blueprint, runtime
from gateway.console.pages import page_around
from gateway.core.errors import Forbidden, InvalidPayload, NotFound
from gateway.core.words import ChannelType, Role
from gateway.desk.campaigns import drafts, intake, lists, moves, queries, results
from gateway.desk.campaigns.drafts import Draft, Options
from gateway.desk.campaigns.moves import Move, State
from gateway.models.campaign import Campaign

SHOWN = 50
WORDS = {name: getattr(words, name) for name in ("MOVE_WORDS", "ROW_WORDS", "STATUS_WORDS", "REASON_WORDS")}


@blueprint.get("/campaigns")
def campaigns() -> str:
    """All of them, and the form for a new one."""
    _supervisors_only()
    config = runtime().config()
    writing = [channel for channel in config.business.channels if channel.type is not ChannelType.VOICE]
    around = page_around()
    return render_template(
        "console/campaigns.html", campaigns=_newest(), templates=list(config.templates), channels=writing, **around
    )


@blueprint.get("/campaigns/rows")
def campaign_rows() -> str:
    """The list alone, as it is now."""
    _supervisors_only()
    return render_template("console/campaign_rows.html", campaigns=_newest())


@blueprint.post("/campaigns")
def create_campaign() -> BaseResponse:
    """Take a list in; it is checked in the background."""
    _supervisors_only()
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidPayload("Choose a CSV file.")
    config = runtime().config()
    template, name = request.form.get("template", ""), request.form.get("name", "").strip()
    intake.check_template(config.templates, template)
    source = {"csv": file.filename[:200]}
    draft = Draft(name, template, request.form.get("channel", ""), _options(), source)
    with runtime().work() as session:
        campaign_id, _ = drafts.create(session, draft, config.business, created_by=account().id)
    intake.take_list(runtime().work, campaign_id, lists.read_csv(cast(BinaryIO, file.stream)))
    return redirect(url_for("console.campaign", campaign_id=campaign_id), 303)


@blueprint.get("/campaigns/<int:campaign_id>")
def campaign(campaign_id: int) -> str:
    """One campaign: how far it is, what was refused and why, what became of its messages."""
    _supervisors_only()
    around = page_around()
    return render_template("console/campaign.html", **_standing(campaign_id), **around)


@blueprint.get("/campaigns/<int:campaign_id>/body")
def campaign_body(campaign_id: int) -> str:
    """Its changing part alone."""
    _supervisors_only()
    return render_template("console/campaign_body.html", **_standing(campaign_id))


@blueprint.post("/campaigns/<int:campaign_id>/<move>")
def move_campaign(campaign_id: int, move: str) -> BaseResponse:
    """Start, pause, go on or cancel."""
    _supervisors_only()
    if move not in list(Move):
        raise NotFound("There is no such move.")
    with runtime().work() as session:
        moves.make(session, campaign_id, Move(move), actor_id=account().id)
    return redirect(url_for("console.campaign", campaign_id=campaign_id), 303)


@blueprint.get("/campaigns/<int:campaign_id>/refused.csv")
def campaign_refused(campaign_id: int) -> Response:
    """The refused rows, to be put right in a spreadsheet."""
    _supervisors_only()
    with runtime().database.read() as session:
        queries.campaign(session, campaign_id)
    headers = {"Content-Disposition": f'attachment; filename="refused-{campaign_id}.csv"'}
    return Response(stream_with_context(_lines(campaign_id)), mimetype="text/csv", headers=headers)


def _options() -> Options:
    lines = [line for line in request.form.get("values", "").splitlines() if line.strip()]
    return Options(variables=dict(intake.pair(line) for line in lines), urgent="urgent" in request.form)


def _supervisors_only() -> None:
    if not account().may(Role.SUPERVISOR):
        raise Forbidden("Campaigns are for supervisors.")


def _newest() -> list[dict[str, Any]]:
    names = ("id", "name", "state", "total", "template", "created_at")
    with runtime().database.read() as session:
        found = queries.newest(session, SHOWN)
        shares = {each.id: queries.share(session, each) for each in found}
    return [{name: getattr(each, name) for name in names} | {"percent": _percent(shares[each.id])} for each in found]


def _standing(campaign_id: int) -> dict[str, Any]:
    with runtime().database.read() as session:
        found = queries.campaign(session, campaign_id)
        counted = results.of(session, campaign_id)
        share = queries.share(session, found)
    possible = [
        move for move in Move if moves.after(move, State(found.state)) is not None and not _is_begun(found, move)
    ]
    said = words.progress_words(found, dict(counted.rows))
    return {
        "campaign": found, "results": counted, "percent": _percent(share), "moves": possible, "progress_words": said
    } | WORDS  # fmt: skip


def _is_begun(found: Campaign, move: Move) -> bool:
    """It will begin by itself: no second start."""
    return move is Move.START and found.state == State.PREPARING and found.starts_at is not None


def _percent(share: float) -> int:
    return int(share * 100)


def _lines(campaign_id: int) -> Any:
    """A mark first, so that spreadsheets read it as UTF-8."""
    yield "\ufeff"
    with runtime().database.read() as session:
        for line in queries.refused(session, campaign_id):
            out = StringIO()
            writer(out).writerow(line)
            yield out.getvalue()
