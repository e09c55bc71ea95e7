"""Templates as the provider approved them: kept at each synchronisation, looked at by every send that needs one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.provider_templates import UNDER_WAY, Approval, Named, Names, ProviderTemplate
from gateway.core.templates import PLACEHOLDER, Templates
from gateway.core.words import Author
from gateway.desk import dialect, log
from gateway.models.tables import metadata
from gateway.models.template import Template

templates = metadata.tables[Template.__tablename__]
AGED, WAITING = timedelta(hours=1), timedelta(minutes=5)
"""How old a synchronisation may be: usually, and while an approval is awaited."""
KEPT = ("name", "language", "category", "approval", "rejection", "body", "types", "variables")
STATES: Mapping[str, Approval] = {
    "63040": Approval.REJECTED,
    "63041": Approval.PAUSED,
    "63042": Approval.DISABLED,
}
"""What an error of a send says about its template, before the next synchronisation does."""


def _newest_wins(statement: dialect.Insert) -> Any:
    new = statement.excluded
    values = {name: getattr(new, name) for name in (*KEPT, "synced_at")} | {"gone_at": None}
    return statement.on_conflict_do_update(index_elements=[templates.c.account, templates.c.external_id], set_=values)


KEEP = dialect.both(templates, _newest_wins)
THERE = templates.c.gone_at.is_(None)
KNOWN = select(templates.c.external_id, templates.c.name, templates.c.language, templates.c.approval).where(
    templates.c.account == bindparam("owner"), THERE
)
WHICH = (templates.c.name, templates.c.language, templates.c.approval)
STANDINGS = (
    select(*(templates.c[name] for name in ("name", "language", "external_id", "approval", "rejection", "synced_at")))
    .where(templates.c.name.in_(bindparam("names", expanding=True)), THERE)
    .order_by(templates.c.id)
)
APPROVED = STANDINGS.where(templates.c.approval == Approval.APPROVED.value)
LISTED = select(*(templates.c[name] for name in ("id", "account", "external_id", *KEPT, "synced_at"))).where(THERE)
WAITS = case((templates.c.approval.in_(UNDER_WAY), 1), else_=0)
AGE = select(func.max(templates.c.synced_at), func.max(WAITS)).where(THERE)
BODY = select(templates.c.body).where(templates.c.external_id == bindparam("sid")).order_by(templates.c.id.desc())


@dataclass(frozen=True, slots=True)
class Synced:
    """What a synchronisation found: how many there are, and what changed since the last one."""

    found: int
    changed: tuple[tuple[str, str, str, str], ...]
    """Name, language, approval before (empty: new) and now."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a text stands at the provider."""

    approval: str
    rejection: str
    external_id: str
    synced_at: datetime


def is_stale(session: Session) -> bool:
    """Whether the provider should be asked: nothing is known, or it was asked too long ago."""
    newest, waits = session.execute(AGE).one()
    return newest is None or clock.now() - newest > (WAITING if waits else AGED)


def approved(session: Session, names: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    """Provider ids of what may be sent: name → language → id, the newest of each."""
    found: dict[str, dict[str, str]] = {}
    for row in session.execute(APPROVED, {"names": sorted(names)}):
        found.setdefault(row.name, {})[row.language] = row.external_id
    return found


def standings(session: Session, names: Collection[str]) -> Mapping[str, Mapping[str, Standing]]:
    """How each text stands: name → language → the newest that may be sent, else the newest."""
    found: dict[str, dict[str, Standing]] = {}
    for row in session.execute(STANDINGS, {"names": sorted(names)}):
        known = found.setdefault(row.name, {})
        if row.approval == Approval.APPROVED or not _may_be_sent(known.get(row.language)):
            known[row.language] = Standing(row.approval, row.rejection, row.external_id, row.synced_at)
    return found


def _may_be_sent(standing: Standing | None) -> bool:
    return standing is not None and standing.approval == Approval.APPROVED


def listed(session: Session) -> Sequence[Any]:
    """Everything the provider has, ours first by name, then the rest."""
    return session.execute(LISTED.order_by(templates.c.name, templates.c.language, templates.c.id)).all()


def store(session: Session, account: str, found: Sequence[ProviderTemplate], ours: Templates) -> Synced:
    """Keep what an account has now; what it no longer lists is gone, as is all of accounts no longer ours."""
    now, names = clock.now(), Names(ours)
    before = {row.external_id: row for row in session.execute(KNOWN, {"owner": account})}
    rows = [_row(account, template, names.whose(template), now) for template in found]
    if rows:
        session.execute(KEEP[dialect.name_of(session)], rows)
    listed_now = [template.external_id for template in found]
    gone = THERE & ((templates.c.account != account) | templates.c.external_id.not_in(listed_now))
    lost = session.execute(update(templates).where(gone).values(gone_at=now).returning(*WHICH)).all()
    changed = (*_changes(before, rows), *((row.name, row.language, row.approval, Approval.GONE.value) for row in lost))
    for name, language, was, became in changed:
        data = {"name": name, "language": language, "from": was, "to": became}
        log.write(session, "template_changed", actor=Author.SYSTEM, data=data)
    return Synced(len(found), changed)


def refused(session: Session, external_id: str, code: str) -> None:
    """A send was told that its template is gone (no ``STATES`` for the code) or may not be used: nobody else tries."""
    state = STATES.get(code)
    values: dict[str, Any] = {"approval": state.value} if state else {"gone_at": clock.now()}
    usable = (templates.c.external_id == external_id) & (templates.c.approval == Approval.APPROVED.value) & THERE
    for row in session.execute(update(templates).where(usable).values(values).returning(*WHICH)).all():
        data = {"name": row.name, "language": row.language, "from": Approval.APPROVED.value, "code": code}
        log.write(session, "template_changed", actor=Author.SYSTEM, data=data | {"to": (state or Approval.GONE).value})


def shown(session: Session, external_id: str, variables: Mapping[str, str]) -> str | None:
    """The words a template shows, as the provider has it approved; None: we do not know it."""
    body = session.execute(BODY, {"sid": external_id}).scalar()
    if body is None:
        return None
    return PLACEHOLDER.sub(lambda found: variables.get(found[1], found[0]), body)


def _row(account: str, found: ProviderTemplate, ours: Named | None, now: datetime) -> dict[str, Any]:
    return {
        "account": account,
        "external_id": found.external_id,
        "name": ours.spec.name if ours else found.name[:120],
        "language": ours.language if ours else found.language[:16],
        "category": found.category[:20],
        "approval": (ours.state_of(found) if ours else found.approval)[:20],
        "rejection": found.rejection,
        "body": found.body,
        "types": list(found.types),
        "variables": dict(found.variables),
        "synced_at": now,
    }


def _changes(before: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str, str]]:
    changes = []
    for row in rows:
        known = before.get(row["external_id"])
        was = known.approval if known else ""
        if was != row["approval"]:
            changes.append((row["name"], row["language"], was, row["approval"]))
    return changes
