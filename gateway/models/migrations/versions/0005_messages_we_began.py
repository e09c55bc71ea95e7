"""Counting what we began on a sender since midnight needs no look at the replies."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEGUN = sa.text("purpose <> 'reply'")


def upgrade() -> None:
    columns = ["channel_id", "created_at"]
    op.create_index("ix_messages_begun", "messages", columns, postgresql_where=BEGUN, sqlite_where=BEGUN)


def downgrade() -> None:
    op.drop_index("ix_messages_begun", table_name="messages", postgresql_where=BEGUN, sqlite_where=BEGUN)
