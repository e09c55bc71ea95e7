"""Who a contact is in the CRM, where people had to choose: two customers with one number, or a number of nobody's."""

from sqlalchemy import bindparam, delete, insert, or_, select
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import NotFound
from gateway.core.words import Author
from gateway.desk import log
from gateway.models.contact import Contact
from gateway.models.crm import CrmLink
from gateway.models.tables import metadata

links, contacts = (metadata.tables[model.__tablename__] for model in (CrmLink, Contact))

_MERGED = select(contacts.c.id).where(contacts.c.merged_into_id == bindparam("contact"))
CHOSEN = (
    select(links.c.customer_id)
    .where(links.c.system == bindparam("system"))
    .where(or_(links.c.contact_id == bindparam("contact"), links.c.contact_id.in_(_MERGED)))
    .order_by((links.c.contact_id == bindparam("contact")).desc(), links.c.at.desc())
    .limit(1)
)
"""Also what was chosen for a contact that was merged into this one; so a merge moves nothing, and can be undone."""


def chosen(session: Session, contact_id: int, system: str) -> str:
    """Number of the customer whom people chose; empty: nobody did."""
    return session.execute(CHOSEN, {"contact": contact_id, "system": system}).scalar() or ""


def choose(session: Session, contact_id: int, system: str, customer_id: str, *, chosen_by: int | None) -> None:
    """This contact is that customer from now on; the caller knows that the CRM has them.

    Raises:
        NotFound: no such contact.
    """
    if session.execute(select(contacts.c.id).where(contacts.c.id == contact_id).with_for_update()).first() is None:
        raise NotFound(f"no contact {contact_id}")
    _forget(session, contact_id, system)
    row = {"contact_id": contact_id, "system": system, "customer_id": customer_id, "chosen_by": chosen_by}
    session.execute(insert(links), row | {"at": clock.now()})
    _tell(session, contact_id, chosen_by, {"system": system, "customer": customer_id})


def forget(session: Session, contact_id: int, system: str, *, chosen_by: int | None) -> None:
    """Let their addresses say again who the contact is."""
    if _forget(session, contact_id, system):
        _tell(session, contact_id, chosen_by, {"system": system, "customer": ""})


def _forget(session: Session, contact_id: int, system: str) -> bool:
    theirs = (links.c.contact_id == contact_id) & (links.c.system == system)
    return session.execute(delete(links).where(theirs).returning(links.c.contact_id)).first() is not None


def _tell(session: Session, contact_id: int, chosen_by: int | None, data: dict[str, str]) -> None:
    log.write(session, "crm_linked", actor=Author.AGENT, actor_id=chosen_by, contact_id=contact_id, data=data)
