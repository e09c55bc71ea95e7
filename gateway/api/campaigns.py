"""``/api/v1/campaigns``: one message to many, handed in, checked, started, followed and stopped."""

from typing import Any, BinaryIO, cast

from flask import current_app, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from gateway.api.access import bearer, needs
from gateway.api.blueprint import Blueprint
from gateway.api.campaign_schemas import (
    CampaignQuery,
    CampaignRequest,
    CampaignResultSchema,
    CampaignRowSchema,
    CampaignSchema,
    ListRequest,
    ReasonRequest,
    RowQuery,
    RowsRequest,
    StartRequest,
)
from gateway.api.fields import ID_PATH
from gateway.api.paging import answer, page_of, window_of
from gateway.core import clock
from gateway.core.errors import InvalidPayload
from gateway.core.words import Role
from gateway.desk.campaigns import drafts, intake, lists, moves, queries, results
from gateway.desk.campaigns.drafts import Draft, Options
from gateway.desk.campaigns.lists import ListRow
from gateway.desk.campaigns.moves import Move
from gateway.models.campaign import Campaign, CampaignRow
from gateway.runtime import runtime_of

blueprint = Blueprint("campaigns", "One message to many.")

LIST_BYTES = 200_000_000
FORM_BYTES = 10_000
Shape = dict[str, Any]


@blueprint.route("/campaigns")
@needs(Role.SUPERVISOR)
@blueprint.arguments(CampaignQuery, location="query")
@blueprint.response(200, page_of(CampaignSchema))
def list_campaigns(query: Shape) -> Shape:
    """List campaigns."""
    window = window_of(query)
    with runtime_of(current_app).database.read() as session:
        return answer(queries.page(session, window, **query), _shape)


@blueprint.route("/campaigns", methods=["POST"])
@needs(Role.SUPERVISOR)
@blueprint.arguments(CampaignRequest)
@blueprint.response(201, CampaignResultSchema)
def create_campaign(wanted: Shape) -> Shape:
    """Make a campaign of a segment, or one whose rows are handed in next. Nothing goes out before it is started."""
    runtime = runtime_of(current_app)
    config = runtime.config()
    intake.check_template(config.templates, wanted["template"])
    draft = _draft(wanted, wanted.get("channel") or intake.usual_channel(config.business))
    with runtime.work() as session:
        campaign_id, _ = drafts.create(session, draft, config.business, created_by=bearer().user_id)
    return _read(campaign_id)


@blueprint.route(f"/campaigns/{ID_PATH}")
@needs(Role.SUPERVISOR)
@blueprint.response(200, CampaignResultSchema)
def get_campaign(item_id: int) -> Shape:
    """One campaign with its rows by state, refusals by reason and messages by status."""
    return _read(item_id)


@blueprint.route(f"/campaigns/{ID_PATH}/rows")
@needs(Role.SUPERVISOR)
@blueprint.arguments(RowQuery, location="query")
@blueprint.response(200, page_of(CampaignRowSchema))
def list_rows(query: Shape, item_id: int) -> Shape:
    """Its rows, those of a state or refused for a reason."""
    window = window_of(query)
    with runtime_of(current_app).database.read() as session:
        queries.campaign(session, item_id)
        return answer(queries.page_of_rows(session, item_id, window, **query), _row_shape)


@blueprint.route(f"/campaigns/{ID_PATH}/rows", methods=["POST"])
@needs(Role.SUPERVISOR)
@blueprint.arguments(RowsRequest)
@blueprint.response(202, CampaignResultSchema)
def add_rows(wanted: Shape, item_id: int) -> Shape:
    """Append rows to a list that is not complete; without `more` it is complete then."""
    with runtime_of(current_app).work() as session:
        drafts.append(session, item_id, [_list_row(row) for row in wanted["rows"]])
        if not wanted["more"]:
            drafts.complete(session, item_id)
    return _read(item_id)


@blueprint.route(f"/campaigns/{ID_PATH}/csv", methods=["POST"])
@needs(Role.SUPERVISOR)
@blueprint.arguments(ListRequest, location="files")
@blueprint.response(202, CampaignResultSchema)
def add_csv(files: dict[str, FileStorage], item_id: int) -> Shape:
    """Hand in the whole list as CSV (docs/campaigns.md has its form); lines that are there already stay."""
    runtime = runtime_of(current_app)
    with runtime.database.read() as session:
        drafts.must_be_open(session, item_id)
    intake.take_list(runtime.work, item_id, lists.read_csv(cast(BinaryIO, files["file"].stream)))
    return _read(item_id)


@blueprint.route(f"/campaigns/{ID_PATH}/start", methods=["POST"])
@needs(Role.SUPERVISOR)
@blueprint.arguments(StartRequest)
@blueprint.response(200, CampaignResultSchema)
def start_campaign(wanted: Shape, item_id: int) -> Shape:
    """Begin now or `at` a moment, as soon as its rows are checked."""
    with runtime_of(current_app).work() as session:
        moves.make(session, item_id, Move.START, at=wanted.get("at"), actor_id=bearer().user_id)
    return _read(item_id)


def _moving(move: Move, summary: str) -> None:
    def view(wanted: Shape, item_id: int) -> Shape:
        with runtime_of(current_app).work() as session:
            moves.make(session, item_id, move, reason=wanted["reason"], actor_id=bearer().user_id)
        return _read(item_id)

    view.__name__, view.__doc__ = f"{move}_campaign", summary
    described = blueprint.response(200, CampaignResultSchema)(blueprint.arguments(ReasonRequest)(view))
    blueprint.route(f"/campaigns/{ID_PATH}/{move}", methods=["POST"])(needs(Role.SUPERVISOR)(described))


_moving(Move.PAUSE, "Stop it; what was handed to its sender within the last second still goes.")
_moving(Move.RESUME, "Go on.")
_moving(Move.CANCEL, "End it for good; what was handed to its sender still goes.")


def _bound_body() -> None:
    if request.path.endswith("/csv"):
        request.max_content_length = LIST_BYTES + FORM_BYTES


blueprint.before_request(_bound_body)


def _draft(wanted: Shape, channel_id: str) -> Draft:
    names = ("purpose", "variables", "urgent", "ladder", "rate_per_second", "daily_limit")
    options = Options(**{name: wanted[name] for name in names})
    source: Shape = {"rows": "api"}
    if "segment" in wanted:
        source = {"segment": intake.plain_segment(wanted["segment"])}
    starts_at = wanted.get("starts_at")
    if starts_at is not None and starts_at < clock.now():
        raise InvalidPayload("starts_at is over")
    return Draft(wanted["name"], wanted["template"], channel_id, options, source, wanted.get("client_key"), starts_at)


def _list_row(row: Shape) -> ListRow:
    known = row["variables"] | ({"name": row["name"]} if row["name"] else {})
    return ListRow(0, row["to"], row["language"], row["name"], row["template"], known)


def _read(campaign_id: int) -> Shape:
    with runtime_of(current_app).database.read() as session:
        return _shape(queries.campaign(session, campaign_id)) | _counts(session, campaign_id)


def _counts(session: Session, campaign_id: int) -> Shape:
    found = results.of(session, campaign_id)
    return {name: getattr(found, name) for name in ("rows", "refused", "messages", "ways")}


def _shape(row: Campaign) -> Shape:
    return {name: getattr(row, name) for name in CampaignSchema().fields}


def _row_shape(row: CampaignRow) -> Shape:
    return {name: getattr(row, name) for name in CampaignRowSchema().fields}
