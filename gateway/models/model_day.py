"""What a language model was asked on one day of the business's: its budget is counted here, for all hosts."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base


class ModelDay(Base):
    __tablename__ = "model_days"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    """``2027-03-12``"""
    requests: Mapped[int] = mapped_column(default=0)
    tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    spent_at: Mapped[datetime | None]
    """When somebody first found the budget gone."""
