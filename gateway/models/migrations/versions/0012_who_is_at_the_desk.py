"""who is at the desk."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import BigId, Json, UtcDateTime

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('users', sa.Column('skills', Json, server_default='[]', nullable=False))
    op.add_column('users', sa.Column('languages', Json, server_default='[]', nullable=False))
    op.add_column('users', sa.Column('capacity', sa.Integer(), nullable=True))
    op.create_table(
        'presence',
        sa.Column('user_id', BigId, nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('since', UtcDateTime(), nullable=False),
        sa.Column('seen_at', UtcDateTime(), nullable=False),
        sa.Column('vanished_at', UtcDateTime(), nullable=True),
        sa.Column('assigned_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_presence_user_id_users')),
        sa.PrimaryKeyConstraint('user_id', name=op.f('pk_presence')),
    )
    op.create_index('ix_presence_seen', 'presence', ['seen_at'])


def downgrade() -> None:
    op.drop_table('presence')
    with op.batch_alter_table('users', schema=None) as batch_op:
        for name in ('capacity', 'languages', 'skills'):
            batch_op.drop_column(name)
