"""What ties us to the CRM: who a contact is there."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base


class CrmLink(Base):
    """The customer whom people chose for a contact, where addresses leave it open."""

    __tablename__ = "crm_links"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    system: Mapped[str] = mapped_column(String(40), primary_key=True)
    """``builtin``, ``salesforce`` …: a customer's number means something in one system."""
    customer_id: Mapped[str] = mapped_column(String(64))
    """The customer's number there."""
    chosen_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
