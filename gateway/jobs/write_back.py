"""Writes conversations that ended back to the CRM, one after the other; a CRM that is away is tried again for days."""

import os
import time

import structlog
from prometheus_client import Counter

from gateway.core.crm import CrmNotOffered, CrmUnavailable
from gateway.crm.remote.client import RemoteCrm
from gateway.crm.remote.shelf import Note
from gateway.desk import crm_writes
from gateway.desk.crm_writes import Claimed
from gateway.desk.ended import ended
from gateway.jobs.asking import asker_of
from gateway.jobs.process_lane import host_and_process
from gateway.runtime import Runtime, current
from gateway.signals.wakes import WRITE_BACK

SECONDS = 5.0
"""Others wait for the same worker."""

log = structlog.get_logger(__name__)
wrote = Counter("rabta_crm_writes_total", "Conversations written back to the CRM by how it ended", ["outcome"])


def write_back() -> None:
    """RQ's way in."""
    runtime = current()
    runtime.waker.chore_begun(WRITE_BACK)
    write_due(runtime)


def collect(runtime: Runtime) -> bool:
    """Note what ended, if the config wants it written; True: something is to be written now."""
    if not runtime.config().crm.write_back:
        return False
    with runtime.database.begin() as session:
        crm_writes.collect(session)
        return crm_writes.due(session)


def write_due(runtime: Runtime, seconds: float = SECONDS) -> int:
    """Write what is due until nothing is, the time is up, or the CRM is away; returns how many came to an end."""
    crm = runtime.crm()
    if not isinstance(crm, RemoteCrm) or not runtime.config().crm.write_back:
        return 0
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        with runtime.database.begin() as session:
            claimed = crm_writes.claim(session, f"{host_and_process(os.getpid())}{time.monotonic_ns()}")
        if claimed is None or not _write(runtime, crm, claimed):
            break
        done += 1
    return done


def _write(runtime: Runtime, crm: RemoteCrm, claimed: Claimed) -> bool:
    """One of them; False: leave the CRM alone for now."""
    try:
        note, contact_id = _note(runtime, claimed)
        reference = crm.write(note, asker_of(runtime, contact_id))
    except CrmUnavailable as error:
        return _failed(runtime, claimed, error.reason, again=error.again)
    except CrmNotOffered as error:
        return _failed(runtime, claimed, str(error), again=False)
    with runtime.database.begin() as session:
        crm_writes.written(session, claimed, reference)
    wrote.labels("written").inc()
    return True


def _failed(runtime: Runtime, claimed: Claimed, why: str, *, again: bool) -> bool:
    with runtime.database.begin() as session:
        (crm_writes.away if again else crm_writes.refused)(session, claimed, why)
    wrote.labels("away" if again else "refused").inc()
    log.warning("crm_write_failed", write_id=claimed.id, reason=why, again=again)
    return not again


def _note(runtime: Runtime, claimed: Claimed) -> tuple[Note, int]:
    with runtime.database.read() as session:
        found = ended(session, claimed.conversation_id, claimed.created_at)
    disposition = claimed.data.get("disposition", "")
    head = [f"Summary: {found.summary}", *([f"Disposition: {disposition}"] if disposition else [])]
    note = Note(
        key=claimed.key,
        subject=f"Conversation by {found.channel_type}" + (f" with {found.name}" if found.name else ""),
        text="\n".join([*head, "", found.transcript]),
        summary=found.summary,
        disposition=disposition,
        customer_id="",
        ended_at=claimed.created_at.isoformat(),
        channel=found.channel_type,
    )
    return note, found.contact_id
