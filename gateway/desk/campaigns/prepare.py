"""Checks a campaign's rows before anything is sent: who is it, are they in it twice, and may this go to them?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from gateway.core.business import Business
from gateway.core.errors import InvalidPayload
from gateway.core.events import SeenAddress
from gateway.core.recipients import read_recipient, region_of
from gateway.core.words import Refusal
from gateway.desk.campaigns import meaning, people, rows
from gateway.desk.campaigns.audience import page, read_segment
from gateway.desk.campaigns.claims import Claimed
from gateway.desk.campaigns.drafts import add_members, campaigns
from gateway.desk.campaigns.meaning import Explained
from gateway.desk.campaigns.people import Newcomer
from gateway.desk.campaigns.rows import Decided, Row
from gateway.desk.intended import Reason, Rules

PAGE = 2_000


@dataclass(slots=True)
class Batch:
    """Some rows on their way to a decision."""

    rows: list[Row]
    addresses: dict[int, SeenAddress] = field(default_factory=dict)
    """By row id."""
    refused: list[Decided] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.rows[-1].number


def read(session: Session, campaign: Claimed, business: Business, after: int, most: int) -> Batch | None:
    """The next rows that nobody looked at, their addresses understood; None: there are none."""
    found = rows.given(session, campaign.id, after, most)
    if not found:
        return None
    batch = Batch(found)
    region = region_of(business.timezone)
    for row in found:
        if row.contact_id is None:
            _read_address(batch, row, region)
    return batch


def strangers(session: Session, batch: Batch) -> list[Newcomer]:
    """Those of the batch that no contact has yet; one look for all of them."""
    known = people.known(session, batch.addresses.values())
    by_id = {row.id: row.given for row in batch.rows}
    return [
        Newcomer(address, by_id[row_id].get("name", ""), by_id[row_id].get("language"))
        for row_id, address in batch.addresses.items()
        if address not in known
    ]


def decide(session: Session, campaign: Claimed, batch: Batch, rules: Rules, now: datetime) -> int:
    """Decide every row of the batch; returns how many those were."""
    known = people.known(session, batch.addresses.values()) if batch.addresses else {}
    bad = {one.id for one in batch.refused}
    found = [_found(row, batch, known) for row in batch.rows if row.id not in bad]
    explained = meaning.explain_all(session, campaign, found, rules, now)
    decided = [*batch.refused, *_decided(session, campaign, explained, now)]
    decided += [meaning.as_refused(row, meaning.NOBODY) for row in meaning.lost(found, explained)]
    rows.decide(session, decided)
    mine = campaigns.c.id == campaign.id
    session.execute(update(campaigns).where(mine).values(prepared=campaigns.c.prepared + len(decided)))
    return len(decided)


def gather(session: Session, campaign: Claimed, business: Business, names: Sequence[str]) -> int:
    """Take the next page of a segment into the list; returns how many contacts that were."""
    segment = read_segment(campaign.source["segment"])
    members = page(session, segment, business, campaign.source.get("last_id", 0), PAGE)
    add_members(session, campaign, members, names, last=len(members) < PAGE)
    return len(members)


def _read_address(batch: Batch, row: Row, region: str | None) -> None:
    try:
        batch.addresses[row.id] = read_recipient(row.given.get("address", ""), region)
    except InvalidPayload as error:
        batch.refused.append(meaning.as_refused(row, Reason(Refusal.BAD_ADDRESS, str(error))))


def _found(row: Row, batch: Batch, known: dict[SeenAddress, people.Known]) -> Row:
    address = batch.addresses.get(row.id)
    held = known.get(address) if address else None
    return replace(row, contact_id=held.contact_id) if held else row


def _decided(session: Session, campaign: Claimed, explained: Sequence[Explained], now: datetime) -> Iterator[Decided]:
    """A contact is in a campaign once: the first line that may go to them counts."""
    first = rows.listed(session, campaign.id, sorted({one.row.contact_id or 0 for one in explained}))
    for one in explained:
        row, contact_id = one.row, one.row.contact_id or 0
        if not one.explanation.allowed:
            yield meaning.as_refused(row, one.explanation.reasons[0])
        elif first.setdefault(contact_id, row.number) == row.number:
            yield meaning.as_ready(one, now)
        else:
            words = f"the same contact as line {first[contact_id]}"
            yield meaning.as_refused(row, Reason(Refusal.DUPLICATE, words))
