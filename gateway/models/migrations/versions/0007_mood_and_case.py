"""mood and case."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import Json, UtcDateTime

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('conversations', sa.Column('mood', sa.String(length=12), server_default='neutral', nullable=False))
    op.add_column('conversations', sa.Column('urgency', sa.String(length=10), server_default='normal', nullable=False))
    op.add_column('conversations', sa.Column('priority', sa.String(length=10), server_default='normal', nullable=False))
    op.add_column('conversations', sa.Column('feeling', Json, server_default='{}', nullable=False))
    op.add_column('conversations', sa.Column('case', Json, server_default='{}', nullable=False))
    op.add_column('conversations', sa.Column('closed_until', UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        for name in ('closed_until', 'case', 'feeling', 'priority', 'urgency', 'mood'):
            batch_op.drop_column(name)
