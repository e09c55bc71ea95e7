"""answers in a minute."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import UtcDateTime

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('conversations', sa.Column('burst_replies', sa.Integer(), server_default='0', nullable=False))
    op.add_column('conversations', sa.Column('burst_since', UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_column('burst_since')
        batch_op.drop_column('burst_replies')
